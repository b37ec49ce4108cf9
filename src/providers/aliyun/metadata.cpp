#include "providers/aliyun/metadata.h"

namespace certferry {

namespace {

using Algorithm = KeyType::Algorithm;

constexpr std::string_view kPolicy = R"({
  "Version": "1",
  "Statement": [
    {
      "Effect": "Allow",
      "Resource": "*",
      "Action": [
        "yundun-cert:ListUserCertificateOrder",
        "yundun-cert:UploadUserCertificate",
        "yundun-cert:DeleteUserCertificate",
        "cdn:DescribeUserDomains",
        "cdn:DescribeCdnHttpsDomainList",
        "cdn:DescribeDomainCertificateInfo",
        "cdn:SetCdnDomainSSLCertificate",
        "dcdn:DescribeDcdnUserDomains",
        "dcdn:DescribeDcdnHttpsDomainList",
        "dcdn:DescribeDcdnDomainCertificateInfo",
        "dcdn:SetDcdnDomainSSLCertificate",
        "live:DescribeLiveUserDomains",
        "live:DescribeLiveHttpsDomainList",
        "live:SetLiveDomainCertificate",
        "vod:DescribeVodUserDomains",
        "vod:DescribeVodDomainCertificateInfo",
        "vod:SetVodDomainSSLCertificate",
        "esa:ListSites",
        "esa:ListCustomHostnames",
        "esa:GetCustomHostname",
        "esa:UpdateCustomHostname",
        "oss:ListBuckets",
        "oss:ListCname",
        "oss:PutCname",
        "yundun-cert:DescribeSSLCertificatePrivateKey",
        "yundun-cert:DescribeSSLCertificatePublicKeyDetail",
        "yundun-cert:CreateSSLCertificate",
        "yundun-waf:DescribeInstance",
        "yundun-waf:DescribeDomains",
        "yundun-waf:DescribeDomainDetail",
        "yundun-waf:DescribeDefaultHttps",
        "yundun-waf:DescribeCloudResources",
        "yundun-waf:DescribeCloudResourceAccessPortDetails",
        "yundun-waf:ModifyDomainCert",
        "slb:DescribeLoadBalancerListeners",
        "slb:DescribeDomainExtensions",
        "slb:DescribeServerCertificates",
        "slb:UploadServerCertificate",
        "slb:SetDomainExtensionAttribute",
        "slb:DeleteServerCertificate",
        "yundun-cert:ListCloudResources",
        "yundun-cert:ListContact",
        "yundun-cert:ListDeploymentJob",
        "yundun-cert:ListDeploymentJobResource",
        "yundun-cert:ListWorkerResource",
        "yundun-cert:DescribeDeploymentJob",
        "yundun-cert:CreateDeploymentJob",
        "yundun-cert:UpdateDeploymentJobStatus"
      ]
    }
  ]
}
)";

std::vector<FieldMetadata> fields() {
  return {
      {.key = "access_key_id",
       .help = "AccessKey ID of a RAM user that has the policy below; sent in clear with each call",
       .required = true,
       .example = "{ env: ALIYUN_ACCESS_KEY_ID }"},
      {.key = "access_key_secret",
       .help = "AccessKey secret of the same pair",
       .secret = true,
       .required = true,
       .example = "{ file: /etc/certferry/aliyun.secret }"},
      {.key = "security_token",
       .help = "only with a temporary pair of STS, which ends within hours",
       .secret = true},
      {.key = "region",
       .help = "which of the two certificate stores: cn-hangzhou (mainland China's site, the "
               "default) or ap-southeast-1 (the international site), wherever the domains are",
       .example = "cn-hangzhou"},
      {.key = "clb_region",
       .help =
           "where the load balancers of CLB are; left out: the region of the store. Others take "
           "an account entry each",
       .example = "cn-beijing"},
  };
}

ProductMetadata product(std::string_view id, std::string_view title) {
  return {.id = id,
          .title = title,
          .store = StoreKind::kIds,
          .confirm = {.rounds = 3,
                      .spread = minutes(2),
                      .deadline = minutes(30),
                      .retry_interval = seconds(10)},
          .accepted_keys = {{Algorithm::kRsa, 2048},
                            {Algorithm::kRsa, 3072},
                            {Algorithm::kRsa, 4096},
                            {Algorithm::kEcdsa, 256},
                            {Algorithm::kEcdsa, 384}},
          .proof = "signed, emulated",
          .exempt = {{.which = "JobFailed",
                      .why = "its yes to a bind is final: no job ends later and says how"}}};
}

