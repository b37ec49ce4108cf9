// AWS: two calls of the client of ACM, and the signer that all clients are made of for input that ACM has no place for.
'use strict';

const { ACMClient, ListCertificatesCommand, ImportCertificateCommand } = require('@aws-sdk/client-acm');
const { Hash } = require('@smithy/hash-node');
const { NodeHttpHandler } = require('@smithy/node-http-handler');
const { HttpRequest } = require('@smithy/protocol-http');
const { SignatureV4 } = require('@smithy/signature-v4');
const awkward = require('../awkward');

const inputs = { id: 'AKIDEXAMPLE', secret: 'SKEXAMPLE+/=', token: 'TOKEN+EXAMPLE==', region: 'us-east-1' };
const credentials = { accessKeyId: inputs.id, secretAccessKey: inputs.secret };

const acm = () => new ACMClient({ region: inputs.region, credentials, maxAttempts: 1 });

const call = async (service, request, more = {}) => {
  const signer = new SignatureV4({
    service, region: inputs.region, credentials: { ...credentials, ...more }, sha256: Hash.bind(null, 'sha256'),
  });
  const { hostname = 'cloudfront.amazonaws.com', port, headers = {} } = request;
  const host = port ? `${hostname}:${port}` : hostname;
  const signed = await signer.sign(
    new HttpRequest({ protocol: 'https:', method: 'GET', path: '/', hostname, ...request, headers: { host, ...headers } }),
  );
  return new NodeHttpHandler().handle(signed);
};

module.exports = {
  sdks: ['@aws-sdk/client-acm', '@smithy/signature-v4'],
  inputs,
  cases: {
    'list by the client of ACM': () => acm().send(new ListCertificatesCommand({ MaxItems: 1000 })),
    'import by the client of ACM': () =>
      acm().send(new ImportCertificateCommand({ Certificate: Buffer.from('not a certificate\n'), PrivateKey: Buffer.from('not a key\n') })),
    'list distributions': () => call('cloudfront', { path: '/2020-05-31/distribution', query: { MaxItems: '100', Marker: 'E A+/=' } }),
    'awkward query': () => call('cloudfront', { query: { Text: awkward.text, Name: awkward.chinese, Empty: '', Lock: awkward.emoji, 'a key': '1' } }),
    'repeated keys': () => call('cloudfront', { query: { b: ['y z', 'y', 'x/', 'x-', ''], a: ['2', '10'] } }),
    'names whose order depends on case': () => call('cloudfront', { query: { b: '1', B: '2', a: '3', A: '4', aB: '5', 'a.1': '6', a1: '7' } }),
    'awkward path': () => call('apigateway', { path: `/restapis/${encodeURIComponent('a b+c*d~e(f)!@:,=&$%20')}/${encodeURIComponent(awkward.chinese)}` }),
    'form': () =>
      call('iam', {
        method: 'POST', hostname: 'iam.amazonaws.com', headers: { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' },
        body: 'Action=ListServerCertificates&Version=2010-05-08',
      }),
    'long body': () => call('iam', { method: 'POST', hostname: 'iam.amazonaws.com', headers: { 'content-type': 'text/plain' }, body: awkward.long }),
    'header with runs of blanks': () => call('cloudfront', { method: 'PUT', headers: { 'if-match': '  a   b\t c ' }, body: '<a/>' }),
    'session token': () => call('cloudfront', {}, { sessionToken: inputs.token }),
    'host with port': () => call('cloudfront', { hostname: 'gateway.example.com', port: 8443 }),
    'IPv6 host': () => call('cloudfront', { hostname: awkward.ipv6 }),
  },
};
