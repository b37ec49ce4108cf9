// Tencent Cloud: the client that every product's package is made of.
'use strict';

const { CommonClient } = require('tencentcloud-sdk-nodejs-common');
const awkward = require('../awkward');

const inputs = { id: 'AKIDEXAMPLE', secret: 'SKEXAMPLE', token: 'TOKEN+EXAMPLE==' };
const credential = { secretId: inputs.id, secretKey: inputs.secret };

const call = (action, body, { endpoint = 'cdn.tencentcloudapi.com', version = '2018-06-06', ...config } = {}) =>
  new CommonClient(endpoint, version, { credential, ...config }).request(action, body);

module.exports = {
  sdks: ['tencentcloud-sdk-nodejs-common'],
  inputs,
  reply: { body: '{"Response":{"RequestId":"r"}}' },
  cases: {
    'list domains': () => call('DescribeDomainsConfig', { Limit: 1, Filters: [{ Name: 'domain', Value: ['cdn.example.com'] }] }),
    upload: () =>
      call('UploadCertificate', { CertificatePublicKey: 'not a certificate\n', CertificatePrivateKey: 'not a key\n', Repeatable: false },
        { endpoint: 'ssl.tencentcloudapi.com', version: '2019-12-05' }),
    'no parameters': () => call('DescribeTrafficPackages', {}),
    'awkward text': () => call('AddCdnDomain', { Text: awkward.text, Name: awkward.chinese, Lock: awkward.emoji, Empty: '', None: null }),
    'long body': () => call('AddCdnDomain', { Text: awkward.long }),
    region: () => call('DescribeLoadBalancers', { Offset: 0 }, { endpoint: 'clb.tencentcloudapi.com', version: '2018-03-17', region: 'ap-guangzhou' }),
    'session token': () => call('DescribeDomains', {}, { credential: { ...credential, token: inputs.token } }),
    'host with port': () => call('DescribeDomains', {}, { endpoint: 'cdn.example.com:8443' }),
    'IPv6 host': () => call('DescribeDomains', {}, { endpoint: awkward.ipv6 }),
  },
};
