// Volcengine TOS, by the calls of its client. It signs no body: what it sends says so.
'use strict';

const { TosClient } = require('@volcengine/tos-sdk');
const awkward = require('../awkward');

const inputs = { id: 'AKIDEXAMPLE', secret: 'SKEXAMPLE', token: 'TOKEN+EXAMPLE==', region: 'cn-beijing', bucket: 'examplebucket' };

const client = (more) =>
  new TosClient({
    accessKeyId: inputs.id, accessKeySecret: inputs.secret, region: inputs.region, endpoint: 'tos-cn-beijing.volces.com', maxRetryCount: 0, ...more,
  });
const bucket = inputs.bucket;

module.exports = {
  sdks: ['@volcengine/tos-sdk'],
  inputs,
  cases: {
    bind: () => client().putBucketCustomDomain({ bucket, customDomainRule: { Domain: 'static.example.com', CertId: 'cert-0123456789abcdef' } }),
    'list domains': () => client().getBucketCustomDomain({ bucket }),
    'delete a domain': () => client().deleteBucketCustomDomain({ bucket, customDomain: '*.example.com' }),
    'awkward object': () => client().headObject({ bucket, key: `${awkward.chinese}/a b+c*d~e(f)!@,=&$` }),
    'list objects': () => client().listObjectsType2({ bucket, prefix: awkward.text, maxKeys: 10 }),
    'session token': () => client({ stsToken: inputs.token }).getBucketCustomDomain({ bucket }),
  },
};
