// Alibaba Cloud: calls of two products by their own packages, the rest by the client that those are made of.
'use strict';

const { default: OpenApi, $OpenApiUtil: Util } = require('@alicloud/openapi-core');
const { RuntimeOptions } = require('@darabonba/typescript');
const { default: Cas, UploadUserCertificateRequest } = require('@alicloud/cas20200407');
const { default: Cdn, SetCdnDomainSSLCertificateRequest } = require('@alicloud/cdn20180510');
const awkward = require('../awkward');

const inputs = { id: 'AKIDEXAMPLE', secret: 'SKEXAMPLE', token: 'TOKEN+EXAMPLE==' };
const keys = { accessKeyId: inputs.id, accessKeySecret: inputs.secret };

const call = (request, params = {}, config = {}) => {
  const client = new OpenApi(new Util.Config({ ...keys, endpoint: 'cdn.aliyuncs.com', ...config }));
  return client.callApi(
    new Util.Params({
      action: 'DescribeUserDomains',
      version: '2018-05-10',
      protocol: 'HTTPS',
      pathname: '/',
      method: 'POST',
      authType: 'AK',
      style: 'RPC',
      reqBodyType: 'formData',
      bodyType: 'json',
      ...params,
    }),
    new Util.OpenApiRequest(request),
    new RuntimeOptions({}),
  );
};

module.exports = {
  sdks: ['@alicloud/openapi-core', '@alicloud/cas20200407', '@alicloud/cdn20180510'],
  inputs,
  cases: {
    'upload by the package of CAS': () =>
      new Cas(new Util.Config({ ...keys, endpoint: 'cas.aliyuncs.com' })).uploadUserCertificate(
        new UploadUserCertificateRequest({ name: 'cert-1', cert: 'not a certificate\n', key: 'not a key\n' }),
      ),
    'bind by the package of CDN': () =>
      new Cdn(new Util.Config({ ...keys, endpoint: 'cdn.aliyuncs.com' })).setCdnDomainSSLCertificate(
        new SetCdnDomainSSLCertificateRequest({
          domainName: 'cdn.example.com', certId: 8089870, certType: 'cas', certRegion: 'cn-hangzhou', SSLProtocol: 'on',
        }),
      ),
    'no parameters': () => call({}),
    'awkward query': () => call({ query: { Text: awkward.text, Name: awkward.chinese, Empty: '', Lock: awkward.emoji } }),
    'names whose order depends on case': () => call({ query: { b: '1', B: '2', a: '3', A: '4', aB: '5', 'a.1': '6', a1: '7' } }),
    'list in the query': () => call({ query: { 'Tag.1.Key': 'a', 'Tag.1.Value': 'b c', 'Tag.10.Key': 'd', 'Tag.2.Key': 'e' } }),
    'awkward form': () => call({ body: { Text: awkward.text, Name: awkward.chinese, Empty: '', List: ['x', 'y z'] } }),
    'long form': () => call({ body: { Text: awkward.long } }),
    'query and form': () => call({ query: { A: 'b c' }, body: { D: 'e f' } }),
    'path of a resource': () => call({ body: { text: awkward.chinese } }, { style: 'ROA', pathname: '/a/b~c/%E8%AF%81', method: 'PUT', reqBodyType: 'json' }),
    'session token': () => call({ query: { A: 'b' } }, {}, { securityToken: inputs.token }),
    'own header': () => call({ headers: { 'x-acs-resource-group': '  padded  ' } }),
    'host with port': () => call({ query: { A: 'b' } }, {}, { endpoint: 'gateway.example.com:8443' }),
    'IPv6 host': () => call({ query: { A: 'b' } }, {}, { endpoint: awkward.ipv6 }),
  },
};
