// Huawei Cloud: the core that every service's package is made of; those packages are not published any more.
'use strict';

const { ClientBuilder } = require('@huaweicloud/huaweicloud-sdk-core/ClientBuilder');
const { BasicCredentials, GlobalCredentials } = require('@huaweicloud/huaweicloud-sdk-core');
const awkward = require('../awkward');

const inputs = { id: 'AKIDEXAMPLE', secret: 'SKEXAMPLE', token: 'TOKEN+EXAMPLE==' };
const project = '0123456789abcdef0123456789abcdef';

const regional = () => new BasicCredentials().withAk(inputs.id).withSk(inputs.secret).withProjectId(project);
const global = () => new GlobalCredentials().withAk(inputs.id).withSk(inputs.secret).withDomainId(project);

const call = (method, url, { query = {}, data, headers = {}, endpoint = 'https://cdn.myhuaweicloud.com', credential = global() } = {}) =>
  new ClientBuilder((client) => client)
    .withCredential(credential)
    .withEndpoint(endpoint)
    .build()
    .sendRequest({ method, url, contentType: 'application/json', queryParams: query, pathParams: {}, headers, data });

module.exports = {
  sdks: ['@huaweicloud/huaweicloud-sdk-core'],
  inputs,
  cases: {
    'list domains': () => call('GET', '/v1.0/cdn/domains', { query: { page_size: 100, page_number: 1 } }),
    import: () =>
      call('POST', '/v3/scm/certificates/import', {
        endpoint: 'https://scm.cn-north-4.myhuaweicloud.com',
        credential: regional(),
        data: { name: 'cert-1', certificate: 'not a certificate\n', private_key: 'not a key\n' },
      }),
    'certificates of a project': () =>
      call('GET', '/v3/{project_id}/elb/certificates', {
        endpoint: 'https://elb.cn-north-4.myhuaweicloud.com', credential: regional(), query: { limit: 2000, type: 'server' },
      }),
    'awkward query': () => call('GET', '/v1', { query: { text: awkward.text, name: awkward.chinese, empty: '', lock: awkward.emoji } }),
    'repeated keys': () => call('GET', '/v1', { query: { b: ['y z', 'y', 'x/', 'x-', ''], a: ['2', '10'] } }),
    'names whose order depends on case': () => call('GET', '/v1', { query: { b: 1, B: 2, a: 3, A: 4, aB: 5, 'a.1': 6, a1: 7 } }),
    'awkward body': () => call('PUT', '/v1/x', { data: { text: awkward.text, name: awkward.chinese, lock: awkward.emoji, empty: '' } }),
    'long body': () => call('POST', '/v1/x', { data: { text: awkward.long } }),
    // Not encoded: so the SDK takes it, and it would sign what is encoded already as if it were to be encoded again.
    'awkward path': () => call('GET', '/v1/证书/a+b*c~d(e)!@:,=&$'),
    'path that ends in a slash': () => call('GET', '/v1/cdn/'),
    delete: () => call('DELETE', '/v3/scm/certificates/scs1', { endpoint: 'https://scm.cn-north-4.myhuaweicloud.com' }),
    'session token': () => call('GET', '/v1', { credential: global().withSecurityToken(inputs.token) }),
    'own header': () => call('GET', '/v1', { headers: { 'X-Language': 'zh-cn' } }),
    'host with port': () => call('GET', '/v1', { endpoint: 'https://gateway.example.com:8443' }),
    'IPv6 host': () => call('GET', '/v1', { endpoint: `https://${awkward.ipv6}` }),
  },
};
