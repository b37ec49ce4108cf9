// Baidu Cloud: the client that every service's client is made of. It takes paths as they go on the wire.
'use strict';

const { BceBaseClient } = require('@baiducloud/sdk');
const awkward = require('../awkward');

const inputs = { id: 'AKIDEXAMPLE', secret: 'SKEXAMPLE', token: 'TOKEN+EXAMPLE==' };

const call = (method, path, { body, params = {}, headers = {}, endpoint = 'https://cdn.baidubce.com', ...config } = {}) =>
  new BceBaseClient({ endpoint, credentials: { ak: inputs.id, sk: inputs.secret }, ...config }, 'cdn', false)
    .sendRequest(method, path, { body: body && JSON.stringify(body), params, headers, config });

module.exports = {
  sdks: ['@baiducloud/sdk'],
  inputs,
  cases: {
    bind: () => call('PUT', '/v2/www.example.com/certificates', { body: { certificate: { certName: 'c', certServerData: 'not a certificate\n', certPrivateData: 'not a key\n' } } }),
    'list domains': () => call('GET', '/v2/domain', { params: { marker: 'a b' } }),
    'bare parameter': () => call('GET', '/v2/domain/www.example.com/config', { params: { https: '' } }),
    'wildcard in the path': () => call('GET', '/v2/%2A.example.com/certificates'),
    'Chinese in the path': () => call('GET', `/v2/${encodeURIComponent(awkward.chinese)}`),
    'awkward query': () => call('GET', '/v2', { params: { text: awkward.text, name: awkward.chinese, empty: '', lock: awkward.emoji } }),
    'names whose order depends on case': () => call('GET', '/v2', { params: { b: '1', B: '2', a: '3', A: '4', aB: '5', 'a.1': '6', a1: '7' } }),
    'names of which one begins another': () => call('GET', '/v2', { params: { 'a-b': '1', a: '2', 'a.b': '3' } }),
    'awkward body': () => call('POST', '/v2/x', { body: { text: awkward.text, name: awkward.chinese } }),
    'long body': () => call('POST', '/v2/x', { body: { text: awkward.long } }),
    'no body': () => call('DELETE', '/v1/certificate/cert-1', { endpoint: 'https://certificate.baidubce.com' }),
    'own header': () => call('GET', '/v2', { headers: { 'x-bce-project': ' a/b: c ' } }),
    'session token': () => call('GET', '/v2', { sessionToken: inputs.token }),
    'host with port': () => call('GET', '/v2', { endpoint: 'https://gateway.example.com:8443' }),
    'IPv6 host': () => call('GET', '/v2', { endpoint: `https://${awkward.ipv6}` }),
  },
};
