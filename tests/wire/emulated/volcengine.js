// Volcengine: CDN and veImageX by their own clients, the certificate centre, DCDN, Live, VOD, CLB and
// ALB by the service that these are made of.
'use strict';

const assert = require('assert');
const { Service, cdn, imagex } = require('@volcengine/openapi');

module.exports = async ({ address, credentials, pairs }) => {
  const account = (secretKey = credentials.secret_access_key) => ({
    host: address, protocol: 'http:', accessKeyId: credentials.access_key_id, secretKey,
  });
  const network = new cdn.CdnService({ ...account(), region: 'cn-north-1' });
  const service = (serviceName, defaultVersion, region = 'cn-beijing') =>
    new Service({ ...account(), serviceName, defaultVersion, region });
  const centre = service('certificate_service', '2024-10-01');
  const other = service('dcdn', '2021-04-01');
  const live = service('live', '2023-01-01', 'cn-north-1');
  const vod = service('vod', '2026-01-01', 'cn-north-1');
  let steps = 0;

  const answered = async (call) => {
    steps += 1;
    const { ResponseMetadata, Result } = await call;
    assert.ok(ResponseMetadata.RequestId || ResponseMetadata.RequestID, 'an answer has a RequestId');
    assert.strictEqual(ResponseMetadata.Error, undefined);
    return Result;
  };
  const refused = async (code, call) => {
    steps += 1;
    assert.strictEqual((await call).ResponseMetadata.Error.Code, code);
  };
  const ask = (of, action, body) => of.createJSONAPI(action)(body);

  const upload = (pair, more) =>
    ask(centre, 'ImportCertificate', {
      CertificateInfo: { CertificateChain: pair.chain, PrivateKey: pair.key }, ...more,
    });
  const bind = (Domain, CertId) => network.BatchDeployCert({ Domain, CertId });
  const listed = async () =>
    (await answered(ask(centre, 'CertificateGetInstanceList', { PageNumber: 1, PageSize: 100 }))).Instances;
  const config = async () =>
    (await answered(network.DescribeCdnConfig({ Domain: 'cdn.example.com' }))).DomainConfig.HTTPS;

  const domains = await answered(network.ListCdnDomains({ PageNum: 1, PageSize: 100 }));
  assert.strictEqual(domains.Total, 1);
  assert.strictEqual(domains.Data[0].Domain, 'cdn.example.com');
  assert.strictEqual(domains.Data[0].HTTPS, false);
  assert.strictEqual(domains.Data[0].Status, 'online');
  assert.strictEqual((await config()).Switch, false);

  assert.deepStrictEqual(await listed(), []);
  const { InstanceId } = await answered(upload(pairs[0], { Tag: 'cert 1 / 证书', Repeatable: false }));
  const again = await answered(upload(pairs[0], { Repeatable: false }));
  assert.deepStrictEqual([again.InstanceId, again.RepeatId], ['', InstanceId]);
  const second = (await answered(upload(pairs[1], { Tag: 'cert 2' }))).InstanceId;
  assert.deepStrictEqual((await listed()).map((one) => [one.InstanceId, one.Tag, one.San]), [
    [InstanceId, 'cert 1 / 证书', ['*.example.com']], [second, 'cert 2', ['*.example.net']],
  ]);

  const gone = await answered(bind('gone.example.com', InstanceId));
  assert.strictEqual(gone.DeployResult[0].Status, 'fail');
  await refused('ResourceNotFound', bind('cdn.example.com', 'cert-7'));
  const bound = await answered(bind('cdn.example.com', InstanceId));
  assert.deepStrictEqual(bound.DeployResult, [{ Domain: 'cdn.example.com', Status: 'success' }]);
  assert.strictEqual((await config()).CertInfo.CertId, InstanceId);
  const certificates = await answered(network.ListCertInfo({ Source: 'volc_cert_center', PageSize: 100 }));
  assert.strictEqual(certificates.CertInfo[0].ConfiguredDomain, 'cdn.example.com');
  assert.match(certificates.CertInfo[0].CertFingerprint.Sha256, /^[0-9a-f]{64}$/);

  const there = { CertSource: 'volc', CertId: InstanceId, DomainNames: ['dcdn.example.com'] };
  assert.strictEqual((await answered(ask(other, 'CreateCertBind', there))).Success, true);
  const configs = await answered(ask(other, 'ListDomainConfig', { PageNumber: 1, PageSize: 100 }));
  assert.strictEqual(configs.DomainList[0].Https.CertBind.CertId, InstanceId);

  const Rsa = { Pubkey: pairs[0].chain, Prikey: pairs[0].key };
  const { ChainID } = await answered(ask(live, 'CreateCert', { CertName: InstanceId, UseWay: 'https', Rsa }));
  const stream = { ChainID, Domain: 'live.example.com', HTTPS: true, HTTP2: true };
  await answered(ask(live, 'BindCert', stream));
  const streams = await answered(ask(live, 'ListDomainDetail', { PageNum: 1, PageSize: 100 }));
  assert.deepStrictEqual([streams.DomainList[0].ChainID, streams.DomainList[0].HTTP2], [ChainID, true]);
  const copies = await answered(ask(live, 'ListCertV2', {}));
  assert.deepStrictEqual(copies.CertList.map((one) => one.CertName), [InstanceId]);
  await refused('InvalidParam', ask(live, 'DeleteCert', { ChainID }));

  const spaces = await answered(vod.createAPI('ListSpace', { Version: '2021-01-01' })());
  let film;
  for (const { SpaceName } of spaces) {
    for (const DomainType of ['vod_play', 'vod_image', 'third']) {
      const page = { SpaceName, DomainType, ListCdnDomainsParam: { PageNum: 1, PageSize: 100 } };
      const { VodInfo, DomainInfo } = await answered(ask(vod, 'ListVodDomains', page));
      assert.strictEqual(VodInfo.Total, DomainInfo.Total);
      if (VodInfo.Total > 0) film = { SpaceName, DomainType };
    }
  }
  const Domain = 'vod.example.com';
  const HTTPS = { Switch: true, HTTP2: true, CertInfo: { CertId: InstanceId } };
  await answered(ask(vod, 'UpdateVodDomainConfig', { ...film, UpdateCdnConfigParam: { Domain, HTTPS } }));
  const film_config = await answered(ask(vod, 'DescribeVodDomainConfig', { ...film, DescribeCdnDomainParam: { Domain } }));
  const { HTTP2, CertInfo } = film_config.DomainInfo.DomainConfig.HTTPS;
  assert.deepStrictEqual([HTTP2, CertInfo.CertId], [true, InstanceId]);

  const images = new imagex.ImagexService({ ...account(), region: 'cn-north-1' });
  const { Services } = await answered(images.GetAllImageServices({}));
  const [{ ServiceId }] = Services.filter((one) => one.DomainInfos.length > 0);
  const domain = 'imagex.example.com';
  const picture = () => answered(images.GetDomainConfig({ ServiceId, DomainName: domain }));
  assert.strictEqual((await picture()).https_config.enable_https, false);
  const https = { cert_id: InstanceId, enable_https: true, enable_http2: true, tls_versions: ['tlsv1.3'], hsts: { enable: true, ttl: 60 } };
  await answered(images.UpdateHttps({ ServiceId, domain, https }));
  const { https_config } = await picture();
  assert.deepStrictEqual([https_config.cert_id, https_config.hsts.enabled], [InstanceId, true]);
  const [pictures] = await answered(images.GetServiceDomains({ ServiceId }));
  assert.deepStrictEqual([pictures.domain, pictures.https_config.cert_id], [domain, InstanceId]);

  const balancers = (name) => {
    const one = service(name, '2020-04-01');
    return (Action, query) => one.createAPI(Action, { Version: '2020-04-01', method: 'GET' })(query);
  };
  const clb = balancers('clb');
  const alb = balancers('alb');
  for (const [of, name] of [[clb, 'clb'], [alb, 'alb']]) {
    const { TotalCount, LoadBalancers } = await answered(of('DescribeLoadBalancers', { PageNumber: 1, PageSize: 100 }));
    assert.strictEqual(TotalCount, 1);
    const { LoadBalancerId } = LoadBalancers[0];
    const page = await answered(of('DescribeListeners', { LoadBalancerId, PageNumber: 1, PageSize: 100 }));
    const [{ ListenerId }] = page.Listeners.filter((one) => one.Protocol === 'HTTPS');
    const { Rules } = await answered(of('DescribeRules', { ListenerId }));
    assert.strictEqual(Rules[0].Domain, `${name}.example.com`);
    const extension = async () =>
      (await answered(of('DescribeListenerAttributes', { ListenerId }))).DomainExtensions[0];
    const { DomainExtensionId, Domain: served, CertificateSource } = await extension();
    assert.deepStrictEqual([served, CertificateSource], [`${name}.example.com`, name]);
    const certificate = { CertificateSource: 'cert_center', CertCenterCertificateId: InstanceId };
    const at = (prefix, members) =>
      Object.fromEntries(Object.entries(members).map(([key, value]) => [`${prefix}.1.${key}`, value]));
    if (name === 'clb') {
      const change = at('ModifyDomainExtensions', { DomainExtensionId, ...certificate });
      await answered(of('ModifyListenerDomainExtensions', { ListenerId, ...change }));
    } else {
      const change = at('DomainExtensions', { Action: 'modify', DomainExtensionId, Domain: served, ...certificate });
      await answered(of('ModifyListenerAttributes', { ListenerId, ...change }));
    }
    assert.strictEqual((await extension()).CertCenterCertificateId, InstanceId);
    await refused('InvalidListener.NotFound', of('DescribeRules', { ListenerId: 'lsn-7' }));
  }

  const remove = (id) => ask(centre, 'CertificateDeleteInstance', { InstanceId: id });
  await refused('Delete.Certificate', remove(InstanceId));
  await answered(remove(second));
  await refused('NotFound.CertificateInstance', remove(second));
  assert.strictEqual((await listed()).length, 1);

  const stranger = new cdn.CdnService({ ...account('another secret'), region: 'cn-north-1' });
  await refused('SignatureDoesNotMatch', stranger.ListCdnDomains({}));
  const lost = new cdn.CdnService({ ...account(), region: 'cn-beijing' });
  await refused('InvalidActionOrVersion', lost.ListCdnDomains({}));
  return steps;
};
