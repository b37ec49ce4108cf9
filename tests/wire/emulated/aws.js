// AWS: ACM, IAM, CloudFront and load balancers by their own packages. The index of tags has one as well, of which nothing is
// used here but the form of its calls, which is ACM's.
'use strict';

const assert = require('assert');
const acm = require('@aws-sdk/client-acm');
const cloudfront = require('@aws-sdk/client-cloudfront');
const elb = require('@aws-sdk/client-elastic-load-balancing-v2');
const iam = require('@aws-sdk/client-iam');

module.exports = async ({ address, credentials, pairs }) => {
  const config = (secret = credentials.secret_access_key) => ({
    endpoint: `http://${address}`, region: 'us-east-1', maxAttempts: 1,
    credentials: { accessKeyId: credentials.access_key_id, secretAccessKey: secret },
  });
  const store = new acm.ACMClient(config());
  const network = new cloudfront.CloudFrontClient(config());
  const balancers = new elb.ElasticLoadBalancingV2Client(config());
  let steps = 0;

  const answered = async (call) => {
    steps += 1;
    const reply = await call;
    assert.strictEqual(reply.$metadata.httpStatusCode, 200);
    assert.match(reply.$metadata.requestId, /^sandbox-/);
    return reply;
  };
  const refused = async (name, call) => {
    steps += 1;
    await assert.rejects(call, (error) => error.name === name || assert.fail(`${name} was wanted: ${error}`));
  };

  const keyTypes = ['RSA_2048', 'EC_prime256v1'];
  const listed = async (input = { Includes: { keyTypes } }) =>
    (await answered(store.send(new acm.ListCertificatesCommand(input)))).CertificateSummaryList;
  const parts = (pair) => {
    const second = pair.chain.indexOf('-----BEGIN', 1);
    const leaf = second < 0 ? pair.chain : pair.chain.slice(0, second);
    return {
      Certificate: Buffer.from(leaf), PrivateKey: Buffer.from(pair.key),
      ...(second < 0 ? {} : { CertificateChain: Buffer.from(pair.chain.slice(second)) }),
    };
  };
  const upload = (name, pair) =>
    store.send(new acm.ImportCertificateCommand({ ...parts(pair), Tags: [{ Key: 'certferry', Value: name }] }));
  const remove = (CertificateArn) => store.send(new acm.DeleteCertificateCommand({ CertificateArn }));

  assert.deepStrictEqual(await listed(), []);
  const { CertificateArn: arn } = await answered(upload('certferry-1', pairs[0]));
  const second = (await answered(upload('certferry-2', pairs[1]))).CertificateArn;
  assert.match(arn, /^arn:aws:acm:us-east-1:\d{12}:certificate\/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/);
  await refused('ValidationException', upload('certferry-3', { chain: pairs[0].chain, key: pairs[1].key }));
  const stored = await listed();
  assert.deepStrictEqual(stored.map((one) => [one.CertificateArn, one.DomainName, one.InUse, one.Type]), [
    [arn, '*.example.com', false, 'IMPORTED'], [second, '*.example.net', false, 'IMPORTED'],
  ]);
  assert.ok(stored[0].NotAfter instanceof Date && stored[0].NotAfter > new Date());
  assert.deepStrictEqual(await listed({}), [], 'keys of that kind are not listed unless asked for');
  const tags = await answered(store.send(new acm.ListTagsForCertificateCommand({ CertificateArn: arn })));
  assert.deepStrictEqual(tags.Tags, [{ Key: 'certferry', Value: 'certferry-1' }]);

  const distributions = async () =>
    (await answered(network.send(new cloudfront.ListDistributionsCommand({ MaxItems: 25 })))).DistributionList;
  const list = await distributions();
  assert.strictEqual(list.IsTruncated, false);
  const [{ Id, Aliases, ViewerCertificate, Enabled }] = list.Items;
  assert.deepStrictEqual(Aliases, { Quantity: 1, Items: ['cloudfront.example.com'] });
  assert.strictEqual(ViewerCertificate.CloudFrontDefaultCertificate, true);
  assert.strictEqual(Enabled, true);

  const settings = () => answered(network.send(new cloudfront.GetDistributionConfigCommand({ Id })));
  const bind = ({ DistributionConfig, ETag }, ACMCertificateArn) =>
    network.send(
      new cloudfront.UpdateDistributionCommand({
        Id, IfMatch: ETag,
        DistributionConfig: {
          ...DistributionConfig,
          ViewerCertificate: { ACMCertificateArn, SSLSupportMethod: 'sni-only', MinimumProtocolVersion: 'TLSv1.2_2021' },
        },
      }),
    );
  const before = await settings();
  await refused('PreconditionFailed', bind({ ...before, ETag: 'E1' }, arn));
  await refused('InvalidIfMatchVersion', bind({ ...before, ETag: undefined }, arn));
  await refused('InvalidViewerCertificate', bind(before, second));
  const bound = await answered(bind(before, arn));
  assert.strictEqual(bound.Distribution.Status, 'InProgress');
  const after = await settings();
  assert.strictEqual(after.ETag, bound.ETag);
  assert.notStrictEqual(after.ETag, before.ETag);
  assert.strictEqual(after.DistributionConfig.ViewerCertificate.ACMCertificateArn, arn);
  assert.deepStrictEqual(
    { ...after.DistributionConfig, ViewerCertificate: 0 }, { ...before.DistributionConfig, ViewerCertificate: 0 },
  );
  assert.strictEqual((await distributions()).Items[0].ViewerCertificate.ACMCertificateArn, arn);
  await refused('NoSuchDistribution', network.send(new cloudfront.GetDistributionConfigCommand({ Id: 'E0' })));

  const [balancer, gateway] = (await answered(balancers.send(new elb.DescribeLoadBalancersCommand({ PageSize: 100 })))).LoadBalancers;
  assert.deepStrictEqual([balancer.Type, balancer.State.Code, gateway.Type], ['application', 'active', 'gateway']);
  const { Listeners } = await answered(
    balancers.send(new elb.DescribeListenersCommand({ LoadBalancerArn: balancer.LoadBalancerArn, PageSize: 100 })),
  );
  const { ListenerArn, Port, SslPolicy } = Listeners.find((one) => one.Protocol === 'HTTPS');
  assert.deepStrictEqual([Port, SslPolicy], [443, 'ELBSecurityPolicy-TLS13-1-2-2021-06']);
  const rules = (await answered(balancers.send(new elb.DescribeRulesCommand({ ListenerArn })))).Rules;
  const host = rules[0].Conditions.find((one) => one.Field === 'host-header');
  assert.deepStrictEqual(host.HostHeaderConfig.Values, ['elb.example.com']);
  const attached = async () =>
    (await answered(balancers.send(new elb.DescribeListenerCertificatesCommand({ ListenerArn })))).Certificates.map(
      (one) => [one.CertificateArn, one.IsDefault],
    );
  const standard = 'arn:aws:iam::123456789012:server-certificate/sandbox-default';
  assert.deepStrictEqual(await attached(), [[standard, true]]);
  const input = (CertificateArn) => ({ ListenerArn, Certificates: [{ CertificateArn }] });
  const added = await answered(balancers.send(new elb.AddListenerCertificatesCommand(input(arn))));
  assert.strictEqual(added.Certificates[0].CertificateArn, arn);
  assert.deepStrictEqual(await attached(), [[standard, true], [arn, false]]);
  const modified = await answered(balancers.send(new elb.ModifyListenerCommand(input(second))));
  assert.deepStrictEqual(modified.Listeners[0].Certificates, [{ CertificateArn: second }]);
  assert.deepStrictEqual(await attached(), [[second, true], [arn, false]]);
  await refused('OperationNotPermittedException', balancers.send(new elb.RemoveListenerCertificatesCommand(input(second))));
  await refused('CertificateNotFoundException', balancers.send(new elb.AddListenerCertificatesCommand(input(`${arn}0`))));
  await refused('ResourceInUseException', remove(second));
  await answered(balancers.send(new elb.ModifyListenerCommand(input(arn))));
  await answered(balancers.send(new elb.RemoveListenerCertificatesCommand(input(arn))));
  assert.deepStrictEqual(await attached(), [[arn, true]]);
  const described = await answered(store.send(new acm.DescribeCertificateCommand({ CertificateArn: arn })));
  assert.deepStrictEqual(described.Certificate.SubjectAlternativeNames, ['*.example.com']);

  await refused('ResourceInUseException', remove(arn));
  await answered(remove(second));
  await refused('ResourceNotFoundException', remove(second));
  assert.deepStrictEqual((await listed()).map((one) => [one.CertificateArn, one.InUse]), [[arn, true]]);

  // The other store: a distribution goes by its ids, a listener by its ARNs.
  const keys = new iam.IAMClient(config());
  const given = ({ chain, key }, name, Path = '/cloudfront/') => {
    const second = chain.indexOf('-----BEGIN', 1);
    return keys.send(
      new iam.UploadServerCertificateCommand({
        ServerCertificateName: name, Path, PrivateKey: key,
        CertificateBody: second < 0 ? chain : chain.slice(0, second),
        ...(second < 0 ? {} : { CertificateChain: chain.slice(second) }),
      }),
    );
  };
  const named = (ServerCertificateName) => ({ ServerCertificateName });
  const server = (await answered(given(pairs[0], 'certferry-1'))).ServerCertificateMetadata;
  assert.match(server.Arn, /^arn:aws:iam::\d{12}:server-certificate\/cloudfront\/certferry-1$/);
  assert.match(server.ServerCertificateId, /^ASCA[A-Z0-9]+$/);
  assert.ok(server.UploadDate instanceof Date && server.Expiration > new Date());
  await refused('EntityAlreadyExistsException', given(pairs[0], 'certferry-1'));
  await refused('KeyPairMismatchException', given({ chain: pairs[0].chain, key: pairs[1].key }, 'certferry-2'));
  await refused('MalformedCertificateException', given({ chain: 'none', key: pairs[1].key }, 'certferry-2'));
  const root = (await answered(given(pairs[0], 'certferry-2', '/'))).ServerCertificateMetadata;
  const page = await answered(keys.send(new iam.ListServerCertificatesCommand({ MaxItems: 1 })));
  assert.deepStrictEqual([page.IsTruncated, page.ServerCertificateMetadataList.length], [true, 1]);
  const rest = await answered(keys.send(new iam.ListServerCertificatesCommand({ Marker: page.Marker })));
  assert.deepStrictEqual(rest.ServerCertificateMetadataList.map((one) => [one.Arn, one.Path]), [[root.Arn, '/']]);
  const read = (await answered(keys.send(new iam.GetServerCertificateCommand(named('certferry-1'))))).ServerCertificate;
  assert.ok(pairs[0].chain.startsWith(read.CertificateBody.trim()));
  const viewer = (IAMCertificateId, more = {}) => ({ IAMCertificateId, SSLSupportMethod: 'sni-only', MinimumProtocolVersion: 'TLSv1.2_2021', ...more });
  const turn = ({ DistributionConfig, ETag }, ViewerCertificate) =>
    network.send(
      new cloudfront.UpdateDistributionCommand({ Id, IfMatch: ETag, DistributionConfig: { ...DistributionConfig, ViewerCertificate } }),
    );
  const at = await settings();
  await refused('InvalidViewerCertificate', turn(at, viewer(root.ServerCertificateId)));
  await refused('InvalidViewerCertificate', turn(at, viewer(server.ServerCertificateId, { CertificateSource: 'acm' })));
  await answered(turn(at, viewer(server.ServerCertificateId)));
  const shown = (await distributions()).Items[0].ViewerCertificate;
  assert.deepStrictEqual(
    [shown.IAMCertificateId, shown.ACMCertificateArn, shown.CertificateSource], [server.ServerCertificateId, undefined, 'iam'],
  );
  await answered(balancers.send(new elb.AddListenerCertificatesCommand(input(root.Arn))));
  const drop = (name) => keys.send(new iam.DeleteServerCertificateCommand(named(name)));
  await refused('DeleteConflictException', drop('certferry-1'));
  await refused('DeleteConflictException', drop('certferry-2'));
  await answered(balancers.send(new elb.RemoveListenerCertificatesCommand(input(root.Arn))));
  await answered(drop('certferry-2'));
  await refused('NoSuchEntityException', drop('certferry-2'));
  assert.deepStrictEqual((await listed()).map((one) => one.CertificateArn), [arn], 'they are none of ACM');

  const stranger = new acm.ACMClient(config('another secret'));
  await refused('InvalidSignatureException', stranger.send(new acm.ListCertificatesCommand({})));
  const other = new cloudfront.CloudFrontClient(config('another secret'));
  await refused('SignatureDoesNotMatch', other.send(new cloudfront.ListDistributionsCommand({})));
  const another = new iam.IAMClient(config('another secret'));
  await refused('SignatureDoesNotMatch', another.send(new iam.ListServerCertificatesCommand({})));
  return steps;
};
