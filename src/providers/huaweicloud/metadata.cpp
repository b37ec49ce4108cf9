#include "providers/huaweicloud/metadata.h"

namespace certferry {

namespace {

using Algorithm = KeyType::Algorithm;

constexpr std::string_view kPolicy = R"({
  "Version": "5.0",
  "Statement": [
    {
      "Effect": "Allow",
      "Action": [
        "scm:cert:list",
        "scm:cert:import",
        "scm:cert:listDeployedResources",
        "scm:cert:delete",
        "cdn:configuration:queryDomains",
        "cdn:configuration:queryHttpsConf",
        "cdn:configuration:modifyHttpsConf",
        "obs:bucket:listAllMyBuckets",
        "obs:bucket:getBucketCustomDomainConfiguration",
        "obs:bucket:putBucketCustomDomainConfiguration"
      ]
    }
  ]
}
)";

std::vector<FieldMetadata> fields() {
  return {
      {.key = "access_key_id",
       .help = "AK of an IAM user that has the policy below; sent in clear with each call",
       .required = true,
       .example = "{ env: HUAWEICLOUD_ACCESS_KEY_ID }"},
      {.key = "secret_access_key",
       .help = "SK of the same pair",
       .secret = true,
       .required = true,
       .example = "{ file: /etc/certferry/huaweicloud.secret }"},
      {.key = "security_token",
       .help = "only with a temporary pair, which ends within hours",
       .secret = true},
      {.key = "domain_id",
       .help =
           "the account's own id (\"Account ID\" on the page of the keys), which calls to CDN name",
       .required = true,
       .example = "0123456789abcdef0123456789abcdef"},
      {.key = "project_id",
       .help =
           "id of the project that is named as the region below, from the list on the same page; "
           "calls to the certificate store name it",
       .required = true,
       .example = "fedcba9876543210fedcba9876543210"},
      {.key = "region",
       .help =
           "which of the certificate stores: cn-north-4 (mainland China's site, the default), "
           "ap-southeast-1 (the international site) or my-kualalumpur-1, wherever the domains are",
       .example = "cn-north-4"},
      {.key = "enterprise_project_id",
       .help = "only where the keys may see one enterprise project alone; otherwise all are seen"},
  };
}

ProductMetadata product(std::string_view id,
                        std::string_view title,
                        minutes deadline,
                        std::vector<Exemption> exempt) {
  exempt.push_back({.which = "JobFailed",
                    .why = "what its lists say of a certificate whose deployment fails after the "
                           "yes is not documented and not emulated: the edge alone tells"});
  return {.id = id,
          .title = title,
          .store = StoreKind::kIds,
          .confirm = {.rounds = 3,
                      .spread = minutes(2),
                      .deadline = deadline,
                      .retry_interval = seconds(10)},
          .accepted_keys = {{Algorithm::kRsa, 2048},
                            {Algorithm::kRsa, 3072},
                            {Algorithm::kRsa, 4096},
                            {Algorithm::kEcdsa, 256},
                            {Algorithm::kEcdsa, 384}},
          .proof = "signed, emulated",
          .exempt = std::move(exempt)};
}

std::vector<ProductMetadata> products() {
  return {product("cdn", "Huawei Cloud CDN", minutes(30), {}),
          product("obs",
                  "Huawei Cloud OBS",
                  minutes(15),
                  {{.which = "DomainOffline",
                    .why = "a domain of a bucket is there or is not: it has no state"},
                   {.which = "InternationalName", .why = "OBS takes no Chinese domain"}})};
}

