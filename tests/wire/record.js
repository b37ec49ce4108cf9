// Runs the vendors' SDKs against a recorder and writes what they send: one fixture a vendor.
//
//   node record.js FOLDER [VENDOR...]     all of vendors/ unless some are named
'use strict';

const child_process = require('child_process');
const fs = require('fs');
const path = require('path');

const folder = path.resolve(process.argv[2]);
const named = process.argv.slice(3);
// The SDKs are not in the source tree; tests/wire/install puts them there.
const modules = path.resolve(__dirname, '../../build/wire/node_modules');

// Each in a process of its own: what one SDK changes or counts is nothing to the others. It is told nothing by the
// environment, and what it leaves at home is left in build/.
function record_apart(vendor) {
  const ran = child_process.spawnSync(
    process.execPath,
    ['--require', path.join(__dirname, 'fixed.js'), __filename, folder, '--here', vendor],
    {
      stdio: ['ignore', 'ignore', 'inherit'],
      timeout: 120000,
      env: { HOME: path.dirname(modules), NODE_PATH: modules, NODE_NO_WARNINGS: '1', TZ: 'Asia/Shanghai' },
    },
  );
  if (ran.status !== 0) throw new Error(`${vendor}: ${ran.error || `status ${ran.status}, ${ran.signal}`}`);
}

function version_of(name) {
  return JSON.parse(fs.readFileSync(path.join(modules, name, 'package.json'))).version;
}

async function record_here(vendor) {
  const { Recorder } = require('./recorder');
  const { sdks, inputs, cases, reply } = require(`./vendors/${vendor}`);
  const recorder = new Recorder();
  await recorder.start();
  const fixture = { sdks: Object.fromEntries(sdks.map((name) => [name, version_of(name)])), inputs, now: Date.now(), cases: [] };
  for (const [name, call] of Object.entries(cases)) {
    fixture.cases.push({ name, ...(await recorder.record(call, reply)) });
  }
  recorder.stop();
  fs.writeFileSync(path.join(folder, `${vendor}.json`), `${JSON.stringify(fixture, null, 1)}\n`);
}

if (named[0] === '--here') {
  record_here(named[1]).then(
    () => process.exit(0),  // an SDK may have left a timer behind
    (error) => {
      console.error(error);
      process.exit(1);
    },
  );
} else {
  fs.mkdirSync(folder, { recursive: true });
  const all = fs.readdirSync(path.join(__dirname, 'vendors')).map((file) => path.basename(file, '.js'));
  for (const vendor of named.length > 0 ? named : all.sort()) record_apart(vendor);
}
