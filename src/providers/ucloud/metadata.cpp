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
       .help = "products us3 and ulb only, which need it: the region of the buckets and load "
               "balancers; those of another region take an account of their own",
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
                  {{"DomainOffline", "a domain of a bucket is there or is not: it has no state"}}),
          product("ulb", "UCloud ULB, HTTPS listeners of ALB and CLB")};
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
      {.what =
           "Whether a certificate that is used can be deleted is not said, so UCDN's domains "
           "are asked before, and US3 and ULB where the account has a region; PathX and WAF keep "
           "copies or are not asked",
       .evidence = "docs: delete_ssl_certificate names no such error",
       .confirmed = false},
      {.what =
           "US3 and ULB are asked region by region, so an account without `region:` has neither; "
           "each region takes an account of its own. Two accounts of one project share USSL, where "
           "a certificate is stored once: the second uses what the first has stored, which its "
           "name tells, and never deletes it, nor the copies that it made of it in ULB",
       .evidence = "docs: ufile-api, ulb-api, Region",
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
      {.what = "UCDN's own store of certificates is not here",
       .evidence = "its certificates are not shown by number"},
      {.what = "US3 keeps a copy of the certificate under each domain, with the name that it was "
               "given and its PEM; which of USSL's it is, is told by comparing the leaf with what "
               "names there say. A copy of any other is shown as own:NAME and its fingerprint",
       .evidence = "docs: describe_ufile_ssl_cert"},
      {.what = "DescribeUFileSSLCert, DescribeSSLV2 and DescribeVServer answer with private keys: "
               "what they answer is never quoted, nor kept",
       .evidence = "docs: UFileSSLCert.CertificateKey, SSLInfo.SSLContent"},
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
           "Keys are sent to US3 and ULB as PKCS#1 or SEC1 has them: that is the form that the "
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
           "A bucket that denies its certificates is listed by its own name and left alone, and "
           "while there is one no certificate is deleted, for it may have any; when all of them "
           "do, the account is told what it lacks",
       .evidence = "rights are given by project; no document tells of a bucket's own",
       .confirmed = false},
      {.what =
           "ULB keeps certificates of its own, so each that goes there is copied into its list "
           "once, as certferry-DIGEST-NUMBER with USSL's number, within the 50 characters that a "
           "name has there. Retiring deletes such a copy first, and never what somebody else "
           "stored",
       .evidence = "docs: create_ssl; error code 4114"},
      {.what =
           "CreateSSL would import from USSL by a number (USSLId), whether its short or its long "
           "one is not said; the files are sent instead, as other clients do",
       .evidence = "ucloud-sdk-js, CreateSSLRequest.USSLId; certimate",
       .confirmed = false},
      {.what = "The names of a listener are those that its rules forward; where no rule names any, "
               "those that its certificates are for. Patterns and listeners without any name are "
               "listed by what they are called and left alone",
       .evidence = "docs: describe_listeners, HostConfig; describe_vserver, PolicySet"},
      {.what =
           "ALB presents, of the certificates added to a listener, one that is for the name, and "
           "else the default one; of several the one bound last, which no list tells. A name with "
           "several is listed with all of them, until a bind leaves one",
       .evidence = "docs: alb/guide/listeners/certificates"},
      {.what =
           "A certificate gives way to the new one in one call (UpdateSSLBinding, with load "
           "balancer and listener, without which it would be replaced all over the project), and "
           "only if the new one is for all names that it is needed for: of what was added from "
           "here those of rules, of anything else all that it is for, since the last rule forwards "
           "any name. A default one that has to stay does, and the new one is added beside it; "
           "anything else is refused before anything is sent. So a VServer takes no renewal that "
           "is for fewer names",
       .evidence = "docs: update_ssl_binding, add_ssl_binding; describe_listeners, "
                   "Rule.IsDefault; describe_vserver, PolicyType"},
      {.what =
           "UpdateSSLBinding is for listeners of ALB and VServers of the classic CLB; an earlier "
           "edition of its document has it for VServers alone and for those who ask for it. Where "
           "it is refused nothing has changed, and a VServer keeps what it has: to unbind first, "
           "as other clients do, would leave it without a certificate for a moment",
       .evidence = "docs: update_ssl_binding and its history; certimate",
       .confirmed = false},
      {.what =
           "A certificate that is added to a listener of ALB serves every name there that it is "
           "for, also such as are not configured here",
       .evidence = "docs: alb/guide/listeners/certificates"},
      {.what = "A host in a rule is a regular expression unless its MatchMode is Wildcard; one "
               "without any sign of an expression is taken for a name",
       .evidence = "docs: describe_rules; alb/guide/listeners/forwarding"},
      {.what =
           "A listener or VServer at another port than 443 is left alone, as nobody looks there; "
           "while it uses a copy this is not deleted",
       .evidence = "docs: describe_listeners, ListenerPort; describe_vserver, FrontendPort"},
      {.what = "An ALB in arrears is offline; of a CLB no list tells whether it serves",
       .evidence = "docs: describe_load_balancers, Status"},
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
                    "https://docs.ucloud.cn/api/ufile-api/update_ufile_ssl_cert",
                    "https://docs.ucloud.cn/api/ulb-api/describe_listeners",
                    "https://docs.ucloud.cn/api/ulb-api/describe_vserver",
                    "https://docs.ucloud.cn/api/ulb-api/describe_sslv2",
                    "https://docs.ucloud.cn/api/ulb-api/create_ssl",
                    "https://docs.ucloud.cn/api/ulb-api/add_ssl_binding",
                    "https://docs.ucloud.cn/api/ulb-api/update_ssl_binding",
                    "https://docs.ucloud.cn/ulb/alb/guide/listeners/certificates"},
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
