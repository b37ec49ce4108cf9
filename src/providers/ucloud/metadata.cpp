#include "providers/ucloud/metadata.h"

namespace certferry {

namespace {

using Algorithm = KeyType::Algorithm;

std::vector<FieldMetadata> fields() {
  return {
      {.key = "public_key",
       .help = "API public key of the account or of a user of it; sent in clear with each call",
       .required = true,
       .example = "{ env: UCLOUD_PUBLIC_KEY }"},
      {.key = "private_key",
       .help = "API private key of the same pair",
       .secret = true,
       .required = true,
       .example = "{ file: /etc/certferry/ucloud.secret }"},
      {.key = "project_id",
       .help = "org-…; needed with the keys of a sub-account, else the default project's",
       .example = "org-xyz"},
      {.key = "region",
       .help =
           "product us3 only, which needs it: the region of the buckets; those of another region "
           "take an account of their own",
       .example = "cn-bj2"},
      {.key = "security_token",
       .help = "only with a temporary pair of STS, which ends within hours",
       .secret = true},
  };
}

ProductMetadata product(std::string_view id,
                        std::string_view title,
                        std::vector<Exemption> exempt = {}) {
  exempt.push_back({"JobFailed",
                    "what a deployment that fails after the yes looks like is not published and "
                    "not emulated: the edge alone tells"});
  exempt.push_back({"MissingPermissionIsNamed",
                    "what its policies call each action was not found; the action is named"});
  return {.id = id,
          .title = title,
          .store = StoreKind::kIds,
          .confirm = {.rounds = 3,
                      .spread = minutes(2),
                      .deadline = minutes(30),
                      .retry_interval = seconds(15)},
          .accepted_keys = {{Algorithm::kRsa, 2048},
                            {Algorithm::kRsa, 3072},
                            {Algorithm::kRsa, 4096},
                            {Algorithm::kEcdsa, 256},
                            {Algorithm::kEcdsa, 384}},
          .proof = "signed, emulated",
          .exempt = std::move(exempt)};
}

std::vector<ProductMetadata> products() {
  return {product("ucdn", "UCloud UCDN"),
          product("us3",
                  "UCloud US3, domains of buckets",
                  {{"DomainOffline", "a domain of a bucket is there or is not: it has no state"}})};
}

std::vector<Oddity> oddities() {
  return {
      {.what = "A signature is a SHA-1 over all parameters and the private key, without time or "
               "nonce: a request would be taken for ever, so it goes in the body and never in a "
               "URL",
       .evidence = "docs: summary/signature; src/signing/ucloud_test.cpp has its example"},
      {.what = "A failure is HTTP 200 with a RetCode other than 0. 171 (signature) and 172 (public "
               "key) are about the keys",
       .evidence = "docs: summary"},
      {.what =
           "153 is taken for too many calls, 170 and 174 for keys or a session that are not right, "
           "294, 295 and 299 for a permission that is missing, 292 for a project that is not "
           "there, and 110, 130 and 150 for calls whose outcome nobody knows",
       .evidence = "tables of codes that others made",
       .confirmed = false},
      {.what = "Certificate and key are sent as base64 of PEM, with an MD5 over the two texts of "
               "base64 in a row",
       .evidence = "docs: upload_normal_certificate; ucloud-sdk-go"},
      {.what = "A certificate that is stored already is refused (80035), whatever its name. It is "
               "looked for in the list by ours; one that somebody else stored under another name "
               "is in the way",
       .evidence = "docs: upload_normal_certificate; certimate"},
      {.what = "How long a name may be is not said, so a label is written in a shorter form of 62 "
               "characters",
       .evidence = "docs: CertificateName has no limit",
       .confirmed = false},
      {.what = "DownloadCertificate would tell whether a certificate is the same, by an archive "
               "behind another address; it is not asked for. A certificate that somebody else "
               "stored is used only when its name says which it is",
       .evidence = "docs: download_certificate"},
      {.what = "What was uploaded has the mode trust; what was bought there is not listed, and "
               "never deleted",
       .evidence = "docs: get_certificate_list, Mode"},
      {.what = "Whether a certificate that is used can be deleted is not said, so UCDN's domains "
               "are asked before, and US3 where the account has a region; other products "
               "(ULB, PathX, WAF) keep copies or are not asked",
       .evidence = "docs: delete_ssl_certificate names no such error",
       .confirmed = false},
      {.what =
           "US3 is asked region by region, so an account without `region:` has none of it; each "
           "region takes an account of its own. Two accounts of one project share USSL, where "
           "a certificate is stored once: the second uses what the first has stored, which its "
           "name tells, and never deletes it",
       .evidence = "docs: ufile-api, Region",
       .confirmed = false},
      {.what = "A domain of UCDN shows its certificates by name, and a change wants number and "
               "name; a name "
               "that no certificate in USSL has, or several, stands for something unknown",
       .evidence = "docs: get_ucdn_domain_config, CertNameCn"},
      {.what = "China and the rest of the world have a certificate each; a change names the areas "
               "that the domain serves and no other, and turns HTTPS on there",
       .evidence = "docs: update_ucdn_domain_https_config_v2; certimate passes what is there on"},
      {.what =
           "The list of domains has names and numbers alone; their settings are asked for fifty "
           "at once",
       .evidence = "docs: get_ucdn_domain_config, DomainId.N; how many it takes is not said",
       .confirmed = false},
      {.what = "A change of HTTPS is taken to leave everything else as it is",
       .evidence = "the call has parameters for HTTPS alone",
       .confirmed = false},
      {.what = "A domain whose status is deploying is served as before",
       .evidence = "docs: get_ucdn_domain_config, Status",
       .confirmed = false},
      {.what = "A wildcard is written *.example.com; .example.com is understood in lists too",
       .evidence = "docs: samples",
       .confirmed = false},
      {.what = "Rates are not published; 5 calls a second, two at a time, and lists that lag 5 s "
               "are guesses",
       .evidence = "the SDK repeats on HTTP 429",
       .confirmed = false},
      {.what = "UCDN's own store of certificates and load balancers are not here",
       .evidence = "their certificates are not shown by number"},
      {.what = "US3 keeps a copy of the certificate under each domain, with the name that it was "
               "given and its PEM; which of USSL's it is, is told by comparing the leaf with what "
               "names there say. A copy of any other is shown as own:NAME and its fingerprint",
       .evidence = "docs: describe_ufile_ssl_cert"},
      {.what = "DescribeUFileSSLCert answers with private keys: what it answers is never quoted, "
               "nor kept",
       .evidence = "docs: UFileSSLCert.CertificateKey"},
      {.what =
           "A domain of US3 that has no certificate is given one by its number in USSL "
           "(AddUFileSSLCert); one that has one is given PEM, since UpdateUFileSSLCert takes no "
           "number. What another client finds out first, 15081 or 15082, is taken for the other "
           "of the two",
       .evidence = "docs: add_ufile_ssl_cert, update_ufile_ssl_cert; certimate and certd use one "
                   "each; the codes are of a table that others made",
       .confirmed = false},
      {.what = "So a certificate of US3 that was replaced can come back only while its files are "
               "here, as those that were deployed from here are for a time",
       .evidence = "docs: update_ufile_ssl_cert"},
      {.what =
           "Keys are sent to US3 as PKCS#1 or SEC1 has them: that is the form that the "
           "documents show. US3's say RSA alone; ECDSA is sent too, and refused if it has to be",
       .evidence = "docs: add_ufile_ssl_cert, CertificateKey; alb/guide/security-management",
       .confirmed = false},
      {.what =
           "The domains of a bucket are its CustomSrc; CustomCdn are UCDN's. The document calls "
           "their list an array and shows an object, and both are read",
       .evidence = "docs: describe_bucket, UFileDomainSet"},
      {.what =
           "Whether a bucket takes a wildcard for a domain is not said; one that is listed is a "
           "target",
       .evidence = "docs: bind_bucket_domain",
       .confirmed = false},
      {.what = "The list of buckets has no count, so it ends with the first page that is not full",
       .evidence = "docs: describe_bucket"},
      {.what =
           "A bucket that denies its certificates is listed by its own name and left alone; when "
           "all of them do, the account is told what it lacks",
       .evidence = "rights are given by project; no document tells of a bucket's own",
       .confirmed = false},
      {.what =
           "The SDK for Node is not in the npm registry: nothing of the vendor's was run against "
           "the emulator",
       .evidence = "ucloud-sdk-js 0.2.3; the signature's own example is a test"},
  };
}

}  // namespace

const ProviderMetadata& ucloud_metadata() {
  static const ProviderMetadata kMetadata = {
      .id = "ucloud",
      .name = "UCloud",
      .native_name = "优刻得",
      .endpoint = "https://api.ucloud.cn",
      .keys_url = "https://console.ucloud.cn/uapi/apikey",
      .documents = {"https://docs.ucloud.cn/api/summary/signature",
                    "https://docs.ucloud.cn/api/usslcertificate-api/upload_normal_certificate",
                    "https://docs.ucloud.cn/api/usslcertificate-api/get_certificate_list",
                    "https://docs.ucloud.cn/api/ucdn-api/get_ucdn_domain_config",
                    "https://docs.ucloud.cn/api/ucdn-api/update_ucdn_domain_https_config_v2",
                    "https://docs.ucloud.cn/api/ufile-api/describe_bucket",
                    "https://docs.ucloud.cn/api/ufile-api/describe_ufile_ssl_cert",
                    "https://docs.ucloud.cn/api/ufile-api/add_ufile_ssl_cert",
                    "https://docs.ucloud.cn/api/ufile-api/update_ufile_ssl_cert"},
      .fields = fields(),
      .products = products(),
      .limits = {.calls_per_second = 5,
                 .burst = 5,
                 .max_in_flight = 2,
                 .list_consistency = seconds(5)},
      .oddities = oddities(),
  };
  return kMetadata;
}

}  // namespace certferry
