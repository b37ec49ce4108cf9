// Cloudflare: custom hostnames and custom certificates by its own client, which walks the pages itself and takes the answers'
// envelope off.
'use strict';

const assert = require('assert');
const Cloudflare = require('cloudflare');

module.exports = async ({ address, credentials, pairs }) => {
  const zone = { zone_id: credentials.zone_id };
  const client = (apiToken = credentials.api_token) => new Cloudflare({ apiToken, baseURL: `http://${address}/client/v4`, maxRetries: 0 });
  const { customCertificates, customHostnames, dns, zones } = client();
  let steps = 0;

  const done = async (call) => {
    steps += 1;
    return call;
  };
  const refused = async (status, code, call) => {
    steps += 1;
    const error = await call.then(() => assert.fail('a success'), (thrown) => thrown);
    assert.ok(error instanceof Cloudflare.APIError, String(error));
    assert.deepStrictEqual([error.status, error.errors[0].code], [status, code]);
  };
  const listed = async (list) => {
    steps += 1;
    const found = [];
    for await (const one of list) found.push(one);
    return found;
  };
  const all = () => listed(customHostnames.list({ ...zone, per_page: 5 }));
  const ssl = (pair, more) => ({
    ssl: { type: 'dv', method: 'http', bundle_method: 'force', custom_certificate: pair.chain, custom_key: pair.key, ...more },
  });

  const [hostname, ...others] = await all();
  assert.deepStrictEqual([hostname.hostname, hostname.status, others.length], ['saas.example.com', 'active', 0]);
  assert.strictEqual(hostname.ssl.certificates, undefined);

  await refused(400, 1419, customHostnames.edit(hostname.id, { ...zone, ...ssl(pairs[1]) }));
  await refused(400, 1434, customHostnames.edit(hostname.id, { ...zone, ...ssl(pairs[0], { method: undefined }) }));
  await refused(404, 1436, customHostnames.edit('gone', { ...zone, ...ssl(pairs[0]) }));
  const settings = { min_tls_version: '1.2', http2: 'on' };
  const edited = await done(customHostnames.edit(hostname.id, { ...zone, ...ssl(pairs[0], { settings }) }));
  assert.deepStrictEqual([edited.id, edited.ssl.status, edited.ssl.settings], [hostname.id, 'active', settings]);
  const read = await done(customHostnames.get(hostname.id, zone));
  assert.match(read.ssl.certificates[0].fingerprint_sha256, /^[0-9a-f]{64}$/);
  assert.deepStrictEqual(read.ssl.hosts, ['*.example.com']);
  assert.deepStrictEqual(await all(), [read]);
  assert.strictEqual((await done(customHostnames.list({ ...zone, hostname: 'gone.example.com' }))).result.length, 0);

  const [own] = await listed(zones.list({ name: 'example.com' }));
  assert.deepStrictEqual([own.id, (await done(zones.get(zone))).name], [credentials.zone_id, 'example.com']);
  const records = await listed(dns.records.list({ ...zone, proxied: true, per_page: 5 }));
  assert.deepStrictEqual(records.map(({ name, type }) => [name, type]), [['zone.example.com', 'A'], ['zone.example.com', 'AAAA']]);

  const certificates = () => listed(customCertificates.list({ ...zone, per_page: 5 }));
  const body = (pair, more) => ({ ...zone, certificate: pair.chain, private_key: pair.key, bundle_method: 'force', ...more });
  assert.deepStrictEqual(await certificates(), []);
  await refused(400, 2103, customCertificates.create(body(pairs[1])));
  await refused(400, 2106, customCertificates.create(body(pairs[0], { private_key: pairs[1].key })));
  await refused(400, 1400, customCertificates.create(body(pairs[0], { bundle_method: 'best' })));
  const first = await done(customCertificates.create(body(pairs[0], { type: 'sni_custom', geo_restrictions: { label: 'eu' } })));
  assert.deepStrictEqual([first.hosts, first.bundle_method, first.geo_restrictions], [['*.example.com'], 'force', { label: 'eu' }]);
  assert.deepStrictEqual(await certificates(), [first]);
  assert.deepStrictEqual(await done(customCertificates.get(first.id, zone)), first);
  await refused(400, 1220, customCertificates.edit(first.id, body(pairs[0])));
  const second = await done(customCertificates.edit(first.id, body(pairs[2])));
  assert.notStrictEqual(second.id, first.id);
  assert.strictEqual(second.geo_restrictions, undefined);
  await refused(404, 1002, customCertificates.edit(first.id, body(pairs[0])));

  await refused(404, 7003, customHostnames.get(hostname.id, { zone_id: 'another' }));
  await refused(401, 10000, client('another').customHostnames.get(hostname.id, zone));
  return steps;
};
