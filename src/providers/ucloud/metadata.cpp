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
      {.key = "security_token",
       .help = "only with a temporary pair of STS, which ends within hours",
       .secret = true},
  };
}

std::vector<ProductMetadata> products() {
  return {{
      .id = "ucdn",
      .title = "UCloud UCDN",
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
      .exempt = {{"JobFailed",
                  "what a deployment that fails after the yes looks like is not published and not "
                  "emulated: the edge alone tells"},
                 {"ProductsOfOneAccountShareTheUpload", "the account has one product here"},
                 {"WhatAnotherProductUsesIsKept", "the account has one product here"},
                 {"MissingPermissionIsNamed",
                  "what its policies call each action was not found; the action is named"}},
  }};
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
               "are asked before; other products (ULB, US3, PathX, WAF) keep copies or are not "
               "asked",
       .evidence = "docs: delete_ssl_certificate names no such error",
       .confirmed = false},
      {.what =
           "A domain shows its certificates by name, and a change wants number and name; a name "
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
      {.what = "UCDN's own store of certificates, load balancers and object storage are not here",
       .evidence = "their certificates are not USSL's, or not shown by number"},
      {.what = "There is no published SDK for Node: nothing of the vendor's was run against the "
               "emulator",
       .evidence = "the signature's own example is a test"},
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
                    "https://docs.ucloud.cn/api/ucdn-api/update_ucdn_domain_https_config_v2"},
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