std::vector<ProductMetadata> products() {
  ProductMetadata vod = product("vod", "ApsaraVideo VOD");
  vod.exempt.push_back({.which = "ObservingTakesNoMoreCallsForMoreDomains",
                        .why = "VOD has no list that says which certificates domains have: each "
                               "that has HTTPS is asked"});
  ProductMetadata esa = product("esa", "Alibaba Cloud ESA, custom hostnames");
  esa.exempt.push_back({.which = "ObservingTakesNoMoreCallsForMoreDomains",
                        .why = "ESA's list says only that a hostname's certificate is one of CAS: "
                               "which, each is asked"});
  ProductMetadata oss = product("oss", "Alibaba Cloud OSS");
  oss.exempt.push_back({.which = "WildcardName",
                        .why = "how a wildcard takes a certificate OSS does not say: it is shown, "
                               "and left alone"});
  ProductMetadata waf = product("waf", "Alibaba Cloud WAF 3.0, domains by CNAME");
  waf.exempt.push_back({.which = "ObservingTakesNoMoreCallsForMoreDomains",
                        .why =
                            "WAF's list says nothing of certificates: each domain that has HTTPS "
                            "is asked"});
  ProductMetadata deploy = product(
      "cas-deploy", "Alibaba Cloud ALB, NLB, GA, FC and others, by paid deployment jobs of CAS");
  deploy.paid = true;
  deploy.exempt = {
      {.which = "DomainWithoutHttpsGetsIt",
       .why = "a job sets a certificate where HTTPS is on, and does not switch it on"}};
  return {product("cdn", "Alibaba Cloud CDN"),
          product("dcdn", "Alibaba Cloud DCDN"),
          product("live", "ApsaraVideo Live"),
          std::move(vod),
          std::move(esa),
          std::move(oss),
          std::move(waf),
          product("clb", "Alibaba Cloud CLB, domains of HTTPS listeners"),
          std::move(deploy)};
}

