// Tencent Cloud: the client that every product's package is made of.
'use strict';

const assert = require('assert');
const { CommonClient } = require('tencentcloud-sdk-nodejs-common');

const versions = {
  ssl: '2019-12-05', cdn: '2018-06-06', teo: '2022-09-01', live: '2018-08-01', vod: '2018-07-17',
  waf: '2018-01-25', clb: '2018-03-17', tcb: '2018-06-08',
};

module.exports = async ({ address, credentials, pairs }) => {
  let region = '';
  const client = (service, secretKey = credentials.secret_key) =>
    new CommonClient(address, versions[service], {
      credential: { secretId: credentials.secret_id, secretKey },
      region: service === 'waf' || service === 'clb' ? 'ap-guangzhou' : region,
      profile: { httpProfile: { protocol: 'http://', endpoint: address } },
    });
  let steps = 0;

  const answered = async (service, action, body = {}) => {
    steps += 1;
    const answer = await client(service).request(action, body);
    assert.ok(answer.RequestId, 'an answer has a RequestId');
    return answer;
  };
  const refused = async (code, service, action, body = {}, secretKey = undefined) => {
    steps += 1;
    await assert.rejects(
      client(service, secretKey).request(action, body),
      (error) => error.code === code || assert.fail(`${code} was wanted: ${error}`),
    );
  };
  const until = async (what, seen) => {
    for (let look = 0; look < 60; look += 1) {
      if (await seen()) return;
      await new Promise((done) => setTimeout(done, 500));
    }
    assert.fail(`never came: ${what}`);
  };

  // The store.
  const stored = async () => (await answered('ssl', 'DescribeCertificates', { CertificateType: 'SVR' })).Certificates;
  const upload = (Alias, pair, more = {}) =>
    answered('ssl', 'UploadCertificate', {
      CertificatePublicKey: pair.chain, CertificatePrivateKey: pair.key, Alias, ...more,
    });
  assert.deepStrictEqual(await stored(), []);
  const first = (await upload('cert-1', pairs[0])).CertificateId;
  const second = (await upload('cert-2', pairs[1])).CertificateId;
  assert.strictEqual((await upload('cert-3', pairs[0], { Repeatable: false })).RepeatCertId, first);
  await refused('FailedOperation.CertificateInvalid', 'ssl', 'UploadCertificate', {
    CertificatePublicKey: pairs[0].chain, CertificatePrivateKey: pairs[1].key,
  });
  assert.deepStrictEqual((await stored()).map((one) => [one.CertificateId, one.Alias, one.SubjectAltName]), [
    [second, 'cert-2', ['*.example.net']], [first, 'cert-1', ['*.example.com']],
  ]);

  // CDN: a block, and a job.
  const cdn = async () => (await answered('cdn', 'DescribeDomainsConfig', { Limit: 100 })).Domains[0];
  const update = (CertId, more = {}) => ({ Domain: 'cdn.example.com', Https: { Switch: 'on', CertInfo: { CertId }, ...more } });
  assert.strictEqual((await cdn()).Https, null);
  await refused('FailedOperation.SslCertNotFound', 'cdn', 'UpdateDomainConfig', update('none'));
  await refused('InvalidParameter.CdnCertNoCertInfo', 'cdn', 'UpdateDomainConfig', update(second));
  await answered('cdn', 'UpdateDomainConfig', update(first, { Http2: 'on' }));
  assert.strictEqual((await cdn()).Https.SslStatus, 'deploying');
  assert.strictEqual((await cdn()).Status, 'processing');
  await refused('ResourceInUse.CdnOpInProgress', 'cdn', 'UpdateDomainConfig', update(first));

  // EdgeOne: zones, and a set.
  const { Zones } = await answered('teo', 'DescribeZones');
  const eo = async () =>
    (await answered('teo', 'DescribeAccelerationDomains', { ZoneId: Zones[0].ZoneId })).AccelerationDomains[0];
  assert.strictEqual((await eo()).Certificate.Mode, 'disable');
  const hosts = (CertId) => ({
    ZoneId: Zones[0].ZoneId, Hosts: ['eo.example.com'], Mode: 'sslcert', ServerCertInfo: [{ CertId }],
  });
  await refused('InvalidParameter.CertNotMatchDomain', 'teo', 'ModifyHostsCertificate', hosts(second));
  await answered('teo', 'ModifyHostsCertificate', hosts(first));
  assert.strictEqual((await eo()).Certificate.List[0].Status, 'processing');

  // Live: a yes that may be a no.
  const bind = (CloudCertId) =>
    answered('live', 'ModifyLiveDomainCertBindings', {
      DomainInfos: [{ DomainName: 'css.example.com', Status: 1 }], CloudCertId,
    });
  assert.strictEqual((await answered('live', 'DescribeLiveDomains', { DomainType: 1 })).DomainList[0].Name, 'css.example.com');
  assert.deepStrictEqual((await bind(second)).MismatchedDomainNames, ['css.example.com']);
  assert.deepStrictEqual((await bind(first)).Errors, []);
  const bindings = await answered('live', 'DescribeLiveDomainCertBindings');
  assert.strictEqual(bindings.LiveDomainCertBindings[0].CloudCertId, first);

  // COS: a list of the store's own, and a job of its own.
  const cos = async () =>
    (await answered('ssl', 'DescribeHostCosInstanceList', { ResourceType: 'cos', IsCache: 0, Limit: 100 })).InstanceList[0];
  const bucket = await cos();
  assert.deepStrictEqual([bucket.Domain, bucket.CertId, bucket.Status], ['cos.example.com', null, 'ENABLED']);
  const carry = (CertificateId, instance = `${bucket.Region}|${bucket.Bucket}|${bucket.Domain}`) => ({
    CertificateId, ResourceType: 'cos', Status: 1, IsCache: 0, InstanceIdList: [instance],
  });
  await refused('MissingParameter', 'ssl', 'DeployCertificateInstance', carry(first));
  region = bucket.Region;
  await refused('FailedOperation.CertificateNotDeployInstance', 'ssl', 'DeployCertificateInstance', carry(second));
  await refused(
    'FailedOperation.CertificateDeployInstanceFormatError', 'ssl', 'DeployCertificateInstance', carry(first, bucket.Domain),
  );
  const { DeployRecordId, DeployStatus } = await answered('ssl', 'DeployCertificateInstance', carry(first));
  assert.strictEqual(DeployStatus, 1);
  assert.strictEqual((await answered('ssl', 'DeployCertificateInstance', carry(first))).DeployStatus, 0);
  const records = await answered('ssl', 'DescribeHostDeployRecord', { CertificateId: first, ResourceType: 'cos' });
  assert.deepStrictEqual(records.DeployRecordList.map((one) => [one.Id, one.Status]), [[DeployRecordId, 0]]);
  const job = () => answered('ssl', 'DescribeHostDeployRecordDetail', { DeployRecordId: String(DeployRecordId), Limit: 200 });
  assert.strictEqual((await job()).RunningTotalCount, 1);
  region = '';

  // Anti-DDoS: a rule of the store's list, and no region. CloudBase lists its own, one region at a time.
  const rule = async () =>
    (await answered('ssl', 'DescribeHostDdosInstanceList', { ResourceType: 'ddos', IsCache: 0, Limit: 100 })).InstanceList[0];
  const ruled = await rule();
  assert.deepStrictEqual([ruled.Domain, ruled.Protocol, ruled.CertId], ['ssl-deploy.example.com', 'https', null]);
  const guard = (CertificateId, instance = `${ruled.InstanceId}|${ruled.Domain}|${ruled.VirtualPort}`) => ({
    CertificateId, ResourceType: 'ddos', Status: 1, IsCache: 0, InstanceIdList: [instance],
  });
  await refused('FailedOperation.CertificateDeployInstanceFormatError', 'ssl', 'DeployCertificateInstance', guard(first, ruled.Domain));
  await refused('FailedOperation.CertificateNotDeployInstance', 'ssl', 'DeployCertificateInstance', guard(second));
  const guarding = await answered('ssl', 'DeployCertificateInstance', guard(first));
  assert.strictEqual(guarding.DeployStatus, 1);
  region = 'ap-guangzhou';
  await refused('UnsupportedRegion', 'tcb', 'DescribeEnvs', {});
  region = 'ap-shanghai';
  const { EnvList: [{ EnvId, Region: at }], Total: environments } = await answered('tcb', 'DescribeEnvs', { Offset: 0, Limit: 100 });
  assert.deepStrictEqual([environments, at], [1, region]);
  const routes = await answered('tcb', 'DescribeHTTPServiceRoute', { EnvId, Offset: 0, Limit: 100 });
  assert.deepStrictEqual([routes.TotalCount, routes.Domains[0].IsDefault], [1, true]);
  await refused(
    'FailedOperation.CertificateNotDeployInstance', 'ssl', 'DeployCertificateInstance',
    { ...guard(first, `AccessService|${at}|${EnvId}|x.example.com`), ResourceType: 'tcb' },
  );
  region = '';

  // CLB: a listener with SNI, whose tasks go by the id of the call.
  const [{ LoadBalancerId }] = (await answered('clb', 'DescribeLoadBalancers', { Forward: 1 })).LoadBalancerSet;
  const listener = async () =>
    (await answered('clb', 'DescribeListeners', { LoadBalancerId })).Listeners.find((one) => one.Protocol === 'HTTPS');
  const { ListenerId, SniSwitch, Rules: [{ Domain: balanced, Certificate }] } = await listener();
  assert.deepStrictEqual([SniSwitch, balanced, Certificate], [1, 'clb.example.com', null]);
  const modify = (CertId, more = {}) => ({
    LoadBalancerId, ListenerId, Domain: balanced, Certificate: { SSLMode: 'UNIDIRECTIONAL', CertId }, ...more,
  });
  await refused('InvalidParameterValue', 'clb', 'ModifyDomainAttributes', modify(second));
  await refused('InvalidParameter.LocationNotFound', 'clb', 'ModifyDomainAttributes', modify(first, { Domain: 'x.example.com' }));
  await refused('InvalidParameter.ProtocolCheckFailed', 'clb', 'ModifyListener', modify(first));
  const { RequestId: TaskId } = await answered('clb', 'ModifyDomainAttributes', modify(first));
  const task = async () => (await answered('clb', 'DescribeTaskStatus', { TaskId })).Status;
  assert.strictEqual(await task(), 2);
  await refused('FailedOperation.InvalidLBStatus', 'clb', 'ModifyDomainAttributes', modify(first));

  // VOD.
  await answered('vod', 'SetVodDomainCertificate', { Domain: 'vod.example.com', Operation: 'Set', CertID: first });
  const vod = async () => (await answered('vod', 'DescribeVodDomains')).DomainSet[0];
  assert.strictEqual((await vod()).DeployStatus, 'Deploying');

  // WAF: a call for each domain, which a bind changes nothing of but the certificate.
  const { Total, Domains: [shielded] } = await answered('waf', 'DescribeDomains', { Offset: 0, Limit: 100 });
  assert.strictEqual(Total, 1);
  const { Domain, DomainId, InstanceId } = shielded;
  const waf = async () =>
    (await answered('waf', 'DescribeDomainDetailsSaas', { Domain, DomainId, InstanceId })).DomainsPartInfo;
  const before = await waf();
  assert.deepStrictEqual([before.CertType, before.SSLId], [1, '']);
  const shield = (SSLId) => ({ Domain, DomainId, InstanceID: InstanceId, CertType: 2, SSLId });
  await refused('InvalidParameter.QueryCertBySSLIDFailed', 'waf', 'ModifySpartaProtection', shield('none'));
  await refused('InvalidParameter.CertificationParameterErr', 'waf', 'ModifySpartaProtection', shield(second));
  await refused('MissingParameter', 'waf', 'ModifySpartaProtection', { ...shield(first), InstanceID: undefined });
  await answered('waf', 'ModifySpartaProtection', shield(first));
  assert.strictEqual((await waf()).State, -1);
  await until('WAF', async () => (await waf()).State === 0);
  const { Cert, PrivateKey, CertType, SSLId, ...kept } = await waf();
  assert.deepStrictEqual([Cert, PrivateKey, CertType, SSLId], ['', '', 2, first]);
  for (const [key, value] of Object.entries(kept)) assert.deepStrictEqual(value, before[key], key);

  await until('what was deployed', async () => (await cdn()).Https.SslStatus === 'deployed');
  await until('the end of the others', async () => (await vod()).DeployStatus === 'Online');
  await until('EdgeOne', async () => (await eo()).Certificate.List[0].Status === 'deployed');
  await until('COS', async () => (await job()).SuccessTotalCount === 1);
  assert.strictEqual((await cos()).CertId, first);
  await until('Anti-DDoS', async () => (await rule()).CertId === first);
  await until('CLB', async () => (await task()) === 0);
  assert.strictEqual((await listener()).Rules[0].Certificate.CertId, first);
  assert.strictEqual((await cdn()).Https.Http2, 'on');
  assert.strictEqual((await vod()).HTTPSConfig.CloudCertId, first);

  // Deletes, which the vendor looks before.
  const remove = async (CertificateId) => {
    const { TaskId } = await answered('ssl', 'DeleteCertificate', { CertificateId, IsCheckResource: true });
    const result = async () =>
      (await answered('ssl', 'DescribeDeleteCertificatesTaskResult', { TaskIds: [TaskId] })).DeleteTaskResult[0];
    assert.strictEqual((await result()).Status, 0);
    await until('the end of a delete', async () => (await result()).Status !== 0);
    return result();
  };
  assert.strictEqual((await remove(first)).Status, 4);
  assert.strictEqual((await remove(second)).Status, 1);
  await refused('FailedOperation.CertificateNotFound', 'ssl', 'DeleteCertificate', { CertificateId: second });
  assert.deepStrictEqual((await stored()).map((one) => one.CertificateId), [first]);

  await refused('AuthFailure.SignatureFailure', 'ssl', 'DescribeCertificates', {}, 'another secret');
  return steps;
};
