// Alibaba Cloud: CAS with its deployment jobs and CDN by their own packages; DCDN, Live, VOD, ESA, WAF and CLB by the client that those are made of;
// OSS by its own.
'use strict';

const assert = require('assert');
const { default: OpenApi, $OpenApiUtil: Util } = require('@alicloud/openapi-core');
const { RuntimeOptions } = require('@darabonba/typescript');
const OSS = require('ali-oss');
const cas = require('@alicloud/cas20200407');
const cdn = require('@alicloud/cdn20180510');

module.exports = async ({ address, credentials, pairs }) => {
  const config = (secret = credentials.access_key_secret) =>
    new Util.Config({
      accessKeyId: credentials.access_key_id, accessKeySecret: secret, endpoint: address, protocol: 'HTTP',
    });
  const store = new cas.default(config());
  const network = new cdn.default(config());
  const other = new OpenApi(config());
  let steps = 0;

  const refused = async (code, call) => {
    steps += 1;
    await assert.rejects(call, (error) => error.code === code || assert.fail(`${code} was wanted: ${error}`));
  };
  const answered = async (call) => {
    steps += 1;
    const { body } = await call;
    assert.ok(body.requestId || body.RequestId, 'an answer has a RequestId');
    return body;
  };
  const dcdn = (action, query, version = '2018-01-15', method = 'POST') =>
    other.callApi(
      new Util.Params({
        action, version, protocol: 'HTTPS', pathname: '/', method, authType: 'AK', style: 'RPC',
        reqBodyType: 'formData', bodyType: 'json',
      }),
      new Util.OpenApiRequest({ query }),
      new RuntimeOptions({ autoretry: false }),
    );

  const listed = async () =>
    (await answered(store.listUserCertificateOrder(new cas.ListUserCertificateOrderRequest({ orderType: 'CERT' }))))
      .certificateOrderList;
  const upload = (name, pair) =>
    store.uploadUserCertificate(new cas.UploadUserCertificateRequest({ name, cert: pair.chain, key: pair.key }));
  const bind = (domainName, certId) =>
    network.setCdnDomainSSLCertificate(
      new cdn.SetCdnDomainSSLCertificateRequest({
        domainName, certId, certType: 'cas', certRegion: 'cn-hangzhou', SSLProtocol: 'on',
      }),
    );
  const info = async () =>
    (await answered(
      network.describeDomainCertificateInfo(
        new cdn.DescribeDomainCertificateInfoRequest({ domainName: 'cdn.example.com' }),
      ),
    )).certInfos.certInfo[0];

  const domains = await answered(network.describeUserDomains(new cdn.DescribeUserDomainsRequest({ pageSize: 500 })));
  assert.strictEqual(domains.totalCount, 1);
  assert.strictEqual(domains.domains.pageData[0].domainName, 'cdn.example.com');
  assert.strictEqual(domains.domains.pageData[0].sslProtocol, 'off');
  assert.strictEqual(domains.domains.pageData[0].domainStatus, 'online');
  assert.strictEqual((await info()).serverCertificateStatus, 'off');
  await refused('NoHttpsDomain', network.describeCdnHttpsDomainList(new cdn.DescribeCdnHttpsDomainListRequest({})));

  assert.deepStrictEqual(await listed(), []);
  const { certId } = await answered(upload('cert-1', pairs[0]));
  await refused('NameRepeat', upload('cert-1', pairs[1]));
  const second = (await answered(upload('cert-2', pairs[1]))).certId;
  const stored = await listed();
  assert.deepStrictEqual(stored.map((one) => [one.certificateId, one.name, one.sans]), [
    [certId, 'cert-1', '*.example.com'], [second, 'cert-2', '*.example.net'],
  ]);
  assert.match(stored[0].sha2, /^[0-9a-f]{64}$/);

  await refused('InvalidDomain.NotFound', bind('gone.example.com', certId));
  await refused('Certificate.NotFind', bind('cdn.example.com', 7));
  await answered(bind('cdn.example.com', certId));
  const bound = await info();
  assert.strictEqual(bound.certId, String(certId));
  assert.strictEqual(bound.certName, 'cert-1');
  assert.strictEqual(bound.serverCertificateStatus, 'on');
  const https = await answered(network.describeCdnHttpsDomainList(new cdn.DescribeCdnHttpsDomainListRequest({})));
  assert.strictEqual(https.certInfos.certInfo[0].certName, 'cert-1');

  await answered(
    dcdn('SetDcdnDomainSSLCertificate', {
      DomainName: 'dcdn.example.com', SSLProtocol: 'on', CertType: 'cas', CertId: String(certId), CertRegion: 'cn-hangzhou',
    }),
  );
  const there = await answered(dcdn('DescribeDcdnDomainCertificateInfo', { DomainName: 'dcdn.example.com' }));
  assert.strictEqual(there.CertInfos.CertInfo[0].CertId, String(certId));

  const live = (action, query) => dcdn(action, query, '2016-11-01');
  assert.strictEqual((await answered(live('DescribeLiveUserDomains', { PageSize: '50' }))).TotalCount, 1);
  await refused('NoHttpsDomain', live('DescribeLiveHttpsDomainList', {}));
  await answered(
    live('SetLiveDomainCertificate', {
      DomainName: 'live.example.com', SSLProtocol: 'on', CertType: 'cas', CertName: 'cert-1', CertId: String(certId),
    }),
  );
  const named = await answered(live('DescribeLiveHttpsDomainList', {}));
  assert.strictEqual(named.CertInfos.CertInfo[0].CertName, 'cert-1');

  const vod = (action, query) => dcdn(action, query, '2017-03-21');
  assert.strictEqual((await answered(vod('DescribeVodUserDomains', {}))).Domains.PageData[0].SslProtocol, 'off');
  await answered(
    vod('SetVodDomainSSLCertificate', {
      DomainName: 'vod.example.com', SSLProtocol: 'on', CertType: 'cas', CertId: String(certId), CertRegion: 'cn-hangzhou',
    }),
  );
  const played = await answered(vod('DescribeVodDomainCertificateInfo', { DomainName: 'vod.example.com' }));
  assert.strictEqual(played.CertInfos.CertInfo[0].CertId, String(certId));

  const esa = (action, query, method) => dcdn(action, query, '2024-09-10', method);
  await refused('UnsupportedHTTPMethod', esa('ListSites', {}));
  const [site] = (await answered(esa('ListSites', {}, 'GET'))).Sites;
  const [hostname] = (await answered(esa('ListCustomHostnames', { SiteId: String(site.SiteId) }))).Hostnames;
  assert.strictEqual(hostname.Hostname, 'esa.example.com');
  await answered(
    esa('UpdateCustomHostname', {
      HostnameId: String(hostname.HostnameId), RecordId: String(hostname.RecordId), SslFlag: 'on', CertType: 'cas',
      CasId: String(certId), CasRegion: 'cn-hangzhou',
    }),
  );
  const owned = await answered(esa('GetCustomHostname', { HostnameId: String(hostname.HostnameId) }));
  assert.strictEqual(owned.CustomHostnameModel.CasId, certId);

  const waf = (action, query) => dcdn(action, { RegionId: 'cn-hangzhou', ...query }, '2021-10-01');
  const { InstanceId } = await answered(waf('DescribeInstance', {}));
  await refused('MissingInstanceId', waf('DescribeDomains', {}));
  const [guarded] = (await answered(waf('DescribeDomains', { InstanceId, PageSize: '50' }))).Domains;
  assert.deepStrictEqual([guarded.Domain, guarded.ListenPorts.Https], ['waf.example.com', [443]]);
  const protect = (id) =>
    waf('ModifyDomainCert', {
      InstanceId, Domain: 'waf.example.com', CertId: id, TLSVersion: 'tlsv1.2', CipherSuite: '99',
      'CustomCiphers.1': 'AES128-SHA', EnableTLSv3: 'true',
    });
  await refused('Waf.Pullin.CertNotExist', protect(String(certId)));
  await answered(protect(`${certId}-cn-hangzhou`));
  const protected_by = await answered(waf('DescribeDomainDetail', { InstanceId, Domain: 'waf.example.com' }));
  assert.strictEqual(protected_by.CertDetail.Id, `${certId}-cn-hangzhou`);
  assert.deepStrictEqual(protected_by.Listen.CustomCiphers, ['AES128-SHA']);

  const clb = (action, query, body) =>
    other.callApi(
      new Util.Params({
        action, version: '2014-05-15', protocol: 'HTTPS', pathname: '/', method: 'POST', authType: 'AK', style: 'RPC',
        reqBodyType: 'formData', bodyType: 'json',
      }),
      new Util.OpenApiRequest({ query: { RegionId: 'cn-hangzhou', ...query }, body }),
      new RuntimeOptions({ autoretry: false }),
    );
  const [listener] = (await answered(
    clb('DescribeLoadBalancerListeners', { ListenerProtocol: 'https', MaxResults: '100' }),
  )).Listeners;
  const place = { LoadBalancerId: listener.LoadBalancerId, ListenerPort: String(listener.ListenerPort) };
  const extended = async () =>
    (await answered(clb('DescribeDomainExtensions', place))).DomainExtensions.DomainExtension[0];
  const extension = await extended();
  assert.strictEqual(extension.Domain, 'clb.example.com');
  const copy = (await answered(
    clb('UploadServerCertificate', { ServerCertificateName: `certferry-${certId}-cn-hangzhou` },
      { ServerCertificate: pairs[0].chain.trim(), PrivateKey: pairs[0].key }),
  )).ServerCertificateId;
  const extend = (id) =>
    clb('SetDomainExtensionAttribute', { DomainExtensionId: extension.DomainExtensionId, ServerCertificateId: id });
  await refused('ServerCertificateId.NotFound', extend('7'));
  await answered(extend(copy));
  assert.strictEqual((await extended()).ServerCertificateId, copy);
  await refused('CertificateRelatedDomainExtensionExist', clb('DeleteServerCertificate', { ServerCertificateId: copy }));

  const deploy = (make, Call, given) => answered(make.call(store, new Call(given)));
  const { data: resources } = await deploy(store.listCloudResources, cas.ListCloudResourcesRequest, {
    cloudName: 'aliyun', showSize: 50,
  });
  const resource = resources.find((one) => one.domain === 'cas-deploy.example.com');
  assert.deepStrictEqual([resource.enableHttps, resource.certId], [1, undefined]);
  assert.ok(resources.some((one) => one.cloudProduct === 'cdn'), 'what other products have is there as well');
  const { contactList: [contact] } = await deploy(store.listContact, cas.ListContactRequest, {});
  const draft = { name: `certferry-${certId}-00`, jobType: 'user', certIds: String(certId), resourceIds: String(resource.id) };
  await refused('MissingContactIds', store.createDeploymentJob(new cas.CreateDeploymentJobRequest(draft)));
  const { jobId } = await deploy(store.createDeploymentJob, cas.CreateDeploymentJobRequest, {
    ...draft, contactIds: String(contact.contactId),
  });
  const described = () => deploy(store.describeDeploymentJob, cas.DescribeDeploymentJobRequest, { jobId });
  assert.strictEqual((await described()).status, 'editing');
  const for_it = await deploy(store.listDeploymentJobResource, cas.ListDeploymentJobResourceRequest, { jobId });
  assert.deepStrictEqual(for_it.data.map((one) => one.id), [resource.id]);
  const tell = (status) =>
    store.updateDeploymentJobStatus(new cas.UpdateDeploymentJobStatusRequest({ jobId, status }));
  await answered(tell('pending'));
  let { status } = await described();
  while (status === 'processing') ({ status } = await described());
  assert.strictEqual(status, 'success');
  await refused('InvalidStatus', tell('pending'));
  const { data: [made] } = await deploy(store.listDeploymentJob, cas.ListDeploymentJobRequest, { jobType: 'user' });
  assert.deepStrictEqual([made.id, made.name, made.status], [jobId, draft.name, 'success']);
  const { data: [worker] } = await deploy(store.listWorkerResource, cas.ListWorkerResourceRequest, { jobId });
  assert.deepStrictEqual([worker.resourceId, worker.certId, worker.status], [resource.id, certId, 'success']);
  const counts = await deploy(store.describeDeploymentJobStatus, cas.DescribeDeploymentJobStatusRequest, { jobId });
  assert.deepStrictEqual([counts.successCount, counts.failedCount, counts.costCount], [1, 0, 1]);
  const { data: again } = await deploy(store.listCloudResources, cas.ListCloudResourcesRequest, { keyword: 'cas-deploy' });
  assert.strictEqual(again[0].certId, certId);

  // A bucket stands in the path here; the client has no call for its domains, so its request is used.
  const storage = new OSS({
    endpoint: `http://${address}`, region: 'oss-cn-hangzhou', accessKeyId: credentials.access_key_id,
    accessKeySecret: credentials.access_key_secret, authorizationV4: true, sldEnable: true,
  });
  const cname = (method, subres, content) =>
    storage.request({ method, bucket: 'bucket-0001', subres, content, mime: 'xml', successStatuses: [200] });
  const bucket_bind = (domain, id) =>
    cname('POST', { cname: '', comp: 'add' },
      `<BucketCnameConfiguration><Cname><Domain>${domain}</Domain><CertificateConfiguration><CertId>${id}-cn-hangzhou</CertId>` +
      '<Force>true</Force></CertificateConfiguration></Cname></BucketCnameConfiguration>');
  steps += 3;
  const { buckets } = await storage.listBuckets({ 'max-keys': 10 });
  assert.deepStrictEqual(buckets.map((one) => [one.name, one.region]), [['bucket-0001', 'oss-cn-hangzhou']]);
  await refused('InvalidArgument', bucket_bind('oss.example.com', 7));
  await refused('NeedVerifyDomainOwnership', bucket_bind('other.example.com', certId));
  await bucket_bind('oss.example.com', certId);
  const listed_names = await storage.parseXML((await cname('GET', 'cname')).data);
  assert.strictEqual(listed_names.Cname.Domain, 'oss.example.com');
  assert.strictEqual(listed_names.Cname.Certificate.CertId, `${certId}-cn-hangzhou`);

  const remove = (id) => store.deleteUserCertificate(new cas.DeleteUserCertificateRequest({ certId: id }));
  await answered(remove(second));
  await refused('NotFound', remove(second));
  assert.strictEqual((await listed()).length, 1);

  const stranger = new cas.default(config('another secret'));
  await refused(
    'SignatureDoesNotMatch',
    stranger.listUserCertificateOrder(new cas.ListUserCertificateOrderRequest({ orderType: 'CERT' })),
  );
  return steps;
};
