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
        "dcdn:SetDcdnDomainSSLCertificate"
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

std::vector<Oddity> oddities() {
  return {
      {.what =
           "A signature is good for 15 minutes and its nonce for once, so every repeat is signed "
           "anew",
       .evidence = "docs: signature v3; tests/wire/fixtures/aliyun.json"},
      {.what =
           "Certificates lie in CAS, which CDN and DCDN share: one upload serves both, and they "
           "name it by its id and its store's region",
       .evidence = "docs: SetCdnDomainSSLCertificate, CertType cas"},
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
      {.what =
           "GetUserCertificateDetail would say more of a certificate, and gives away its private "
           "key to whoever may call it; it is not called and need not be allowed",
       .evidence = "docs: GetUserCertificateDetail, CertFilter"},
      {.what =
           "CAS deletes a certificate that CDN or DCDN use, and they go on serving their copies; "
           "so both are asked before, whichever of them the configuration names",
       .evidence = "nothing refuses it in the documents",
       .confirmed = false},
      {.what =
           "Whether other products (ESA, OSS, SLB, ALB, WAF, Live, VOD) use a certificate is not "
           "asked before it is deleted: bind what certferry uploaded to no product that it does "
           "not serve",
       .evidence = "ListCloudResources would say it, from copies of an unknown age",
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
            "api-dcdn-2018-01-15-describedcdnhttpsdomainlist")},
      .fields = fields(),
      .products = {product("cdn", "Alibaba Cloud CDN"), product("dcdn", "Alibaba Cloud DCDN")},
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
