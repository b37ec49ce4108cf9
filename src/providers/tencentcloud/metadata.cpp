#include "providers/tencentcloud/metadata.h"

namespace certferry {

namespace {

using Algorithm = KeyType::Algorithm;

constexpr std::string_view kPolicy = R"({
  "version": "2.0",
  "statement": [
    {
      "effect": "allow",
      "resource": ["*"],
      "action": [
        "ssl:DescribeCertificates",
        "ssl:UploadCertificate",
        "ssl:DeleteCertificate",
        "ssl:DescribeDeleteCertificatesTaskResult",
        "ssl:DescribeHostCosInstanceList",
        "ssl:DescribeHostDdosInstanceList",
        "ssl:DescribeHostDeployRecord",
        "ssl:DescribeHostDeployRecordDetail",
        "ssl:DeployCertificateInstance",
        "cdn:DescribeDomainsConfig",
        "cdn:UpdateDomainConfig",
        "teo:DescribeZones",
        "teo:DescribeAccelerationDomains",
        "teo:ModifyHostsCertificate",
        "live:DescribeLiveDomains",
        "live:DescribeLiveDomainCertBindings",
        "live:ModifyLiveDomainCertBindings",
        "vod:DescribeVodDomains",
        "vod:SetVodDomainCertificate",
        "waf:DescribeDomains",
        "waf:DescribeDomainDetailsSaas",
        "waf:ModifySpartaProtection",
        "clb:DescribeLoadBalancers",
        "clb:DescribeListeners",
        "clb:ModifyListener",
        "clb:ModifyDomainAttributes",
        "clb:DescribeTaskStatus",
        "tcb:DescribeEnvs",
        "tcb:DescribeHTTPServiceRoute"
      ]
    }
  ]
}
)";

std::vector<FieldMetadata> fields() {
  return {
      {.key = "secret_id",
       .help = "SecretId of a CAM sub-user that has the policy below; sent in clear with each call",
       .required = true,
       .example = "{ env: TENCENTCLOUD_SECRET_ID }"},
      {.key = "secret_key",
       .help = "SecretKey of the same pair",
       .secret = true,
       .required = true,
       .example = "{ file: /etc/certferry/tencentcloud.secret }"},
      {.key = "session_token",
       .help = "only with a temporary pair of STS, which ends within hours",
       .secret = true},
      {.key = "site",
       .help = "whose account it is: mainland (cloud.tencent.com, the default) or intl "
               "(tencentcloud.com)",
       .example = "mainland"},
      {.key = "vod_sub_app_id",
       .help = "product vod only: which application's domains; must be there for accounts that "
               "began with VOD after 2023-12-25",
       .example = "1500012345"},
      {.key = "waf_region",
       .help = "product waf only: where its instances are, ap-guangzhou (mainland China, the "
               "default) or ap-seoul (elsewhere)",
       .example = "ap-guangzhou"},
      {.key = "clb_region",
       .help = "product clb only: the region of its load balancers (ap-guangzhou when left out); "
               "those of another region take an account of their own",
       .example = "ap-shanghai"},
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
          .proof = "signed, emulated"};
}

std::vector<ProductMetadata> products() {
  ProductMetadata live = product("css", "Tencent Cloud Live (CSS)");
  live.exempt = {
      {.which = "JobFailed", .why = "its yes to a bind is final: no job ends later and says how"}};
  ProductMetadata vod = product("vod", "Tencent Cloud VOD");
  vod.exempt = {{.which = "ObservingTakesNoMoreCallsForMoreDomains",
                 .why = "its lists are only known to come in pages of 20 domains"},
                {.which = "DomainOffline",
                 .why = "its domains are not switched off; one that the vendor disabled or locked "
                        "is waited for"}};
  ProductMetadata waf = product("waf", "Tencent Cloud WAF (SaaS)");
  waf.exempt = {{.which = "ObservingTakesNoMoreCallsForMoreDomains",
                 .why = "which certificate a domain has only a call for that one domain says"},
                {.which = "DomainWithoutHttpsGetsIt",
                 .why = "a domain without a port for HTTPS has to be given one in the console, and "
                        "has a certificate from then on; until then it is held as offline"}};
  ProductMetadata cos = product("cos", "Tencent Cloud COS, domains of buckets");
  cos.exempt = {{.which = "WildcardName", .why = "a bucket takes no wildcard as its domain"}};
  return {product("cdn", "Tencent Cloud CDN and ECDN"),
          product("eo", "Tencent Cloud EdgeOne"),
          live,
          vod,
          waf,
          cos,
          product("clb", "Tencent Cloud CLB, HTTPS listeners"),
          product("ssl-deploy", "Tencent Cloud Anti-DDoS and CloudBase, by SSL Certificates")};
}

