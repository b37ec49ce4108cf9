// A vendor's own client, unmodified, against the vendor's emulator: it lists, uploads, binds and deletes, so that what
// the emulator takes and answers is judged by somebody else than our client.
//
//   node emulate.js SERVER VENDOR      SERVER: the built conformance_server
'use strict';

const child_process = require('child_process');
const path = require('path');
const readline = require('readline');

const [server, vendor] = process.argv.slice(2);
const modules = path.resolve(__dirname, '../../build/wire/node_modules');

async function emulate() {
  const emulator = child_process.spawn(server, [vendor], { stdio: ['pipe', 'pipe', 'inherit'] });
  try {
    const lines = readline.createInterface({ input: emulator.stdout });
    const [first] = await require('events').once(lines, 'line');
    const steps = await require(`./emulated/${vendor}`)(JSON.parse(first));
    console.log(`${vendor}: its own client did ${steps} things to the emulator, and was answered as it wants`);
  } finally {
    emulator.stdin.end();
  }
}

if (process.env.NODE_PATH === modules) {
  emulate().then(
    () => process.exit(0),  // an SDK may have left a timer behind
    (error) => {
      console.error(error);
      process.exit(1);
    },
  );
} else {
  const env = { HOME: path.dirname(modules), NODE_PATH: modules, NODE_NO_WARNINGS: '1' };
  const ran = child_process.spawnSync(process.execPath, process.argv.slice(1), { stdio: 'inherit', timeout: 60000, env });
  process.exit(ran.status === null ? 1 : ran.status);
}
