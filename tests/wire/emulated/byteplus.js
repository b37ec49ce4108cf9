// BytePlus has no client for Node; Volcengine's is the same with another host and region.
'use strict';

const assert = require('assert');
const { Service, cdn } = require('@volcengine/openapi');

module.exports = async ({ address, credentials, pairs }) => {
  const account = {
    host: address, protocol: 'http:', region: 'ap-singapore-1', accessKeyId: credentials.access_key_id,
    secretKey: credentials.secret_access_key,
  };
  const network = new cdn.CdnService(account);
  const centre = new Service({ ...account, serviceName: 'certificate_service', defaultVersion: '2021-06-01' });
  let steps = 0;

  const answered = async (call) => {
    steps += 1;
    const { ResponseMetadata, Result } = await call;
    assert.ok(ResponseMetadata.RequestId, 'an answer has a RequestId');
    assert.strictEqual(ResponseMetadata.Error, undefined);
    return Result;
  };
  const refused = async (code, call) => {
    steps += 1;
    assert.strictEqual((await call).ResponseMetadata.Error.Code, code);
  };
  const upload = (pair, more) =>
    network.Generic('AddCertificate', {
      Source: 'cert_center', Certificate: pair.chain, PrivateKey: pair.key, Desc: 'note', ...more,
    });
  const listed = async () =>
    (await answered(network.ListCertInfo({ Source: 'cert_center', PageNum: 1, PageSize: 100 }))).CertInfo;
  const remove = (id) =>
    centre.fetchOpenAPI({
      Action: 'CertificateDeleteInstance', Version: '2021-06-01', method: 'POST', query: { instance_id: id },
    });

  const domains = await answered(network.ListCdnDomains({ PageNum: 1, PageSize: 100 }));
  assert.strictEqual(domains.Data[0].Domain, 'cdn.example.com');
  const { CertId } = await answered(upload(pairs[0]));
  await refused('InvalidParameter.CertificateRepeated', upload(pairs[0]));
  const second = (await answered(upload(pairs[0], { Repeatable: true }))).CertId;
  assert.deepStrictEqual((await listed()).map((one) => [one.CertId, one.Desc]), [[CertId, 'note'], [second, 'note']]);

  const bound = await answered(network.BatchDeployCert({ CertId, Domain: 'cdn.example.com' }));
  assert.strictEqual(bound.DeployResult[0].Status, 'success');
  assert.strictEqual((await listed())[0].ConfiguredDomain, 'cdn.example.com');
  const config = await answered(network.DescribeCdnConfig({ Domain: 'cdn.example.com' }));
  assert.strictEqual(config.DomainConfig.HTTPS.CertInfo.CertId, CertId);

  await refused('Delete.Certificate', remove(CertId));
  await answered(remove(second));
  await refused('NotFound.CertificateInstance', remove(second));
  return steps;
};
