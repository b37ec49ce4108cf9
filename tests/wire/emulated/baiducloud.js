// Baidu AI Cloud: its SDK has no calls for certificates, CDN or BLB, so they are done by the client that every service's is made of.
'use strict';

const assert = require('assert');
const { BceBaseClient } = require('@baiducloud/sdk');

module.exports = async ({ address, credentials, pairs }) => {
  const client = (sk = credentials.secret_access_key) =>
    new BceBaseClient({ endpoint: `http://${address}`, credentials: { ak: credentials.access_key_id, sk } }, 'cdn', false);
  let steps = 0;
  const send = async (method, path, { body, params = {}, by = client() } = {}) => {
    steps += 1;
    return (await by.sendRequest(method, path, { body: body && JSON.stringify(body), params, config: {} })).body;
  };
  const refused = async (status, code, call) => {
    await assert.rejects(call, (error) => {
      assert.deepStrictEqual([error.status_code, error.code], [status, code], String(error));
      assert.match(error.request_id, /./);
      return true;
    });
  };

  const domains = await send('GET', '/v2/domain');
  assert.deepStrictEqual(domains.domains, [{ name: 'cdn.example.com' }]);
  const config = (name) => send('GET', `/v2/domain/${name}/config`);
  const before = await config('cdn.example.com');
  assert.deepStrictEqual([before.status, before.isBan, before.https.enabled], ['RUNNING', 'NO', false]);

  const upload = (certName, pair) =>
    send('POST', '/v1/certificate', { body: { certName, certServerData: pair.chain, certPrivateData: pair.key, certType: 1 } });
  const { certId } = await upload('com', pairs[0]);
  assert.match(certId, /^cert-[0-9a-z]{12}$/);
  const second = (await upload('net', pairs[1])).certId;
  await refused(400, 'InappropriateJSON', upload('no blanks', pairs[0]));
  const listed = async () =>
    (await send('GET', '/v1/certificate/detail')).certs.map((one) => [one.certId, one.certName, one.certDNSNames, one.status]);
  assert.deepStrictEqual(await listed(), [
    [certId, 'com', '*.example.com', 'UNUSED'],
    [second, 'net', '*.example.net', 'UNUSED'],
    ['cert-ofanotherone', 'of-somebody-else', 'old.invalid', 'IN_USE'],
  ]);

  const bind = (name, https) => send('PUT', `/v2/domain/${name}/config`, { params: { https: '' }, body: { https } });
  await refused(404, 'NoSuchDomain', bind('gone.example.com', { enabled: true, certId }));
  await refused(400, 'CertDomainMismatch', bind('cdn.example.com', { enabled: true, certId: second }));
  await refused(400, 'InappropriateJSON', bind('cdn.example.com', { enabled: true, certId, sslProtocols: [] }));
  await bind('cdn.example.com', { enabled: true, certId, httpRedirect: true, httpRedirectCode: 301, http2Enabled: false });
  const { https, status } = await config('cdn.example.com');
  assert.deepStrictEqual([https.certId, https.enabled, https.httpRedirectCode, https.http2Enabled], [certId, true, 301, false]);
  assert.strictEqual(status, 'OPERATING');
  assert.strictEqual((await listed())[0][3], 'IN_USE');

  const { blbList } = await send('GET', '/v1/blb', { params: { maxKeys: 1000 } });
  assert.deepStrictEqual(blbList.map((one) => [one.blbId, one.status]), [['lb-7000', 'available']]);
  const path = '/v1/blb/lb-7000/HTTPSlistener';
  const listener = async () => (await send('GET', path, { params: { listenerPort: 443 } })).listenerList[0];
  const { scheduler, additionalCertDomains } = await listener();
  assert.deepStrictEqual(additionalCertDomains.map((one) => one.host), ['blb.example.com']);
  const update = (body, listenerPort = 443) => send('PUT', path, { params: { listenerPort }, body });
  await refused(404, 'ListenerNotFound', update({ additionalCertDomains }, 80));
  await refused(400, 'InappropriateJSON', update({ additionalCertDomains: [{ host: 'blb.example.com', certId: second }] }));
  await update({ scheduler, additionalCertDomains: [{ host: 'blb.example.com', certId }] });
  assert.strictEqual((await listener()).additionalCertDomains[0].certId, certId);
  await refused(409, 'LastOperationNotFinished', update({ additionalCertDomains }));
  assert.strictEqual((await send('GET', '/v1/blb/lb-7000')).status, 'updating');

  await send('DELETE', `/v1/certificate/${second}`);
  await refused(404, 'ResourceNotFoundException', send('DELETE', `/v1/certificate/${second}`));
  await refused(400, 'SignatureDoesNotMatch', send('GET', '/v1/certificate/detail', { by: client('another secret') }));
  return steps;
};
