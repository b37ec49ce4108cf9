#include "providers/wangsu/metadata.h"

namespace certferry {

namespace {

using Algorithm = KeyType::Algorithm;

std::vector<FieldMetadata> fields() {
  return {
      {.key = "access_key",
       .help = "AccessKey (AK) of the account or of a user of it; sent in clear with each call",
       .required = true,
       .example = "{ env: WANGSU_ACCESS_KEY }"},
      {.key = "secret_key",
       .help = "SecretKey (SK) of the same pair; the API key of older accounts is something else",
       .secret = true,
       .required = true,
       .example = "{ file: /etc/certferry/wangsu.secret }"},
  };
}

std::vector<ProductMetadata> products() {
  return {{
      .id = "cdn",
      .title = "Wangsu CDN",
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
                 {"WhatAnotherProductUsesIsKept",
                  "the account has one product here; the store refuses to delete what is used"},
                 {"MissingPermissionIsNamed",
                  "the vendor does not publish what its permissions are called; the call is "
                  "named"}},
  }};
}

std::vector<Oddity> oddities() {
  return {
      {.what = "Each call is signed with CNC-HMAC-SHA256 by the pair of AccessKey and SecretKey; "
               "the older Basic scheme, by a name and the API key, is not used",
       .evidence = "docs: api-authentication; certimate, dnsmgr"},
      {.what = "The type of the body is signed even where there is no body, so it is always sent",
       .evidence = "certimate and dnsmgr do so; src/signing/wangsu_test.cpp"},
      {.what =
           "How far a clock may be off is not said; a wrong one is taken to be refused as wrong "
           "keys are",
       .evidence = "docs: api-authentication name no tolerance",
       .confirmed = false},
      {.what = "Certificates are listed, stored and deleted by the calls of the vendor's own "
               "Terraform provider, for its list says which domains use each one, and its upload "
               "answers with the number; the older upload gives an address in a header instead",
       .evidence = "wangsu-sdk-go, ssl/certificate; certimate, dnsmgr use the older ones"},
      {.what = "The list of certificates has no pages",
       .evidence = "wangsu-sdk-go, QueryCertificateListForTerraformRequest has a name only"},
      {.what = "Its dates are in China's time, to the second",
       .evidence = "wangsu-sdk-go: certificate effective end time (CST)"},
      {.what = "It has a serial number and no fingerprint; clients write that number in different "
               "ways. A certificate that somebody else stored is therefore used only when its name "
               "says which it is",
       .evidence =
           "wangsu-sdk-go, certificateSerial; dnsmgr and certimate differ in leading zeros"},
      {.what = "A name is unique: an upload that was sent twice is refused, and its first one is "
               "looked for in the list. With which words is not known",
       .evidence = "wangsu-sdk-go: unique to customer granularity; dnsmgr renames the older one",
       .confirmed = false},
      {.what = "How long a name may be is not said, so a label is written in a shorter form of 62 "
               "characters, with dashes and underscores",
       .evidence = "names of dnsmgr have dots and dashes",
       .confirmed = false},
      {.what = "A certificate that a domain uses is not deleted",
       .evidence = "wangsu-sdk-go, Deletecertificate: cannot be deleted if it is in use"},
      {.what = "With which code and words is not known, so any that speak of use are taken for it",
       .evidence = "the codes are not published",
       .confirmed = false},
      {.what = "The list of domains says nothing of certificates; of several certificates that a "
               "domain has, the one that was stored last is taken for its own",
       .evidence = "wangsu-sdk-go, GetFuzzyPagingDomainListResponse; domains may have several",
       .confirmed = false},
      {.what = "One call binds one certificate to many domains; one domain is given to it. It "
               "changes the certificate and nothing else",
       .evidence = "wangsu-sdk-go, Batchupdatedomaincertconfig; certimate",
       .confirmed = false},
      {.what = "Its yes means that the change was accepted; nodes take 10 to 30 minutes",
       .evidence = "certimate and dnsmgr ask nothing after it",
       .confirmed = false},
      {.what = "A certificate could be replaced under its number, for all of its domains at once. "
               "That is not done: there would be nothing to go back to",
       .evidence = "docs: PUT /api/certificate/ID; dnsmgr"},
      {.what = "A wildcard is written .example.com", .evidence = "certimate, wangsu-cdn"},
      {.what = "A domain whose status is deploying is served as before",
       .evidence = "wangsu-sdk-go, domainStatus",
       .confirmed = false},
      {.what = "A success has the code 0; a word for it and a status of success are taken as "
               "well",
       .evidence = "wangsu-sdk-go: Response code, 0 means successful; domainList speaks of 202",
       .confirmed = false},
      {.what =
           "What failures mean is read off their HTTP status and their words, for the codes are "
           "not published",
       .evidence = "clients look at the status alone",
       .confirmed = false},
      {.what = "Rates are not published; 5 calls a second, two at a time, and lists that lag 5 s "
               "are guesses",
       .evidence = "the Terraform provider waits 2 s after an upload",
       .confirmed = false},
      {.what =
           "CDN Pro is another product with certificates of its own, in versions, and keys that "
           "are sent encrypted; it is not here",
       .evidence = "docs: api-doc/27034"},
      {.what = "There is no SDK for Node: nothing of the vendor's was run against the emulator. "
               "Signatures equal those of two other clients",
       .evidence = "the SDKs are for Go and Python; src/signing/wangsu_test.cpp"},
  };
}

}  // namespace

const ProviderMetadata& wangsu_metadata() {
  static const ProviderMetadata kMetadata = {
      .id = "wangsu",
      .name = "Wangsu",
      .native_name = "网宿科技",
      .endpoint = "https://open.chinanetcenter.com",
      .keys_url = "https://console.wangsu.com/",
      .documents = {"https://www.wangsu.com/document/openapi/api-authentication",
                    "https://www.wangsu.com/document/api-doc/37447",
                    ("https://www.wangsu.com/document/api-doc/22675"
                     "?productCode=certificatemanagement"),
                    "https://github.com/wangsu-api/wangsu-sdk-go"},
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