std::vector<Oddity> oddities() {
  return {
      {.what = "A signature is good for 15 minutes, and within them for any number of times",
       .evidence = "docs: AK/SK signing; there is no nonce in what the SDK signs"},
      {.what = "CDN is told which account by X-Domain-Id, the store which project by X-Project-Id, "
               "as the SDK always does; whether they answer without was not seen, so both ids have "
               "to be configured",
       .evidence = "huaweicloud-sdk-core; tests/wire/fixtures/huaweicloud.json",
       .confirmed = false},
      {.what = "Certificates lie in SCM, and CDN is told their id there, not given the bundle; the "
               "other way, inline, is not used: nobody could see by a list what a domain has",
       .evidence = "docs: UpdateDomainMultiCertificates, certificate_type 2; certimate binds so"},
      {.what =
           "duplicate_check true allows a certificate that the store has already, false refuses "
           "it; it is true, so that somebody else's copy is not in the way",
       .evidence = "docs: ImportCertificate, duplicate_check"},
      {.what = "The store takes the leaf and its chain apart: 4,096 characters for the one, 8,192 "
               "for the other, which together in one field would be too long",
       .evidence = "docs: ImportCertificate, certificate and certificate_chain"},
      {.what =
           "A name in SCM has 63 characters at most, so a label is written in a shorter form, "
           "with the end of the certificate in it: lists have a time in a zone they do not name",
       .evidence = "docs: ImportCertificate, name; ListCertificates, expire_time"},
      {.what =
           "The list of SCM does not say what a certificate is: a copy that somebody else stored "
           "is known by its name alone, if another certferry gave it",
       .evidence = "docs: ListCertificates; ShowCertificate has a SHA-1, at one call for each"},
      {.what =
           "ExportCertificate would say all of a certificate and gives away its private key; it "
           "is not called and need not be allowed",
       .evidence = "docs: ExportCertificate; certimate compares by it"},
      {.what =
           "A page of SCM's list has 10, 20 or 50 entries, and the offset is documented up to "
           "100: whether a store of more than 150 can be listed was not seen. It is an error if "
           "not, and nothing is sent",
       .evidence = "docs: ListCertificates, limit and offset",
       .confirmed = false},
      {.what =
           "SCM deletes a certificate that products have; so CDN and OBS are asked before, and "
           "then "
           "SCM itself, which knows of ELB and WAF as well. Whatever it does not say, of a region "
           "that it could not ask too, keeps the certificate",
       .evidence = "docs: ListDeployedResources; nothing refuses it in DeleteCertificate"},
      {.what = "Only the settings of one domain say which id it has. At a bind the id becomes the "
               "certificate's name at the domain (certferry-scs...), which one list shows for all; "
               "anybody may give such a name, so that one domain is asked for each name and "
               "certificate",
       .evidence = "docs: ShowDomainFullConfig, scm_certificate_id; ShowCertificatesHttpsInfo, "
                   "cert_name. That CDN keeps the name was not seen; if not, domains are asked",
       .confirmed = false},
      {.what =
           "A bind writes the whole block of HTTPS settings: HTTP/2, TLS versions and OCSP "
           "stapling are read before and sent back, and whatever the lists show of the domain is "
           "compared after, unless it had no HTTPS before, of which they show nothing",
       .evidence =
           "docs: UpdateDomainFullConfig: HTTP/2 is off by default; what leaving it out does "
           "was not seen",
       .confirmed = false},
      {.what =
           "The call for 50 domains at once sets the way to the origin to HTTP and takes off "
           "HTTP/2 and redirects that are not sent along, and is let 20 times a minute; the one "
           "for a single domain leaves those alone and is let 200 times",
       .evidence = "docs: UpdateDomainMultiCertificates, UpdateDomainFullConfig"},
      {.what = "A domain with a second certificate, for SM2, is refused: it would be lost",
       .evidence = "docs: UpdateDomainFullConfig, certificates"},
      {.what =
           "A domain is 'configuring' for minutes after a change. It is taken for one that is "
           "served, as one that is 'configure_failed'; a change that comes too early is refused "
           "(CDN.0106) and sent again",
       .evidence =
           "docs: ListDomains, domain_status; error codes of CDN; certimate binds such ones",
       .confirmed = false},
      {.what = "CDN says no with HTTP 200 as well: an error_code or an error counts wherever it is",
       .evidence = "docs: error codes of CDN, status code 200"},
      {.what = "Success of a bind and of a delete is HTTP 204 and nothing; an empty answer with "
               "another status decides nothing, and is looked after in the lists",
       .evidence =
           "docs: DeleteCertificate (204); for UpdateDomainFullConfig the SDK reads no body",
       .confirmed = false},
      {.what =
           "Without enterprise_project_id CDN shows the domains of the default project alone, so "
           "'all' is sent",
       .evidence = "docs: ListDomains; huaweicloud-sdk-go-v3, Domains"},
      {.what = "How the vendor says that a store is full, or that a certificate is in use, is not "
               "documented: words of the message and HTTP 409 are looked for",
       .evidence = "docs: error codes of SCM",
       .confirmed = false},
      {.what =
           "What the call that binds has to be allowed by is taken to be what the older call of "
           "the same thing is",
       .evidence =
           "docs: permissions of CDN, PUT https-info; others of the policy: docs of each call",
       .confirmed = false},
      {.what =
           "Calls of one kind are let 200 (bind) or 300 (one domain's settings) times a minute; "
           "3 a second for all together are used. Too many are HTTP 429 (APIGW.0308)",
       .evidence =
           "docs: UpdateDomainFullConfig, ShowDomainFullConfig; error codes of API Gateway"},
      {.what = "How long lists lag is not published; 5 s are a guess",
       .evidence = "clients read right after they write",
       .confirmed = false},
      {.what =
           "RSA 2048 and ECDSA P-256 are in use; RSA 3072 and 4096 and P-384 are only not known "
           "to be refused",
       .evidence = "docs: certificate formats",
       .confirmed = false},
      {.what = "OBS has hosts and a signature of its own, which covers no body but by its "
               "Content-MD5, and speaks XML. A bucket stands in the host, or, where its name has a "
               "dot, in the path",
       .evidence = "docs: obs_04_0010; tests/wire/fixtures/huaweicloud_obs.json"},
      {.what =
           "One call lists OBS's buckets of all regions, whichever region's host is asked; each is "
           "asked for its domains in its own. One whose own policy denies that is shown as such. A "
           "policy that is in use needs the three lines of OBS, also where OBS is not deployed to, "
           "for it is asked before a certificate is deleted",
       .evidence = "docs: obs_04_0020, obs_04_0060"},
      {.what = "Whether a bucket without such domains answers with an empty list or is not found "
               "was not seen; both count as none",
       .evidence = "docs: obs_04_0060; obs_errorcode_0024, NoSuchCustomDomain",
       .confirmed = false},
      {.what =
           "A bind gives a domain of OBS chain and key, and the id in SCM that they go by, which "
           "its list tells (CertificateId). What is not here cannot be bound by its id alone, so "
           "that going back to an earlier certificate takes its bundle",
       .evidence = "docs: obs_04_0059: certificate and private key are required, and whoever "
                   "keeps certificates in CCM names their id there; the vendor's SDK"},
      {.what = "Newer regions list a certificate's name (CertName) in the place of its id, and so "
               "nobody can tell which it is: there a domain of OBS stays unconfirmed",
       .evidence = "docs: obs_04_0060 of such a region, of January 2026",
       .confirmed = false},
      {.what = "The call that binds takes the certificate away when it is sent with nothing in it, "
               "so it is never sent without one",
       .evidence = "docs: obs_04_0059"},
      {.what = "A domain of OBS has its new certificate within 60 s of a bind. No call says "
               "whether a domain is served, nor where: its edge is looked for where the domain "
               "itself leads",
       .evidence = "docs: SDK for Python, setBucketCustomDomain; obs_04_0060"},
      {.what = "How OBS spells wildcards, if it takes any, was not seen: they are sent back as "
               "listed. It takes no Chinese domains",
       .evidence = "docs: obs_04_0060, constraints",
       .confirmed = false},
      {.what = "The vendor's SDKs for Node of single services are not in the registry: its core, "
               "which they are made of, is what signs and calls in the tests",
       .evidence = "npm: @huaweicloud/huaweicloud-sdk-core alone is published"},
  };
}

}  // namespace