std::vector<Oddity> oddities() {
  return {
      {.what = "HTTP says 200 whatever happened; a failure is an Error inside of Response",
       .evidence = "docs: API 3.0, responses; tencentcloud-sdk-nodejs-common"},
      {.what = "The day in a signature is UTC's",
       .evidence = "docs: signature v3; tests/wire/fixtures/tencentcloud.json"},
      {.what = "A signature may be off by about five minutes (AuthFailure.SignatureExpire)",
       .evidence = "docs: signature v3; that it is five was not seen",
       .confirmed = false},
      {.what = "Certificates lie in SSL Certificates, which all products share: one upload serves "
               "all of them, by its id",
       .evidence = "docs: UploadCertificate, UpdateDomainConfig, ModifyHostsCertificate"},
      {.what = "With Repeatable: false an upload of what somebody stored before gives the id of "
               "that one. A copy of our own is stored instead: the other's label is not ours, so "
               "nobody would ever retire it, and its owner may delete it while it is served",
       .evidence = "docs: UploadCertificate, Repeatable and RepeatCertId"},
      {.what =
           "Above 5000 copies the other's id comes all the same. It is used, and never deleted, "
           "for it does not carry our label",
       .evidence = "docs: UploadCertificate, RepeatCertId"},
      {.what =
           "A delete does not look whether anything uses the certificate unless told to. It is "
           "always told to: then it is a task of the vendor's, whose outcome is waited for half "
           "a minute, and what is not known then is read from the list",
       .evidence = "docs: DeleteCertificate, IsCheckResource; "
                   "DescribeDeleteCertificatesTaskResult"},
      {.what = "Looking takes a consent that the account gives once in the console (service role "
               "SSL_QCSLinkedRoleInReplaceLoadCertificate); without it superseded certificates "
               "stay",
       .evidence = "docs: DeleteCertificate; DeleteTaskResult.Status 3"},
      {.what = "Every product here is asked before a delete as well, where it lets us: "
               "what the vendor finds may be half an hour old",
       .evidence = "docs: CreateCertificateBindResourceSyncTask, IsCache",
       .confirmed = false},
      {.what = "Times of the store have no zone; they are China's",
       .evidence = "tencentcloud-sdk-nodejs 4.1.313, Certificates.CertEndTime"},
      {.what = "The store's list does not say what is stored, by no digest; the same certificate "
               "of somebody else's is found only under a label that names it",
       .evidence = "tencentcloud-sdk-nodejs 4.1.313, Certificates"},
      {.what = "DescribeCertificateDetail would, and gives away private keys with it; it is not "
               "called and need not be allowed",
       .evidence = "docs: DescribeCertificateDetail, CertificatePrivateKey"},
      {.what = "An alias is taken to have room for the 80 characters of a label",
       .evidence = "200 are commonly named",
       .confirmed = false},
      {.what =
           "Binds are jobs of minutes. Lists but those of COS, Anti-DDoS and CloudBase show the "
           "new "
           "certificate at once, with how far it has come; one whose deployment failed is shown as "
           "not bound, and is bound again",
       .evidence = "docs: Https.SslStatus, CertificateInfo.Status, DomainDetailInfo.DeployStatus"},
      {.what = "What CDN and EdgeOne list after a deployment failed, the new certificate or the "
               "one before, is not documented; both are understood",
       .evidence = "docs: Https.SslStatus",
       .confirmed = false},
      {.what = "CDN takes the whole HTTPS block: what is left out goes back to its default. It is "
               "read right before and sent back with another certificate in it; SslStatus, dates "
               "and names, which the vendor fills in, are not",
       .evidence = "docs: UpdateDomainConfig, Https; certimate sends it so"},
      {.what = "A read may leave out the certificates that clients are verified by; a CDN domain "
               "that verifies them without saying by which is refused before anything is sent",
       .evidence = "docs: ClientCertInfo may be null; whether it is was not seen",
       .confirmed = false},
      {.what =
           "Lists of CDN and EdgeOne have a place for the keys of an origin; those are dropped, "
           "and the answers never quoted",
       .evidence = "SDK: ServerCert.PrivateKey, OriginDetail.PrivateParameters"},
      {.what =
           "Of a CDN domain that had no HTTPS when it was first seen, the block is not compared "
           "after a bind: the defaults that come with it are no setting that was changed",
       .evidence = "docs: Https",
       .confirmed = false},
      {.what =
           "A CDN domain is 'processing' while any change is carried out, and served meanwhile; "
           "another change is refused (CdnOpInProgress) and tried again",
       .evidence = "docs: DetailDomain.Status; error codes"},
      {.what = "A CDN domain may have settings of its own for a region (SpecificConfig), with "
               "another certificate; those are not looked at, the edge is",
       .evidence = "docs: SpecificConfig",
       .confirmed = false},
      {.what = "ECDN's domains are taken for CDN's, which has the same calls",
       .evidence = "docs: DetailDomain.ServiceType hybrid and dynamic; certimate",
       .confirmed = false},
      {.what = "Domains and accounts of CDN are being moved to EdgeOne; CDN then refuses every "
               "change, and the error points to product eo",
       .evidence = "error codes of the official Go SDK: OperationDenied.ProductUpgraded"},
      {.what = "EdgeOne takes the whole set of a domain's certificates, one of RSA and one of ECC. "
               "That of the other algorithm is sent along, unless it has ended or is one of ours: "
               "that one is superseded by what is being bound",
       .evidence = "docs: ModifyHostsCertificate, ServerCertInfo; certimate sends it so"},
      {.what = "An algorithm is read from SignAlgo ('RSA 2048', 'ECC 256'); a certificate whose "
               "algorithm cannot be told is replaced, not kept",
       .evidence = "certimate reads its first word",
       .confirmed = false},
      {.what = "EdgeOne refuses a call for several domains as a whole if one is not covered; each "
               "domain has a call of its own",
       .evidence = "docs: ModifyHostsCertificate; what it does then was not seen",
       .confirmed = false},
      {.what = "EdgeOne lists domains by zone only, so a listing takes a call more for each zone",
       .evidence = "docs: DescribeAccelerationDomains, ZoneId"},
      {.what = "Live answers yes for a list of domains of which single ones failed; its Errors and "
               "MismatchedDomainNames are what counts",
       .evidence = "docs: ModifyLiveDomainCertBindings"},
      {.what =
           "A bind at Live always switches HTTPS on (Status 1). Status -1 would leave the switch "
           "as it is, and a domain that is switched off, which counts as one without a "
           "certificate, would not serve what it was given",
       .evidence = "docs: ModifyLiveDomainCertBindings, DomainInfos"},
      {.what = "Live says InternalError of what it was given as well, such as a certificate that "
               "does not exist",
       .evidence = "error codes of the official Go SDK: InternalError.CrtDateNotFound"},
      {.what = "VOD does not say that a deployment failed: the domain is Online again with the "
               "certificate it had before",
       .evidence = "docs: DomainDetailInfo.DeployStatus",
       .confirmed = false},
      {.what = "VOD says the edge name area by area; they are taken to be one",
       .evidence = "docs: AccelerateAreaInfos, TencentEdgeDomain",
       .confirmed = false},
      {.what = "VOD is known to give 20 domains a page, by clients and as its default; more were "
               "never seen to be asked for",
       .evidence = "docs: DescribeVodDomains, Limit; certimate",
       .confirmed = false},
      {.what = "A 'Locked' domain of VOD takes no change, and the vendor may have disabled one in "
               "every area; both are left alone until they are served again",
       .evidence = "docs: DomainDetailInfo.DeployStatus; AccelerateAreaInfo.TencentDisableReason"},
      {.what =
           "WAF's list does not say which certificate a domain has; a call for each domain does, "
           "and gives away the private key of one that was uploaded to WAF itself: it is not "
           "kept, and the answer never quoted",
       .evidence = "docs: DescribeDomainDetailsSaas, PrivateKey"},
      {.what = "A bind of WAF leaves everything else out, which then keeps its value; what could "
               "have changed is compared afterwards",
       .evidence = "docs: ModifySpartaProtection, what is not required; certimate relies on it",
       .confirmed = false},
      {.what = "The instance is InstanceId where WAF is read and InstanceID where it is changed",
       .evidence = "docs: DescribeDomainDetailsSaas, ModifySpartaProtection"},
      {.what =
           "A WAF domain's State is -1 while a change is carried out and -2 when it failed; what "
           "it lists then, the new certificate or the one before, is not documented, and both "
           "are understood",
       .evidence = "docs: DomainInfo.State",
       .confirmed = false},
      {.what =
           "A WAF domain without a port for HTTPS cannot be given a certificate alone; it is held "
           "as offline until the console gives it one",
       .evidence = "docs: ModifySpartaProtection, CertType 0 and Ports"},
      {.what =
           "WAF's Offset begins at 0 in today's example and in the vendor's Terraform, at 1 in an "
           "older example, and is called a multiple of a page's size as well: pages from 0, pages "
           "from 1 and rows are tried in turn until as many domains have come as the list counts, "
           "and a list that does not come whole is an error",
       .evidence =
           "docs: DescribeDomains, Offset and its examples; terraform-provider-tencentcloud",
       .confirmed = false},
      {.what = "WAF in front of a load balancer (clb-waf) serves the load balancer's certificate; "
               "those domains are not listed",
       .evidence = "docs: DomainInfo.Edition"},
      {.what = "What WAF tells an account that never opened it is not known; its refusal before "
               "a delete counts only once it has answered, and the vendor looks in any case",
       .evidence = "error codes of the official Go SDK have none for it",
       .confirmed = false},
      {.what = "WAF takes 2 binds a second; what is refused for that is tried again",
       .evidence = "docs: ModifySpartaProtection"},
      {.what = "The store itself lists the domains of COS's buckets and carries certificates to "
               "them; COS has calls of its own for that, with another signature, which clients do "
               "not use",
       .evidence = "docs: DeployCertificateInstance, ResourceType cos; certimate"},
      {.what = "Its list of COS's domains leaves out those that a certificate does not cover or "
               "that have it already, if one is named; none is, which is how one other client "
               "lists them all",
       .evidence = "docs: DescribeHostCosInstanceList, Filters and domainMatch; the vendor's "
                   "Terraform calls CertificateId required, the SDK does not",
       .confirmed = false},
      {.what = "That list may be half an hour old unless IsCache is 0, which it always is, in "
               "binds as well, for they are checked against it",
       .evidence = "docs: DescribeHostCosInstanceList, DeployCertificateInstance, IsCache"},
      {.what = "It reads COS with the consent that deletes need as well "
               "(SSL_QCSLinkedRoleInReplaceLoadCertificate); without it COS cannot be served",
       .evidence = "error codes: FailedOperation.RoleNotFoundAuthorization",
       .confirmed = false},
      {.what = "It names every bucket's region, which a bind then goes to; that it lists all "
               "regions without one in the call is how a user has used it",
       .evidence = "docs: DescribeHostCosInstanceList, Region optional; CosInstanceDetail.Region",
       .confirmed = false},
      {.what =
           "A certificate has one job at a time for a kind of resource. Binds to COS wait for "
           "one another, up to a minute each, and so do those of ssl-deploy; one of somebody "
           "else's is waited for, and one that is for the same domain already is not sent again",
       .evidence = "docs: DeployCertificateInstance, DeployStatus 0; DescribeHostDeployRecord"},
      {.what = "What COS's domain is listed with until its job is done, a quarter of a minute in "
               "the vendor's example, is not documented: both are understood, the certificate of "
               "before by asking how far the job has come",
       .evidence = "docs: DescribeHostDeployRecordDetail, its example of COS",
       .confirmed = false},
      {.what =
           "Of a job only 1 (done) and 2 (failed) are taken for its end, and then by its counts",
       .evidence = "docs: DeployRecordInfo.Status; certimate goes by the counts",
       .confirmed = false},
      {.what = "A bind of what a domain has already is refused with the words for one that does "
               "not fit; the list then says which it was",
       .evidence = "docs: DeployCertificateInstance, rules of matching; certimate, issues 897 and "
                   "1331"},
      {.what = "A domain whose certificate was uploaded to COS itself may be listed as if it had "
               "none",
       .evidence = "docs: CosInstanceDetail.CertId may be null",
       .confirmed = false},
      {.what = "Where COS answers for a domain no list says; the name itself is looked at",
       .evidence = "docs: CosInstanceDetail"},
      {.what = "What the store tells an account that never opened COS is not known; its refusal "
               "before a delete counts only once it has answered, and the vendor looks in any case",
       .evidence = "error codes of the official Go SDK have none for it",
       .confirmed = false},
      {.what = "A domain of a CLB listener with SNI has a certificate of its own, and is a target. "
               "One without has a single certificate for all domains of its rules: each is a "
               "target, and whoever binds one binds them all; a bundle that does not cover all of "
               "them is refused before anything is sent",
       .evidence = "docs: ModifyListener, ModifyDomainAttributes, Certificate"},
      {.what = "A domain that several listeners of CLB have is one target, and a bind brings the "
               "certificate to each of them in turn; while they differ it counts as set to none of "
               "theirs",
       .evidence = "certferry's own way: a target is a name"},
      {.what = "Listeners of TCP_SSL and QUIC, those without rules and rules of a pattern (~...) "
               "have no name that a certificate could be held to: they are listed as offline, and "
               "what they have is not deleted",
       .evidence = "docs: DescribeListeners, Rules and Domain"},
      {.what =
           "A CLB listener or domain may have two certificates, one of RSA and one of ECC. That "
           "of the same key as the new one is replaced, the other is sent along; if it cannot "
           "be told which that is, nothing is sent. A single one is replaced whatever its key "
           "is",
       .evidence = "docs: MultiCertInfo, CertificateOutput.ExtCertIds"},
      {.what = "Of two that have the label of certferry's the one that counts is ours, and "
               "otherwise CertId's; that it comes first where several are given is not documented",
       .evidence = "docs: CertificateOutput",
       .confirmed = false},
      {.what = "A client's certificate of a pair goes into the list of certificates",
       .evidence = "docs: MultiCertInfo.CertList",
       .confirmed = false},
      {.what = "What a change of CLB leaves out of a certificate's block goes back to its default: "
               "how clients are verified is read right before, sent along, and compared afterwards "
               "with the listener's other settings; certimate sets rules to UNIDIRECTIONAL",
       .evidence = "docs: CertificateInput, SSLMode and SSLVerifyClient; certimate",
       .confirmed = false},
      {.what = "A change of CLB is a task whose id is the RequestId of the call; what is listed "
               "until it is done is not documented, so a bind waits for its end for a good minute",
       .evidence = "docs: DescribeTaskStatus; certimate",
       .confirmed = false},
      {.what =
           "A load balancer takes one change at a time (InvalidLBStatus); binds to CLB wait for "
           "one another, and what is refused for somebody else's is tried again",
       .evidence = "error codes of the official Go SDK; certimate"},
      {.what = "CLB lists listeners load balancer by load balancer, so a listing takes a call more "
               "for each; it says how many there are, and gives them without pages",
       .evidence = "docs: DescribeListeners, TotalCount"},
      {.what = "A load balancer that its owner stopped (Stop among its AttributeFlags) is offline; "
               "one that the vendor isolated, as for an unpaid bill, is waited for",
       .evidence = "docs: LoadBalancer, AttributeFlags and Isolation",
       .confirmed = false},
      {.what =
           "Load balancers of the classic kind (Forward 0) have other calls, and are not listed",
       .evidence = "docs: DescribeLoadBalancers, Forward; DescribeClassicalLBListeners"},
      {.what = "Names point at a load balancer by its address or its domain; the name itself is "
               "looked at, which for one inside of a private network takes a machine in there",
       .evidence = "docs: LoadBalancer, LoadBalancerVips and LoadBalancerDomain"},
      {.what =
           "ssl-deploy takes the certificate to rules of Anti-DDoS, which the store lists, and "
           "to domains of CloudBase's HTTP service, which the store carries certificates to and "
           "does not list: CloudBase does, environment by environment",
       .evidence = "docs: DeployCertificateInstance, InstanceIdList of ddos and tcb; "
                   "tencentcloud-sdk-nodejs 4.1.313 has no DescribeHostTcbInstanceList"},
      {.what =
           "That the store's 'AccessService' of CloudBase is what CloudBase lists as domains of "
           "its HTTP service is taken from their names; if it is not, a bind is refused",
       .evidence = "docs: TCBAccessService, DescribeHTTPServiceRoute",
       .confirmed = false},
      {.what = "What those lists show until a job is done, and how CloudBase's shows one that "
               "failed, is not documented; what this process has begun is asked for",
       .evidence = "docs: DescribeHostDeployRecordDetail",
       .confirmed = false},
      {.what = "The store's list of Anti-DDoS says no state of a rule: one that has HTTPS is taken "
               "to be served. One at another port than 443 is left alone, for nobody looks there, "
               "and what it has is not deleted",
       .evidence = "docs: DescribeHostDdosInstanceList, DdosInstanceDetail",
       .confirmed = false},
      {.what = "As COS's, that list is asked for without a certificate, which would leave out what "
               "has it already, and not from memory, which may be half an hour old",
       .evidence = "docs: DescribeHostDdosInstanceList, CertificateId, Filters and IsCache",
       .confirmed = false},
      {.what = "CloudBase's documents call a region needless and its own client needs one: "
               "environments of ap-shanghai, ap-singapore and ap-guangzhou are asked for, the last "
               "of which is by invitation. International accounts have no CloudBase",
       .evidence =
           "docs: DescribeEnvs, Region; docs.cloudbase.net, tcb env list; the international "
           "SDKs have no tcb",
       .confirmed = false},
      {.what =
           "A domain of CloudBase is a target where CloudBase answers itself (AccessType DIRECT); "
           "behind a CDN or a way in of one's own, clients see another certificate. Those, "
           "the names of CloudBase's own and what is switched off are listed as offline",
       .evidence = "docs: HTTPServiceDomain, AccessType, IsDefault, Enable"},
      {.what = "Domains of CloudBase's static hosting ('HostService') no call lists; they are not "
               "served, and what they have is not deleted, for the vendor looks",
       .evidence = "docs: TCBHostService; tencentcloud-sdk-nodejs 4.1.313, tcb v20180608"},
      {.what = "A name at several rules or environments is one target. A job with a place that has "
               "the certificate already is refused whole, so the list is read right before, and "
               "those that have it are left out; what fails after others were changed is looked at "
               "before it is sent again",
       .evidence = "docs: DeployCertificateInstance, rules of matching"},
      {.what =
           "If only one of the two lists is allowed, or one environment denies its own, the rest "
           "is served; an entry says whose names are not known, and while it stands nothing is "
           "deleted. An account that never opened CloudBase is told UserNotExists and has no names "
           "there. In what words that would come of Anti-DDoS is not known: a refusal in other "
           "words than those never takes the other kind down, and leaves such an entry",
       .evidence = "certferry's own way; error codes of the official Go SDK, tcb DescribeEnvs: "
                   "ResourceNotFound.UserNotExists, which the vendor's own client understands so",
       .confirmed = false},
      {.what =
           "Left out of ssl-deploy: Lighthouse, whose list names no certificate that a domain "
           "has; API Gateway, which the vendor has been closing since 2026-10-30; TKE, TSE, MQTT "
           "and GAAP, whose resources are secrets, gateways and listeners without names. What "
           "they use is not deleted, for the vendor looks",
       .evidence = "docs: LighthouseInstanceDetail, InstanceIdList; "
                   "https://cloud.tencent.com/announce/detail/2475"},
      {.what = "20 calls a second are allowed for each action; 10 for all together are used",
       .evidence = "docs: DescribeCertDomains (20)",
       .confirmed = false},
      {.what = "How long lists lag is not published; 5 s are a guess",
       .evidence = "clients read right after they write",
       .confirmed = false},
      {.what =
           "RSA 2048 and ECDSA P-256 are in use; RSA 3072 and 4096 and P-384 are only not known "
           "to be refused",
       .evidence = "certimate, certd",
       .confirmed = false},
  };
}

}  // namespace

