// Volcengine, and BytePlus, which has other hosts: the service that every product's client is made of. Left to itself it
// does not sign the host; here it is told the header, as the Go SDK does by itself.
'use strict';

const { Service } = require('@volcengine/openapi');
const { default: Signer } = require('@volcengine/openapi/lib/base/sign');
const awkward = require('../awkward');
const { keep } = require('../fixed');

// It brings its own digests, so its canonical form is asked for.
for (const [name, kind] of [['canonicalString', 'digest'], ['stringToSign', 'hmac']]) {
  const made = Signer.prototype[name];
  Signer.prototype[name] = function (...given) {
    const text = made.apply(this, given);
    keep(kind, text);
    return text;
  };
}

const inputs = { id: 'AKIDEXAMPLE', secret: 'SKEXAMPLE', token: 'TOKEN+EXAMPLE==' };

const call = (method, Action, data, { host = 'open.volcengineapi.com', region = 'cn-north-1', service = 'cdn', Version = '2021-03-01', query, headers, ...more } = {}) => {
  const one = new Service({
    host, region, serviceName: service, defaultVersion: Version, accessKeyId: inputs.id, secretKey: inputs.secret, ...more,
  });
  return one.createAPI(Action, { Version, method, contentType: 'json' })(data, { query, headers: { Host: host, ...headers } });
};

module.exports = {
  sdks: ['@volcengine/openapi'],
  inputs,
  cases: {
    bind: () => call('POST', 'BatchDeployCert', { CertId: 'cert-0123456789abcdef', Domain: 'www.example.com' }, { host: 'cdn.volcengineapi.com' }),
    'bind at BytePlus': () =>
      call('POST', 'BatchDeployCert', { CertId: 'cert-0123456789abcdef', Domain: 'www.example.com' }, { host: 'open.byteplusapi.com', region: 'ap-singapore-1' }),
    import: () =>
      call('POST', 'ImportCertificate', { CertificateInfo: { CertificateChain: 'not a certificate\n', PrivateKey: 'not a key\n' }, Repeatable: false },
        { service: 'certificate_service', region: 'cn-beijing', Version: '2024-10-01' }),
    'delete by the query': () =>
      call('POST', 'CertificateDeleteInstance', undefined,
        { service: 'certificate_service', region: 'ap-singapore-1', Version: '2021-06-01', query: { instance_id: 'cert-0123456789abcdef' } }),
    'list in the query': () =>
      call('GET', 'ModifyListenerAttributes', { ListenerId: 'lsn-1', 'DomainExtensions.1.Domain': '*.example.com', 'DomainExtensions.10.Domain': 'b', 'DomainExtensions.2.Domain': 'a', CertificateSource: 'cert_center' },
        { service: 'alb', region: 'cn-beijing', Version: '2020-04-01' }),
    'no parameters': () => call('GET', 'DescribeCertificates', {}, { service: 'alb', region: 'cn-beijing', Version: '2020-04-01' }),
    'awkward query': () => call('GET', 'ListX', { Text: awkward.text, Name: awkward.chinese, Empty: '', Lock: awkward.emoji }),
    'repeated keys': () => call('GET', 'ListX', { b: ['y z', 'y', 'x/', 'x-', ''], a: ['2', '10'] }),
    'names whose order depends on case': () => call('GET', 'ListX', { b: 1, B: 2, a: 3, aB: 5, 'a.1': 6, a1: 7 }),
    'awkward body': () => call('POST', 'AddX', { Text: awkward.text, Name: awkward.chinese, Lock: awkward.emoji, Empty: '' }),
    'long body': () => call('POST', 'AddX', { Text: awkward.long }),
    'own header': () => call('GET', 'ListX', {}, { headers: { 'X-Project': ' a   b ' } }),
    'session token': () => call('POST', 'AddX', { A: 'b' }, { sessionToken: inputs.token }),
    'host with port': () => call('GET', 'ListX', {}, { host: 'gateway.example.com:8443' }),
    'IPv6 host': () => call('GET', 'ListX', {}, { host: awkward.ipv6 }),
  },
};
