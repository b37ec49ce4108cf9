// Huawei Cloud OBS, by the calls of its client.
'use strict';

const ObsClient = require('esdk-obs-nodejs');
const awkward = require('../awkward');

const inputs = { id: 'AKIDEXAMPLE', secret: 'SKEXAMPLE', token: 'TOKEN+EXAMPLE==', bucket: 'examplebucket' };

const call = async (name, request, more) => {
  const client = new ObsClient({
    access_key_id: inputs.id, secret_access_key: inputs.secret, server: 'https://obs.cn-north-4.myhuaweicloud.com',
    signature: 'obs', is_signature_negotiation: false, max_retry_count: 0, ...more,
  });
  // It is ready a moment after it is made, and has no way to say so.
  await new Promise(setImmediate);
  return client[name](request);
};
const Bucket = inputs.bucket;

module.exports = {
  sdks: ['esdk-obs-nodejs'],
  inputs,
  reply: { type: 'application/xml', body: '' },
  cases: {
    bind: () =>
      call('setBucketCustomDomain', {
        Bucket, DomainName: 'static.example.com',
        DomainBody: { Name: 'cert-1', CertificateId: 'scs1600313391074', Certificate: 'not a certificate\n', CertificateChain: 'not a chain\n', PrivateKey: 'not a key\n' },
      }),
    'list buckets': () => call('listBuckets', { BucketType: 'OBJECT' }),
    'list domains': () => call('getBucketCustomDomain', { Bucket }),
    'delete a domain': () => call('deleteBucketCustomDomain', { Bucket, DomainName: 'static.example.com' }),
    'awkward object': () => call('getObjectMetadata', { Bucket, Key: `${awkward.chinese}/a b+c*d~e(f)!@,=&$` }),
    'put an object': () => call('putObject', { Bucket, Key: 'a.txt', Body: 'a text', Metadata: { b: '1', a: '2' } }),
    'list objects': () => call('listObjects', { Bucket, Prefix: awkward.chinese, MaxKeys: 10 }),
    'session token': () => call('getBucketCustomDomain', { Bucket }, { security_token: inputs.token }),
  },
};
