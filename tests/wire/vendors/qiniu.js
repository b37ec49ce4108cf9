// Qiniu: its HTTP client with the second of its signatures. A host with a port is left out: there the SDK signs the port twice.
'use strict';

const qiniu = require('qiniu');
const awkward = require('../awkward');

const inputs = { id: 'AKIDEXAMPLE', secret: 'SKEXAMPLE' };

const call = (method, url, { body, type = 'application/json', headers = {}, timestamp = false } = {}) => {
  const mac = new qiniu.auth.digest.Mac(inputs.id, inputs.secret, { disableQiniuTimestampSignature: !timestamp });
  const client = new qiniu.httpc.HttpClient({ middlewares: [new qiniu.httpc.middleware.QiniuAuthMiddleware({ mac })] });
  return client.sendRequest({
    url,
    urllibOptions: { method, content: body, contentType: type, headers: { 'Content-Type': type, ...headers }, dataType: 'json' },
  });
};
const api = 'https://api.qiniu.com';

module.exports = {
  sdks: ['qiniu'],
  inputs,
  cases: {
    bind: () => call('PUT', `${api}/domain/www.example.com/httpsconf`, { body: '{"certId":"65a1","forceHttps":false,"http2Enable":true}' }),
    list: () => call('GET', `${api}/sslcert?marker=&limit=100`, { type: 'application/x-www-form-urlencoded' }),
    upload: () => call('POST', `${api}/sslcert`, { body: JSON.stringify({ name: 'cert-1', common_name: 'www.example.com', ca: 'not a certificate\n', pri: 'not a key\n' }) }),
    delete: () => call('DELETE', `${api}/sslcert/65a1`, { type: 'application/x-www-form-urlencoded' }),
    'awkward query': () => call('GET', `${api}/domain?b=${encodeURIComponent(awkward.text)}&a=${encodeURIComponent(awkward.chinese)}&empty=&bare`),
    'repeated keys': () => call('GET', `${api}/domain?b=2&a=1&b=1`),
    'wildcard in the path': () => call('GET', `${api}/domain/.example.com`),
    'awkward body': () => call('POST', `${api}/x`, { body: JSON.stringify({ text: awkward.text, name: awkward.chinese, lock: awkward.emoji }) }),
    form: () => call('POST', `${api}/x`, { type: 'application/x-www-form-urlencoded', body: 'a=b+c&d=' }),
    'body of octets': () => call('POST', `${api}/x`, { type: 'application/octet-stream', body: 'octets' }),
    'long body': () => call('POST', `${api}/x`, { body: JSON.stringify({ text: awkward.long }) }),
    'dated': () => call('GET', `${api}/sslcert`, { timestamp: true }),
    'own headers': () => call('GET', `${api}/sslcert`, { headers: { 'X-Qiniu-b-other': '2', 'x-qiniu-AB': '1', 'X-Other': '3' } }),
    'IPv6 host': () => call('GET', `https://${awkward.ipv6}/sslcert`),
  },
};
