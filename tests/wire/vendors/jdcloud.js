// JD Cloud: the service that every product's client is made of. It signs all headers but User-Agent.
'use strict';

const Jdcloud = require('jdcloud-sdk-js');
const awkward = require('../awkward');

const inputs = { id: 'AKIDEXAMPLE', secret: 'SKEXAMPLE' };

const call = (method, path, { query = {}, body = null, headers = {}, host, service = 'cdn', region = 'jdcloud-api', types = ['application/json'] } = {}) =>
  new Jdcloud.Service(service, {
    credentials: new Jdcloud.Credentials(inputs.id, inputs.secret),
    endpoint: { protocol: 'https', host: host || `${service}.jdcloud-api.com` },
    basePath: '/v1',
  }).makeRequest(path, method, { regionId: region }, query, headers, {}, body, types, ['application/json'], null);

module.exports = {
  sdks: ['jdcloud-sdk-js'],
  inputs,
  cases: {
    bind: () => call('POST', '/domain/www.example.com/httpType', { body: { httpType: 'https', certFrom: 'ssl', sslCertId: 'cert-abc', jumpType: 'default' } }),
    'list certificates': () => call('GET', '/sslCert', { service: 'ssl', query: { pageSize: 100, pageNumber: 1 } }),
    upload: () => call('POST', '/sslCert:upload', { service: 'ssl', body: { certName: 'cert-1', certFile: 'not a certificate\n', keyFile: 'not a key\n' } }),
    delete: () => call('DELETE', '/sslCert/cert-abc', { service: 'ssl' }),
    'service of a region': () => call('GET', '/regions/cn-north-1/listeners/', { service: 'lb', region: 'cn-north-1', query: { 'filters.1.name': 'a', 'filters.1.values.1': 'b c', 'filters.10.name': 'd', 'filters.2.name': 'e' } }),
    'awkward query': () => call('GET', '/domain', { query: { text: awkward.text, name: awkward.chinese, empty: '', lock: awkward.emoji } }),
    'repeated keys': () => call('GET', '/domain', { query: { b: ['y z', 'y', 'x/', 'x-', ''], a: ['2', '10'] } }),
    'names whose order depends on case': () => call('GET', '/domain', { query: { b: '1', B: '2', a: '3', A: '4', aB: '5', 'a.1': '6', a1: '7' } }),
    'awkward path': () => call('GET', `/domain/*.example.com/a b+c~d(e)!@,=&$/${awkward.chinese}`),
    'awkward body': () => call('PUT', '/domain', { body: { text: awkward.text, name: awkward.chinese, lock: awkward.emoji } }),
    'long body': () => call('POST', '/domain', { body: { text: awkward.long } }),
    'own header': () => call('GET', '/domain', { headers: { 'x-jdcloud-project': 'a   b' } }),
    'host with port': () => call('GET', '/domain', { host: 'gateway.example.com:8443' }),
    'IPv6 host': () => call('GET', '/domain', { host: awkward.ipv6 }),
  },
};