std::vector<Oddity> oddities() {
  return {
      {.what =
           "A signature is good for 15 minutes and its nonce for once, so every repeat is signed "
           "anew",
       .evidence = "docs: signature v3; tests/wire/fixtures/aliyun.json"},
      {.what =
           "Certificates lie in CAS, which all products share: one upload serves them all. CDN, "
           "DCDN, VOD and ESA name it by its id and its store's region",
       .evidence =
           "docs: SetCdnDomainSSLCertificate, CertType cas; UpdateCustomHostname, CasRegion"},
      {.what =
           "Private keys are sent in the body, not in the URL as the vendor's own SDK does, for "
           "URLs are logged; that version 3 of the signature takes them there was not seen",
       .evidence = "acme.sh sends them so, signed with version 1",
       .confirmed = false},
      {.what =
           "CAS lists orders unless told CERT, and then leaves out what has ended, which takes a "
           "second list",
       .evidence = "docs: ListUserCertificateOrder, Status"},
      {.what = "A name in CAS has 63 characters at most, so a label is written in a shorter form, "
               "with the end of the certificate in it: lists have only days, in a zone they do not "
               "name",
       .evidence = "docs: UploadUserCertificate, Name; ListUserCertificateOrder, EndDate"},
      {.what =
           "A name in CAS is unique: an upload that was sent twice is refused (NameRepeat), and "
           "its first one is looked for in the list",
       .evidence = "docs: error codes of CAS; dnsmgr issue 234"},
      {.what =
           "Sha2 is taken for the leaf's SHA-256: a certificate that somebody else stored is used "
           "when it is the same",
       .evidence = "docs: ListUserCertificateOrder; the sample has 64 digits",
       .confirmed = false},
      {.what = "SerialNo and Fingerprint of CAS's list, and the fingerprints in the lists of CDN, "
               "DCDN and load balancers, are not read: zeros before a serial number come and go, "
               "and of which algorithm a fingerprint is differs from list to list",
       .evidence = "docs: ListUserCertificateOrder, DescribeCdnSSLCertificateList, "
                   "DescribeDcdnSSLCertificateList, DescribeServerCertificates; their samples"},
      {.what =
           "GetUserCertificateDetail would say more of a certificate, and gives away its private "
           "key to whoever may call it; it is not called and need not be allowed",
       .evidence = "docs: GetUserCertificateDetail, CertFilter"},
      {.what =
           "CAS deletes a certificate that CDN or DCDN use, and they go on serving their copies; "
           "so all products are asked before, whichever of them the configuration names, and one "
           "that the keys may not ask keeps it from being deleted",
       .evidence = "nothing refuses it in the documents",
       .confirmed = false},
      {.what =
           "Whether other products (ALB, NLB, GA and whatever else CAS lists) use a certificate "
           "its "
           "list of cloud resources says before one is deleted, from copies of an unknown age; of "
           "sites of ESA nothing does: bind what certferry uploaded to none of them",
       .evidence = "docs: ListCloudResources, CertId, which has no word on its age",
       .confirmed = false},
      {.what =
           "Only a call for one domain says which certificate it has by id; one list has all with "
           "the names of theirs, so of domains with the same name of ours one is asked",
       .evidence = "docs: DescribeDomainCertificateInfo, DescribeCdnHttpsDomainList"},
      {.what =
           "That a domain's CertName is the certificate's name in CAS was not seen; where it is "
           "not one of ours, domains are asked one by one",
       .evidence = "docs: DescribeCdnHttpsDomainList, CertName",
       .confirmed = false},
      {.what = "Without any HTTPS domain the list of them is the error NoHttpsDomain",
       .evidence = "docs: DescribeDcdnHttpsDomainList; taken for CDN as well",
       .confirmed = false},
      {.what = "Live knows certificates by their names in CAS alone: its list of HTTPS domains and "
               "CAS's own list say together which id a domain has",
       .evidence = "docs: DescribeLiveHttpsDomainList, SetLiveDomainCertificate; that CertName is "
                   "the name in CAS they do not say",
       .confirmed = false},
      {.what =
           "A domain that has a certificate of CAS without an id, or under a name that CAS does "
           "not list, may have any of them, and so may those of a bucket that denies "
           "oss:ListCname: while there is one no certificate is deleted",
       .evidence = "no document says whose name CertName is",
       .confirmed = false},
      {.what =
           "Live's page wants the key pair with every bind; for a certificate that is in CAS its "
           "name and id are sent instead",
       .evidence = "certd and dnsmgr, two clients that know nothing of each other, do so",
       .confirmed = false},
      {.what =
           "Live lists the domains that streams are pushed to beside those they are played from; "
           "either kind takes a certificate, and both are asked at port 443",
       .evidence = "docs: DescribeLiveUserDomains, LiveDomainType; SetLiveDomainCertificate",
       .confirmed = false},
      {.what =
           "No list of VOD's says which certificates domains have, so each that has HTTPS is asked "
           "whenever they are listed: a hundred domains take ten seconds",
       .evidence = "@alicloud/vod20170321 has no such call"},
      {.what =
           "That VOD says the id of a domain's certificate is in its newest SDK, and on no page",
       .evidence = "@alicloud/vod20170321: DescribeVodDomainCertificateInfo, CertId",
       .confirmed = false},
      {.what = "VOD is called in Shanghai, wherever in mainland China its domains are",
       .evidence = "docs: SetVodDomainSSLCertificate"},
      {.what = "Live and VOD give 50 domains a page",
       .evidence = "docs: DescribeLiveUserDomains, DescribeVodUserDomains; of Live's list of HTTPS "
                   "domains none is written, and the same is asked for"},
      {.what =
           "A code that ends in ServiceNotFound or has NotOpen in it is taken for a service that "
           "the account never opened, where nothing can use a certificate",
       .evidence = "docs: CdnServiceNotFound; the other services' codes were not seen",
       .confirmed = false},
      {.what =
           "Of ESA custom hostnames are served, which have a certificate each. A site's own names "
           "are not: its certificates are a pile that the edge picks from, so that one more of "
           "them "
           "changes what names serve that nobody chose, and which of two it picks is not written",
       .evidence = "docs: SetCertificate, ListCertificates",
       .confirmed = false},
      {.what =
           "ESA's list of hostnames says that a certificate is one of CAS; which one, a call for "
           "each says, again whenever the list shows the hostname changed",
       .evidence = "@alicloud/esa20240910: ListCustomHostnames, GetCustomHostname"},
      {.what = "That call answers with the private key of a certificate that was uploaded to ESA "
               "itself: a list asks only hostnames with one of CAS, and the answer is never quoted",
       .evidence = "@alicloud/esa20240910: GetCustomHostname, PrivateKey"},
      {.what =
           "What a bind leaves out of a custom hostname may be emptied, so the record that it is "
           "attached to is asked for just before and goes along",
       .evidence = "docs: UpdateCustomHostname calls RecordId optional and says no more",
       .confirmed = false},
      {.what = "Two sites may have the same hostname: the active one is served and bound, not one "
               "that is in conflict with it",
       .evidence = "docs: ListCustomHostnames, Status",
       .confirmed = false},
      {.what = "ESA's list names no edge: a custom hostname is looked up by itself",
       .evidence = "@alicloud/esa20240910: ListCustomHostnames"},
      {.what = "ESA lists sites by GET; every other call here is a POST",
       .evidence = "@alicloud/esa20240910: ListSites"},
      {.what = "OSS has its own signature and XML; buckets of all regions are listed at once, and "
               "their "
               "domains bucket by bucket, so an account of many buckets takes a call for each",
       .evidence = "docs: signature version 4, ListBuckets, ListCname; "
                   "tests/wire/fixtures/aliyun_oss.json"},
      {.what = "OSS names a certificate by its id and its store's region: 10741304-cn-hangzhou",
       .evidence = "docs: PutCname, CertId; GetUserCertificateDetail, CertIdentifier"},
      {.what =
           "OSS's bind is the call that adds a domain to a bucket: one that somebody takes away at "
           "that very moment comes back, if OSS still takes it for the account's",
       .evidence = "docs: PutCname"},
      {.what =
           "OSS replaces a certificate only if told to: Force is sent, as every other product here "
           "replaces what is bound; PreviousCertId would let it refuse, by a code that no page "
           "names",
       .evidence = "docs: PutCname, PreviousCertId and Force"},
      {.what = "OSS fetches the certificate from CAS with the rights of whoever binds it, so the "
               "policy "
               "has three lines that let the keys read private keys in CAS: leave them and "
               "oss:PutCname "
               "out where no bucket is served",
       .evidence = "docs: PutCname, permissions"},
      {.what =
           "OSS lists a wildcard without its '*.', told by IsWildCard; it is shown and left alone",
       .evidence = "docs: ListCname, IsWildCard"},
      {.what = "An <Error> counts whatever HTTP status it comes with, and without an "
               "x-oss-request-id nothing is decided",
       .evidence = "every sample in the documents has one"},
      {.what = "The fingerprint in OSS's list is of an unnamed algorithm, and not used",
       .evidence = "docs: ListCname, Fingerprint"},
      {.what =
           "Where an account's `endpoint:` names no {service}, a bucket stands in the path, as the "
           "vendor's client has it where a host takes no other label",
       .evidence = "ali-oss, sldEnable"},
      {.what =
           "WAF has one instance at most in each of its two regions, cn-hangzhou and "
           "ap-southeast-1, and the account's `region:` says which is served: that its "
           "certificates come from the store of the same region was not seen otherwise, and the "
           "instance of the other one is not asked before a certificate is deleted",
       .evidence = "docs: DescribeInstance, RegionId; certimate issue 565, both ap-southeast-1",
       .confirmed = false},
      {.what = "Without an instance DescribeInstance answers without an InstanceId: there is no "
               "domain",
       .evidence = "the vendor's Terraform provider reads it so"},
      {.what =
           "Which certificate a domain of WAF has only a call for that one domain says, so each "
           "that has HTTPS is asked whenever they are listed: a hundred take ten seconds",
       .evidence = "docs: DescribeDomains, DescribeDomainDetail"},
      {.what =
           "It says so as CertDetail.Id, by id and store; Listen.CertId may be a number of another "
           "kind, and counts only where it names a store, as do the ids of what has no name. What "
           "has "
           "none that counts may have any certificate: while there is one none is deleted",
       .evidence = "certimate issue 565; the document's samples have 123 and 123-cn-hangzhou",
       .confirmed = false},
      {.what = "A bind to WAF is ModifyDomainCert, which sets a certificate and how TLS is spoken. "
               "ModifyDomain, which other clients call, writes where requests are forwarded to as "
               "well, and what it leaves out goes back to its default",
       .evidence = "docs: ModifyDomainCert, ModifyDomain; certimate says so of the latter"},
      {.what =
           "Whether ModifyDomainCert sets back what it leaves out is not written: TLS versions and "
           "ciphers are asked for just before and go along, and all settings are compared "
           "afterwards; of request headers that WAF adds, which may hold a secret, by a digest",
       .evidence = "docs: ModifyDomainCert",
       .confirmed = false},
      {.what = "A domain of WAF without a port of HTTPS is taken for one that is switched off: a "
               "certificate alone cannot give it one",
       .evidence = "docs: ModifyDomainCert has no ports; certimate issue 556, ProtocolNotSet"},
      {.what =
           "A domain that WAF lists twice, in the cloud and in a cluster of one's own, is shown "
           "and left alone: a bind names it without its DomainId",
       .evidence = "docs: DescribeDomainDetail, DomainId; ModifyDomainCert has none",
       .confirmed = false},
      {.what =
           "What answers clients of WAF that name no domain, and ports of ECS, CLB and NLB that it "
           "protects, have certificates and no names: they are listed under their ids and left "
           "alone, so that nothing is deleted that they use. ALB, MSE, FC and SAE have their own",
       .evidence = "docs: DescribeDefaultHttps, DescribeCloudResources, "
                   "DescribeCloudResourceAccessPortDetails"},
      {.what = "WAF gives 50 domains a page, and 10 ports; no most is written",
       .evidence = "the vendor's Terraform provider asks for 50"},
      {.what = "A code that has NotExist in it says that a domain or certificate is not there",
       .evidence = "error codes of WAF 2.0: DomainNotExist; those of 3.0 were not seen",
       .confirmed = false},
      {.what =
           "Of CLB the domains are served that a listener names itself, as its domain extensions: "
           "each has one certificate. What a listener has beside them answers for whatever else is "
           "asked of it, so it is listed under its ids and left alone",
       .evidence = "docs: DescribeDomainExtensions, SetDomainExtensionAttribute"},
      {.what =
           "ALB and NLB are not called themselves. Their listeners have certificates and name no "
           "domain: which one a name gets goes by what the certificates cover, and of two that "
           "cover it no page says which; a rule's hosts are not all that a listener answers for. "
           "What CAS lists of them with a domain, cas-deploy serves, by jobs that are paid for",
       .evidence = "docs: ListListenerCertificates, ListRules; certimate issue 1323, where others "
                   "were taken away"},
      {.what =
           "Each bind of cas-deploy costs money: a job takes one deployment for each resource that "
           "it goes to, and deployments of uploaded certificates, which certferry's are, have to "
           "be bought beforehand. A name at two resources takes two with every renewal. Name the "
           "targets by `domains:`, for `covered` takes whatever CAS lists and the certificate "
           "covers. `certferry init` proposes none that is not named",
       .evidence = "docs: deploy certificates to cloud services, deployment quota; "
                   "DescribeDeploymentJobStatus, CostCount, UseCount and BuyCount"},
      {.what = "Whether a deployment that failed is paid for as well is not written, nor the code "
               "by which a job is refused for want of one; after one that failed none is made for "
               "ten minutes, and for one host and certificate no more than three are made at all",
       .evidence = "docs: DescribeDeploymentJobStatus, CostCount",
       .confirmed = false},
      {.what =
           "cas-deploy takes the cloud resources of CAS whose Domain is the name of a host, at "
           "port 443 and with HTTPS on; others are listed under their ids and left alone, and so "
           "are those of CDN, DCDN, ESA, OSS, Live, VOD, WAF and CLB, which have products of their "
           "own here",
       .evidence = "docs: ListCloudResources, CloudProduct, Domain, ListenerPort, EnableHttps"},
      {.what = "HTTPS has to be on before a job can set a certificate: a resource that has it off "
               "is shown and left alone",
       .evidence = "docs: deploy certificates to cloud services, prerequisites"},
      {.what = "How old what CAS lists of a resource is, no page says. What a job did is believed "
               "until the list shows something else than before; another process believes it for a "
               "day, unless the list was changed after the job, and the edge decides in the end",
       .evidence = "docs: ListCloudResources, GmtModified; DescribeDeploymentJob, EndTime",
       .confirmed = false},
      {.what = "That CertId in that list is an id of CAS was not seen; HTTPS without one counts "
               "as a certificate that CAS does not know",
       .evidence = "docs: ListCloudResources, CertId",
       .confirmed = false},
      {.what = "What Status says of a resource is the word of each product; offline, stopped and "
               "disabled count as not served, any other as served",
       .evidence = "docs: ListCloudResources, whose samples are BUY and online",
       .confirmed = false},
      {.what =
           "A resource of ALB, NLB, GA and of what is not known here may serve more names than its "
           "Domain: what replaces its certificate covers all that this is for, by CAS, or nothing "
           "is sent, unless certferry uploaded it. CAS itself asks that of load balancers and GA",
       .evidence = "docs: deploy certificates to cloud services, prerequisites; where their Domain "
                   "comes from no page says",
       .confirmed = false},
      {.what =
           "A job that is made is a draft until it is told to be pending, which is a second call; "
           "a "
           "draft is never carried out and takes no deployment. certimate does not make that call, "
           "and takes a draft for a failure",
       .evidence = "docs: CreateDeploymentJob, UpdateDeploymentJobStatus"},
      {.what = "That a draft takes no deployment, and that pending carries it out at once, was "
               "read and not seen; 'scheduling' does the same for another client",
       .evidence = "docs: CreateDeploymentJob, ScheduleTime; AliyunCertRenew sends scheduling",
       .confirmed = false},
      {.what =
           "A job's name says its certificate and its host (certferry-ID-HASH), for lists of jobs "
           "say neither. By it one is found whose answer was lost or that an earlier process made: "
           "it is waited for, its draft is started, or what it did counts, before another is made. "
           "All jobs are listed once a process, and again after a lost answer",
       .evidence = "docs: ListDeploymentJob"},
      {.what = "A job names a contact, whom the vendor tells of it: the account's first one, as "
               "certimate does; without any no job can be made",
       .evidence = "docs: CreateDeploymentJob, ContactIds; ListContact"},
      {.what = "What a failed job did is asked for resource by resource; why it failed no call "
               "says, so "
               "the error names the job, whose page in the console may",
       .evidence = "docs: ListWorkerResource"},
      {.what = "A job is waited for two minutes, after which what it does shows later; how long "
               "one takes no page says",
       .evidence = "certimate looks every five seconds, without an end",
       .confirmed = false},
      {.what = "CAS writes moments in milliseconds where its documents say seconds; both are read",
       .evidence = "docs: ListCloudResources, GmtModified, and its sample"},
      {.what =
           "CLB keeps certificates of its own in each region, so a bundle is copied there once, "
           "under a name that has its id in CAS; binds look for it one after the other. The copy "
           "goes when the one in CAS does, and CLB itself refuses that while a listener has it",
       .evidence = "docs: UploadServerCertificate, DeleteServerCertificate"},
      {.what = "What a person brought to CLB from CAS counts as that certificate of CAS, by "
               "AliCloudCertificateId, whatever its name is, and is never deleted",
       .evidence = "docs: DescribeServerCertificates; not seen with what was uploaded to CAS",
       .confirmed = false},
      {.what = "CLB refuses a chain with an empty line in it: they are left out",
       .evidence = "certimate issue 326"},
      {.what =
           "A domain of CLB is looked at on port 443; those of listeners on other ports are shown "
           "and left alone",
       .evidence = "here: probes"},
      {.what = "A domain at several listeners of CLB is one target, which a bind brings to each of "
               "them; while they differ, none of the certificates that it has is deleted. Load "
               "balancers of one region are looked at",
       .evidence = "docs: DescribeLoadBalancerListeners, RegionId"},
      {.what = "CLB's host is slb.REGION.aliyuncs.com, and slb.aliyuncs.com for cn-hangzhou",
       .evidence = "docs: endpoints of SLB; certimate calls them so"},
      {.what = "That CLB takes an ECDSA certificate in each of its editions is not written",
       .evidence = "docs: UploadServerCertificate",
       .confirmed = false},
      {.what = "A load balancer takes one change at a time: ServiceIsConfiguring and OperationBusy "
               "are put off",
       .evidence = "the vendor's Terraform provider tries again after them"},
      {.what = "A wildcard is written .example.com; *.example.com is understood in lists too",
       .evidence = "certimate; samples of both forms in the documents"},
      {.what = "A domain whose status is not 'online' is taken for one that is not served, "
               "'configuring' as well, though a change under way may not stop it",
       .evidence = "docs: DescribeUserDomains, DomainStatus",
       .confirmed = false},
      {.what = "A success has a RequestId and no Code; a Code inside of HTTP 200 is a failure",
       .evidence = "docs: samples; other services of the vendor answer so"},
      {.what = "x-acs-retry-after counts in milliseconds",
       .evidence = "@alicloud/openapi-core",
       .confirmed = false},
      {.what = "30 to 100 calls a second are allowed for each action; 10 for all together are used",
       .evidence = "docs: SetCdnDomainSSLCertificate (30), DescribeDomainCertificateInfo (100)"},
      {.what = "How long lists lag is not published; 5 s are a guess",
       .evidence = "clients read right after they write",
       .confirmed = false},
      {.what =
           "RSA 2048 and 4096 and ECDSA P-256 are in use; RSA 3072 and P-384 are only not known "
           "to be refused",
       .evidence = "docs: certificate formats",
       .confirmed = false},
      {.what =
           "The hosts of the international site are SERVICE.ap-southeast-1.aliyuncs.com; of DCDN "
           "that is a guess",
       .evidence = "docs: endpoints of CAS and CDN",
       .confirmed = false},
  };
}

}  // namespace

