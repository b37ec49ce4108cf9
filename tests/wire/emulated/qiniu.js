// Qiniu: its SDK has no calls for certificates or domains of the CDN, so they are done by its HTTP client with its own signature
// (of the newer kind), and once with the older one. Calls go to the vendor's host: a connection of ours stands behind it, for
// with a port in the host the SDK signs that twice.
'use strict';

const assert = require('assert');
const http = require('http');
const net = require('net');
const qiniu = require('qiniu');

const form = 'application/x-www-form-urlencoded';
const api = 'http://api.qiniu.com';
const uc = 'http://uc.qiniuapi.com';

module.exports = async ({ address, credentials, pairs }) => {
  const [host, port] = address.split(':');
  const agent = new http.Agent();
  agent.createConnection = () => net.connect(Number(port), host);
  const mac = (secret = credentials.secret_key) => new qiniu.auth.digest.Mac(credentials.access_key, secret);
  const client = (secret) =>
    new qiniu.httpc.HttpClient({ httpAgent: agent, middlewares: [new qiniu.httpc.middleware.QiniuAuthMiddleware({ mac: mac(secret) })] });
  let steps = 0;

  const send = async (method, path, body, { secret, headers = {}, by = client(secret), at = api } = {}) => {
    steps += 1;
    const type = body ? 'application/json' : form;
    const { data, resp } = await by.sendRequest({
      url: at + path,
      agent,
      urllibOptions: {
        method, agent, content: body && JSON.stringify(body), contentType: type, headers: { 'Content-Type': type, ...headers }, dataType: 'json',
      },
    });
    return { status: resp.statusCode, body: data };
  };
  const refused = async (status, code, call) => {
    const answer = await call;
    assert.deepStrictEqual([answer.status, answer.body.code], [status, code]);
    assert.ok(answer.body.error, 'a failure says something');
  };
  const done = async (call) => {
    const { status, body } = await call;
    assert.strictEqual(status, 200, JSON.stringify(body));
    return body;
  };

  const { domains, marker } = await done(send('GET', '/domain?marker=&limit=1000'));
  assert.deepStrictEqual(domains.map((one) => [one.name, one.protocol, one.operatingState]), [['cdn.example.com', 'http', 'success']]);
  assert.strictEqual(marker, '');
  assert.strictEqual((await done(send('GET', '/sslcert?marker=&limit=100'))).certs, null);

  const upload = (name, pair) => send('POST', '/sslcert', { name, common_name: `*.example.${name}`, ca: pair.chain, pri: pair.key });
  const { certID } = await done(upload('com', pairs[0]));
  const second = (await done(upload('net', pairs[1]))).certID;
  const { certs } = await done(send('GET', '/sslcert?marker=&limit=100'));
  assert.deepStrictEqual(certs.map((one) => [one.certid, one.name, one.dnsnames]), [[certID, 'com', ['*.example.com']], [second, 'net', ['*.example.net']]]);

  const sslize = (name, certId) => send('PUT', `/domain/${name}/sslize`, { certId, forceHttps: false, http2Enable: true });
  await refused(612, 612, sslize('gone.example.com', certID));
  await refused(400, 400326, sslize('cdn.example.com', second));
  await done(sslize('cdn.example.com', certID));
  await refused(400, 400030, send('PUT', '/domain/cdn.example.com/httpsconf', { certId: certID, forceHttps: true, http2Enable: true }));
  const bound = await done(send('GET', '/domain/cdn.example.com'));
  assert.strictEqual(bound.protocol, 'https');
  assert.deepStrictEqual([bound.https.certId, bound.https.forceHttps, bound.https.http2Enable], [certID, false, true]);

  const [bucket, empty] = await done(send('GET', '/buckets', undefined, { at: uc }));
  const names = (of) => done(send('GET', `/domain?bucket=${of}`, undefined, { at: uc }));
  assert.deepStrictEqual((await names(bucket)).map((one) => [one.domain, one.bucket]), [['kodo.example.com', bucket]]);
  assert.deepStrictEqual(await names(empty), []);
  const bindings = () => done(send('GET', '/cert/bindings'));
  assert.strictEqual(await bindings(), null);
  const bind = (domain) => send('POST', '/cert/bind', { certid: certID, domain });
  await refused(403, 403, bind('cdn.example.com'));
  await done(bind('kodo.example.com'));
  assert.deepStrictEqual((await bindings()).map((one) => [one.domain, one.certid]), [['kodo.example.com', certID]]);

  await refused(400, 400611, send('DELETE', `/sslcert/${certID}`));
  await done(send('DELETE', `/sslcert/${second}`));
  await refused(400, 400401, send('DELETE', `/sslcert/${second}`));

  const older = new qiniu.httpc.HttpClient({ httpAgent: agent });
  const token = qiniu.util.generateAccessToken(mac(), `${api}/sslcert?marker=&limit=100`);
  const kept = await done(send('GET', '/sslcert?marker=&limit=100', undefined, { by: older, headers: { Authorization: token } }));
  assert.strictEqual(kept.certs.length, 1);
  await refused(401, 401, send('GET', '/sslcert', undefined, { secret: 'another secret' }));
  return steps;
};
