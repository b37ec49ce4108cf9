// Huawei Cloud: the core that every service's package is made of; those packages are not published any more. OBS has one of its
// own, which calls the vendor's host, with a connection of ours behind it: at an address it would sign as S3 does.
'use strict';

const assert = require('assert');
const http = require('http');
const net = require('net');
const { ClientBuilder } = require('@huaweicloud/huaweicloud-sdk-core/ClientBuilder');
const ObsClient = require('esdk-obs-nodejs');
const { BasicCredentials, GlobalCredentials } = require('@huaweicloud/huaweicloud-sdk-core');

module.exports = async ({ address, credentials, pairs }) => {
  const client = (credential, secret = credentials.secret_access_key) =>
    new ClientBuilder((one) => one)
      .withCredential(credential.withAk(credentials.access_key_id).withSk(secret))
      .withEndpoint(`http://${address}`)
      .build();
  const regional = () => new BasicCredentials().withProjectId(credentials.project_id);
  const global = () => new GlobalCredentials().withDomainId(credentials.domain_id);
  let steps = 0;

  const caller = (one) => (method, url, { query = {}, path = {}, data } = {}) =>
    one.sendRequest({
      method, url, contentType: 'application/json', queryParams: query, pathParams: path, headers: {}, data,
    });
  const scm = caller(client(regional()));
  const cdn = caller(client(global()));

  const refused = async (code, call) => {
    steps += 1;
    await assert.rejects(call, (error) => error.errorCode === code || assert.fail(`${code} was wanted: ${error}`));
  };
  const answered = async (call, status = 200) => {
    steps += 1;
    const reply = await call;
    assert.strictEqual(reply.httpStatusCode, status);
    assert.ok(!reply.error && !reply.error_code, JSON.stringify(reply));
    return reply;
  };
  // CDN's documents give HTTP 200 for what is wrong with a domain, and the SDK takes that for a success.
  const refused_inside = async (code, call) => {
    steps += 1;
    assert.strictEqual((await call).error.code, code);
  };

  const listed = async () => (await answered(scm('GET', '/v3/scm/certificates', { query: { limit: 50, offset: 0 } }))).certificates;
  const upload = (name, pair) => {
    const second = pair.chain.indexOf('-----BEGIN', 1);
    const parts = second < 0 ? { certificate: pair.chain } : { certificate: pair.chain.slice(0, second), certificate_chain: pair.chain.slice(second) };
    return scm('POST', '/v3/scm/certificates/import', { data: { name, ...parts, private_key: pair.key, duplicate_check: false } });
  };
  const configs = '/v1.1/cdn/configuration/domains/{domain_name}/configs';
  const bind = (domain_name, scm_certificate_id) =>
    cdn('PUT', configs, {
      path: { domain_name },
      query: { enterprise_project_id: 'all' },
      data: {
        configs: {
          https: {
            https_status: 'on', certificate_type: 'server', certificate_source: 2, scm_certificate_id,
            certificate_name: 'cert-1', http2_status: 'on', tls_version: 'TLSv1.2,TLSv1.3', ocsp_stapling_status: 'on',
          },
        },
      },
    });
  const https = async (domain_name) => (await answered(cdn('GET', configs, { path: { domain_name } }))).configs.https;

  const domains = await answered(cdn('GET', '/v1.0/cdn/domains', { query: { page_size: 100, page_number: 1 } }));
  assert.strictEqual(domains.total, 1);
  assert.strictEqual(domains.domains[0].domain_name, 'cdn.example.com');
  assert.strictEqual(domains.domains[0].domain_status, 'online');
  assert.strictEqual(domains.domains[0].https_status, 0);
  assert.strictEqual((await https('cdn.example.com')).https_status, 'off');

  assert.deepStrictEqual(await listed(), []);
  const { certificate_id } = await answered(upload('cert-1', pairs[0]));
  assert.match(certificate_id, /^scs[0-9]{13}$/);
  await refused('SCM.0122', upload('cert-1', pairs[0]));
  await refused('SCM.0001', upload('no blanks', pairs[1]));
  const second = (await answered(upload('cert-2', pairs[1]))).certificate_id;
  assert.deepStrictEqual((await listed()).map((one) => [one.id, one.name, one.domain]), [
    [second, 'cert-2', '*.example.net'], [certificate_id, 'cert-1', '*.example.com'],
  ]);

  await refused_inside('CDN.0105', bind('gone.example.com', certificate_id));
  await refused('SCM.0020', bind('cdn.example.com', 'scs0000000000007'));
  await answered(bind('cdn.example.com', certificate_id), 204);
  await refused_inside('CDN.0106', bind('cdn.example.com', certificate_id));  // it is being configured
  const bound = await https('cdn.example.com');
  assert.strictEqual(bound.scm_certificate_id, certificate_id);
  assert.strictEqual(bound.https_status, 'on');
  assert.strictEqual(bound.http2_status, 'on');
  const certificates = await answered(cdn('GET', '/v1.0/cdn/domains/https-certificate-info'));
  assert.strictEqual(certificates.https[0].cert_name, 'cert-1');
  assert.strictEqual(certificates.https[0].certificate, pairs[0].chain);

  const deployed = async (id) =>
    (await answered(
      scm('POST', '/v3/scm/deployed-resources', { data: { certificate_ids: [id], service_names: ['ALL'] } }),
    )).results[0].total_num;
  assert.strictEqual(await deployed(certificate_id), 1);
  assert.strictEqual(await deployed(second), 0);

  const [host, port] = address.split(':');
  const http_agent = new http.Agent();
  http_agent.createConnection = () => net.connect(Number(port), host);
  const obs_in = (region) =>
    new ObsClient({
      access_key_id: credentials.access_key_id, secret_access_key: credentials.secret_access_key,
      server: `http://obs.${region}.myhuaweicloud.com`, signature: 'obs', is_signature_negotiation: false, max_retry_count: 0,
      http_agent,
    });
  const obs = { 'cn-north-4': obs_in('cn-north-4'), 'cn-east-3': obs_in('cn-east-3') };
  await new Promise(setImmediate);  // they are ready a moment after they are made
  const of_obs = async (name, request, { status = 200, region = 'cn-north-4' } = {}) => {
    steps += 1;
    const { CommonMsg, InterfaceResult } = await obs[region][name](request);
    assert.strictEqual(CommonMsg.Status, status, JSON.stringify(CommonMsg));
    return status < 300 ? InterfaceResult : CommonMsg.Code;
  };
  const { Buckets } = await of_obs('listBuckets', { BucketType: 'OBJECT' });
  const [one, none] = Buckets;
  const names = async ({ BucketName, Location }) =>
    ((await of_obs('getBucketCustomDomain', { Bucket: BucketName }, { region: Location })).Domains || []).map((domain) => [
      domain.DomainName, domain.CertificateId,
    ]);
  assert.deepStrictEqual((await names(one)).map(([name]) => name), ['obs.example.com']);
  assert.deepStrictEqual(await names(none), []);
  const give = (CertificateId, status) =>
    of_obs('setBucketCustomDomain', {
      Bucket: one.BucketName, DomainName: 'obs.example.com',
      DomainBody: { Name: 'cert-1', CertificateId, Certificate: pairs[0].chain, PrivateKey: pairs[0].key },
    }, { status });
  assert.strictEqual(await give(second, 400), 'InvalidArgument');
  await give(certificate_id);
  assert.deepStrictEqual(await names(one), [['obs.example.com', certificate_id]]);
  assert.strictEqual(await of_obs('getBucketCustomDomain', { Bucket: 'gone' }, { status: 404 }), 'NoSuchBucket');

  const waf_of = caller(client(new BasicCredentials().withProjectId(credentials.waf_project_id)));
  const waf = (method, url, { path = {}, ...more } = {}) =>
    waf_of(method, `/v1/{project_id}${url}`, { path: { project_id: credentials.waf_project_id, ...path }, ...more });
  const listed_of_waf = async (host) =>
    (await answered(waf('GET', '/waf/certificate', { query: { page: 1, pagesize: 100, host: String(host) } }))).items;
  const hosts = await answered(waf('GET', '/composite-waf/host', { query: { page: 1, pagesize: 100, enterprise_project_id: 'all_granted_eps' } }));
  assert.deepStrictEqual(hosts.items.map((host) => [host.hostname, host.waf_type, host.protect_status]), [['waf.example.com', 'cloud', 1]]);
  assert.deepStrictEqual((await listed_of_waf(true)).map((own) => own.bind_host[0].hostname), ['waf.example.com']);
  assert.deepStrictEqual(await listed_of_waf(false), []);
  const keep = (name, pair) => waf('POST', '/waf/certificate', { data: { name, content: pair.chain, key: pair.key } });
  const own = (await answered(keep('cert-1', pairs[0]))).id;
  await refused('WAF.00011016', keep('cert-1', pairs[0]));
  assert.deepStrictEqual((await listed_of_waf(false)).map((one) => one.id), [own]);
  const apply = (certificate_id, data) =>
    waf('POST', '/waf/certificate/{certificate_id}/apply-to-hosts', { path: { certificate_id }, data });
  await refused('WAF.00014002', apply('gone', { cloud_host_ids: [hosts.items[0].id] }));
  const applied = await answered(apply(own, { cloud_host_ids: [hosts.items[0].id] }));
  assert.strictEqual(applied.bind_host[0].hostname, 'waf.example.com');
  assert.deepStrictEqual((await listed_of_waf(true)).map((one) => one.name), ['cert-1']);
  const forget = () => waf('DELETE', '/waf/certificate/{certificate_id}', { path: { certificate_id: own } });
  await refused('WAF.00014003', forget());

  const elb_of = caller(client(new BasicCredentials().withProjectId(credentials.elb_project_id)));
  const elb = (method, url, { path = {}, ...more } = {}) =>
    elb_of(method, `/v3/{project_id}/elb${url}`, { path: { project_id: credentials.elb_project_id, ...path }, ...more });
  const { loadbalancers } = await answered(elb('GET', '/loadbalancers', { query: { limit: 10, enterprise_project_id: 'all_granted_eps' } }));
  const listener = async () => (await answered(elb('GET', '/listeners', { query: { limit: 10 } }))).listeners[0];
  const first = await listener();
  assert.strictEqual(first.loadbalancers[0].id, loadbalancers[0].id);
  const certificates_of_elb = async (query) => answered(elb('GET', '/certificates', { query }));
  const owners = (await certificates_of_elb({ type: 'server' })).certificates;
  assert.deepStrictEqual(owners.map((one) => [one.id, one.domain]), [[first.default_tls_container_ref, 'elb.example.com']]);
  const certificate = { name: 'cert-1', type: 'server', domain: 'elb.example.com', certificate: pairs[0].chain, private_key: pairs[0].key };
  const made = (await answered(elb('POST', '/certificates', { data: { certificate } }))).certificate.id;
  await refused('ELB.1011', elb('POST', '/certificates', { data: { certificate: { ...certificate, private_key: 'none' } } }));
  const page = await certificates_of_elb({ limit: 1 });
  const rest = await certificates_of_elb({ limit: 1, marker: page.page_info.next_marker });
  assert.deepStrictEqual([page.certificates[0].id, rest.certificates[0].id, rest.page_info.next_marker], [owners[0].id, made, undefined]);
  const update = (wanted) => elb('PUT', '/listeners/{listener_id}', { path: { listener_id: first.id }, data: { listener: wanted } });
  await refused('ELB.8902', update({ sni_container_refs: [made] }));
  await answered(update({ default_tls_container_ref: made }));
  assert.strictEqual((await listener()).default_tls_container_ref, made);
  await refused('ELB.8905', elb('DELETE', '/certificates/{certificate_id}', { path: { certificate_id: made } }));

  const remove = (id) => scm('DELETE', '/v3/scm/certificates/{certificate_id}', { path: { certificate_id: id } });
  await answered(remove(second), 204);
  await refused('SCM.0020', remove(second));
  assert.strictEqual((await listed()).length, 1);

  const stranger = caller(client(regional(), 'another secret'));
  await refused('APIGW.0301', stranger('GET', '/v3/scm/certificates'));
  return steps;
};