const ProviderMetadata& tencentcloud_metadata() {
  static const ProviderMetadata kMetadata = {
      .id = "tencentcloud",
      .name = "Tencent Cloud",
      .native_name = "腾讯云",
      .endpoint = "https://{service}.tencentcloudapi.com",
      .keys_url = "https://console.cloud.tencent.com/cam",
      .documents = {"https://cloud.tencent.com/document/api/400/41665",
                    "https://cloud.tencent.com/document/api/400/41675",
                    "https://cloud.tencent.com/document/api/400/91661",
                    "https://cloud.tencent.com/document/api/400/91667",
                    "https://cloud.tencent.com/document/api/228/41116",
                    "https://cloud.tencent.com/document/api/228/41117",
                    "https://cloud.tencent.com/document/api/1552/80764",
                    "https://cloud.tencent.com/document/api/1552/86336",
                    "https://cloud.tencent.com/document/api/267/58649",
                    "https://cloud.tencent.com/document/api/266/88114",
                    "https://cloud.tencent.com/document/product/627/94309",
                    "https://cloud.tencent.com/document/api/214/30681",
                    "https://cloud.tencent.com/document/api/214/38092",
                    "https://cloud.tencent.com/document/api/876/34820",
                    "https://cloud.tencent.com/document/product/876/129798"},
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