const ProviderMetadata& aliyun_metadata() {
  static const ProviderMetadata kMetadata = {
      .id = "aliyun",
      .name = "Alibaba Cloud",
      .native_name = "阿里云",
      .endpoint = "https://{service}.aliyuncs.com",
      .keys_url = "https://ram.console.aliyun.com/users",
      .documents =
          {"https://help.aliyun.com/zh/sdk/product-overview/v3-request-structure-and-signature",
           ("https://help.aliyun.com/zh/ssl-certificate/developer-reference/"
            "api-cas-2020-04-07-uploadusercertificate"),
           ("https://help.aliyun.com/zh/ssl-certificate/developer-reference/"
            "api-cas-2020-04-07-listusercertificateorder"),
           ("https://help.aliyun.com/zh/cdn/developer-reference/"
            "api-cdn-2018-05-10-setcdndomainsslcertificate"),
           ("https://help.aliyun.com/zh/cdn/developer-reference/"
            "api-cdn-2018-05-10-describedomaincertificateinfo"),
           ("https://help.aliyun.com/zh/cdn/developer-reference/"
            "api-cdn-2018-05-10-describecdnhttpsdomainlist"),
           ("https://help.aliyun.com/zh/dcdn/developer-reference/"
            "api-dcdn-2018-01-15-describedcdnhttpsdomainlist"),
           ("https://help.aliyun.com/zh/live/developer-reference/"
            "api-live-2016-11-01-describelivehttpsdomainlist"),
           ("https://help.aliyun.com/zh/live/developer-reference/"
            "api-live-2016-11-01-setlivedomaincertificate"),
           ("https://help.aliyun.com/zh/vod/developer-reference/"
            "api-vod-2017-03-21-setvoddomainsslcertificate"),
           ("https://help.aliyun.com/zh/vod/developer-reference/"
            "api-vod-2017-03-21-describevoddomaincertificateinfo"),
           ("https://help.aliyun.com/zh/edge-security-acceleration/esa/"
            "api-esa-2024-09-10-updatecustomhostname"),
           "https://help.aliyun.com/zh/oss/developer-reference/putcname",
           "https://help.aliyun.com/zh/oss/developer-reference/listcname",
           ("https://help.aliyun.com/zh/waf/web-application-firewall-3-0/developer-reference/"
            "api-waf-openapi-2021-10-01-modifydomaincert"),
           ("https://help.aliyun.com/zh/waf/web-application-firewall-3-0/developer-reference/"
            "api-waf-openapi-2021-10-01-describedomaindetail"),
           ("https://help.aliyun.com/zh/slb/classic-load-balancer/developer-reference/"
            "api-slb-2014-05-15-setdomainextensionattribute"),
           ("https://help.aliyun.com/zh/slb/classic-load-balancer/developer-reference/"
            "api-slb-2014-05-15-uploadservercertificate"),
           ("https://help.aliyun.com/zh/ssl-certificate/developer-reference/"
            "api-cas-2020-04-07-createdeploymentjob"),
           ("https://help.aliyun.com/zh/ssl-certificate/developer-reference/"
            "api-cas-2020-04-07-listcloudresources"),
           ("https://www.alibabacloud.com/help/en/ssl-certificate/user-guide/"
            "deploy-ssl-certificates-to-alibaba-cloud-services")},
      .fields = fields(),
      .products = products(),
      .policy = kPolicy,
      .limits = {.calls_per_second = 10,
                 .burst = 10,
                 .max_in_flight = 4,
                 .list_consistency = seconds(5)},
      .oddities = oddities(),
  };
  return kMetadata;
}

}  // namespace certferry