const ProviderMetadata& huaweicloud_metadata() {
  static const ProviderMetadata kMetadata = {
      .id = "huaweicloud",
      .name = "Huawei Cloud",
      .native_name = "华为云",
      .endpoint = "https://{service}.myhuaweicloud.com",
      .keys_url = "https://console.huaweicloud.com/iam/#/mine/apiCredential",
      .documents =
          {"https://support.huaweicloud.com/intl/en-us/devg-apisign/api-sign-algorithm.html",
           "https://support.huaweicloud.com/api-ccm/ImportCertificate.html",
           "https://support.huaweicloud.com/api-ccm/ListCertificates.html",
           "https://support.huaweicloud.com/api-ccm/ListDeployedResources.html",
           "https://support.huaweicloud.com/api-cdn/ListDomains.html",
           "https://support.huaweicloud.com/api-cdn/ShowCertificatesHttpsInfo.html",
           "https://support.huaweicloud.com/api-cdn/ShowDomainFullConfig.html",
           "https://support.huaweicloud.com/api-cdn/UpdateDomainFullConfig.html",
           "https://support.huaweicloud.com/api-cdn/ErrorCode.html",
           "https://support.huaweicloud.com/api-obs/obs_04_0020.html",
           "https://support.huaweicloud.com/api-obs/obs_04_0059.html",
           "https://support.huaweicloud.com/api-obs/obs_04_0060.html",
           "https://support.huaweicloud.com/api-obs/obs_04_0115.html"},
      .fields = fields(),
      .products = products(),
      .policy = kPolicy,
      .limits = {.calls_per_second = 3,
                 .burst = 6,
                 .max_in_flight = 3,
                 .list_consistency = seconds(5)},
      .oddities = oddities(),
  };
  return kMetadata;
}

}  // namespace certferry
