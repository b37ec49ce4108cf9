// JD Cloud: its own clients of SSL certificates, CDN, Live and VOD.
'use strict';

const assert = require('assert');
const JDCloud = require('jdcloud-sdk-js');

JDCloud.config.logger = () => {};  // it prints whole requests

module.exports = async ({ address, credentials, pairs }) => {
  const keys = (secret = credentials.access_key_secret) => ({
    credentials: new JDCloud.Credentials(credentials.access_key_id, secret),
    endpoint: { protocol: 'http', host: address },
  });
  const ssl = new JDCloud.SSL(keys());
  const cdn = new JDCloud.CDN(keys());
  let steps = 0;
  const done = async (call) => {
    steps += 1;
    const { requestId, result } = await call;
    assert.match(requestId, /./);
    return result;
  };
  const refused = async (code, status, call) => {
    steps += 1;
    await assert.rejects(call, ({ error, requestId }) => {
      assert.deepStrictEqual([error.code, error.status], [code, status]);
      assert.match(requestId, /./);
      return true;
    });
  };

  const { domains, totalCount } = await done(cdn.getDomainList({ pageNumber: 1, pageSize: 50 }));
  assert.deepStrictEqual(domains.map((one) => [one.domain, one.status]), [['cdn.example.com', 'online']]);
  assert.strictEqual(totalCount, 1);
  const detail = (domain) => done(cdn.getDomainDetail({ domain }));
  assert.strictEqual((await detail('cdn.example.com')).httpType, 'http');

  const upload = (certName, { chain, key }) => ssl.uploadCert({ certName, certFile: chain, keyFile: key });
  const { certId } = await done(upload('com', pairs[0]));
  const second = (await done(upload('net', pairs[1]))).certId;
  await refused(400, 'INVALID_ARGUMENT', upload('com', { chain: pairs[0].chain, key: pairs[1].key }));
  const listed = await done(ssl.describeCerts({ pageNumber: 1, pageSize: 100 }));
  assert.deepStrictEqual(listed.certListDetails.map((one) => [one.certId, one.certName, one.dnsNames, one.deletable]), [
    [certId, 'com', ['*.example.com'], 1], [second, 'net', ['*.example.net'], 1],
  ]);

  const bind = (domain, sslCertId) => cdn.setHttpType({ domain, httpType: 'https', certFrom: 'ssl', sslCertId, jumpType: 'https' });
  await refused(404, 'NOT_FOUND', bind('gone.example.com', certId));
  await refused(400, 'INVALID_ARGUMENT', bind('cdn.example.com', second));
  assert.match((await done(bind('cdn.example.com', certId))).taskId, /./);
  await refused(400, 'FAILED_PRECONDITION', bind('cdn.example.com', certId)); // it is being configured
  const bound = await detail('cdn.example.com');
  assert.deepStrictEqual(
    [bound.status, bound.httpType, bound.certFrom, bound.sslCertId, bound.jumpType],
    ['configuring', 'https', 'ssl', certId, 'https'],
  );
  const { certDescDetail } = await done(ssl.describeCert({ certId }));
  assert.strictEqual(certDescDetail.deletable, undefined);
  assert.deepStrictEqual(certDescDetail.usedBy, [{ bindFrom: 'cdn', bindId: 'cdn.example.com' }]);

  const live = new JDCloud.LIVE(keys());
  const [group] = (await done(live.describeLiveDomains({ pageNum: 1, pageSize: 100 }))).domainDetails;
  assert.deepStrictEqual(group.playDomains.map((one) => [one.playDomain, one.domainStatus]), [['live.example.com', 'online']]);
  const setLive = (title, { chain, key }) =>
    live.setLiveDomainCertificate({ playDomain: 'live.example.com', certStatus: 'on', cert: chain, key, title });
  await refused(400, 'INVALID_ARGUMENT', setLive('my cert', pairs[0]));
  await refused(400, 'INVALID_ARGUMENT', setLive('net', pairs[1]));
  await done(setLive('com', pairs[0]));
  const held = await done(live.describeLiveDomainCertificate({ playDomain: 'live.example.com' }));
  assert.deepStrictEqual([held.certStatus, held.title, held.cert], ['on', 'com', pairs[0].chain]);

  const vod = new JDCloud.VOD(keys());
  const { content, totalElements } = await done(vod.listDomains({ pageNumber: 1, pageSize: 100 }));
  assert.deepStrictEqual(content.map((one) => [one.name, one.status]), [['vod.example.com', 'normal']]);
  assert.strictEqual(totalElements, 1);
  const domainId = content[0].id;
  const setVod = (jumpType, { chain, key }) =>
    vod.setHttpSsl({ domainId, source: 'default', title: 'com', sslCert: chain, sslKey: key, jumpType, enabled: true });
  await refused(400, 'INVALID_ARGUMENT', setVod('sideways', pairs[0]));
  await done(setVod('https', pairs[0]));
  const https = await done(vod.getHttpSsl({ domainId }));
  assert.deepStrictEqual([https.enabled, https.jumpType, https.sslCert], [true, 'https', pairs[0].chain]);

  await done(ssl.deleteCerts({ certId: second }));
  await refused(404, 'NOT_FOUND', ssl.deleteCerts({ certId: second }));
  await refused(401, 'UNAUTHENTICATED', new JDCloud.SSL(keys('another secret')).describeCerts());
  return steps;
};
