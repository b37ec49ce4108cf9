// Alibaba Cloud OSS, by its fourth signature. The client has no call for a bucket's domains, so its request is used.
'use strict';

const OSS = require('ali-oss');
const awkward = require('../awkward');

const inputs = { id: 'AKIDEXAMPLE', secret: 'SKEXAMPLE', token: 'TOKEN+EXAMPLE==', region: 'cn-hangzhou', bucket: 'examplebucket' };

const call = (method, subres, { content, mime = 'xml', query, headers, object, additionalHeaders, ...config } = {}) =>
  new OSS({
    region: `oss-${inputs.region}`, accessKeyId: inputs.id, accessKeySecret: inputs.secret, bucket: inputs.bucket,
    secure: true, authorizationV4: true, ...config,
  }).request({ method, bucket: inputs.bucket, object, subres, query, headers, content, mime, additionalHeaders, successStatuses: [200] });

const bind = '<BucketCnameConfiguration><Cname><Domain>static.example.com</Domain><CertificateConfiguration><CertId>10741304-cn-hangzhou</CertId><Force>true</Force></CertificateConfiguration></Cname></BucketCnameConfiguration>';

module.exports = {
  sdks: ['ali-oss'],
  inputs,
  cases: {
    bind: () => call('POST', { cname: '', comp: 'add' }, { content: bind }),
    'list domains': () => call('GET', 'cname'),
    'tags by a call of the client': () =>
      new OSS({ region: `oss-${inputs.region}`, accessKeyId: inputs.id, accessKeySecret: inputs.secret, secure: true, authorizationV4: true })
        .putBucketTags(inputs.bucket, { a: 'b' }),
    'list buckets': () =>
      new OSS({ region: `oss-${inputs.region}`, accessKeyId: inputs.id, accessKeySecret: inputs.secret, secure: true, authorizationV4: true })
        .listBuckets({ 'max-keys': 100, marker: 'm' }),
    'awkward query': () => call('GET', { cname: '' }, { query: { text: awkward.text, name: awkward.chinese, lock: awkward.emoji } }),
    'awkward object': () => call('GET', undefined, { object: `${awkward.chinese}/a b+c*d~e(f)!@,=&$` }),
    'Chinese body': () => call('POST', { cname: '', comp: 'add' }, { content: `<a>${awkward.chinese}</a>` }),
    'long body': () => call('POST', 'cname', { content: awkward.long }),
    'own header': () => call('GET', 'cname', { headers: { 'x-oss-own': ' a  b ' } }),
    'session token': () => call('GET', 'cname', { stsToken: inputs.token, refreshSTSToken: () => {} }),
  },
};
