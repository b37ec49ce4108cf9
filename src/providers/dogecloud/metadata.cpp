#include "providers/dogecloud/metadata.h"

namespace certferry {

namespace {

using Algorithm = KeyType::Algorithm;

std::vector<FieldMetadata> fields() {
  return {
      {.key = "access_key",
       .help = "AccessKey of the account's permanent key pair; sent in clear with each call",
       .secret = false,
       .required = true,
       .example = "{ env: DOGECLOUD_ACCESS_KEY }"},
      {.key = "secret_key",
       .help = "SecretKey of the same pair; it controls the whole account, so keep it like a root "
               "password",
       .secret = true,
       .required = true,
       .example = "{ file: /etc/certferry/dogecloud.secret }"},
  };
}

std::vector<ProductMetadata> products() {
  return {
      {.id = "cdn",
       .title = "DogeCloud CDN",
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
       .exempt = {{.which = "ListsOfThreePages", .why = "its lists come whole, without pages"},
                  {.which = "JobFailed",
                   .why = "its yes to a bind is final: no job ends later and says how"},
                  {.which = "MissingPermissionIsNamed",
                   .why = "its keys open the whole account; no permissions are known"},
                  {.which = "ProductsOfOneAccountShareTheUpload",
                   .why = "it has one product with certificates"},
                  {.which = "WhatAnotherProductUsesIsKept",
                   .why = "it has one product with certificates"}}},
  };
}

std::vector<Oddity> oddities() {
  return {
      {.what = "The signature covers target and body only and never expires, so whoever sees a "
               "request can repeat it",
       .evidence = "docs: api-access-token; certimate, certd and allinssl sign alike"},
      {.what =
           "Uploading the same certificate again stores it again under a new id; the note is the "
           "only field that tells them apart",
       .evidence = "certd issue 568"},
      {.what = "A note may hold letters, digits, dashes and at least 73 characters",
       .evidence = "allinssl uploads with a note of 9 + 64 characters"},
      {.what =
           "Our notes have 80 characters; should they be cut, uploads are still found by them, but "
           "never deleted",
       .evidence = "the longest note that any client is known to send has 73",
       .confirmed = false},
      {.what = "Lists come whole in one answer, without pages",
       .evidence = "certimate, certd and allinssl read them so"},
      {.what = "The certificate list may hold certificates of the platform's own automatic HTTPS",
       .evidence = "certd, allinssl"},
      {.what =
           "For some domains the answer to bind has no code though the certificate was bound, so "
           "it is read back",
       .evidence = "certd, switch for ignoring such answers"},
      {.what =
           "domain/config.json changes only the settings it is sent; it binds where bind.json is "
           "not to be had, and the domain's other settings are compared before and after",
       .evidence = "docs: sdk-full-python, binding a certificate"},
      {.what =
           "Deleting a certificate that a domain uses is refused; by which code is unknown, so it "
           "is told by the words",
       .evidence = "docs: api-cert-delete, quoted by a client's author",
       .confirmed = false},
      {.what =
           "Whether a failure's HTTP status repeats the code in its body is unknown, so both and "
           "the message count",
       .evidence = "docs: oss/api-introduction names the classes, not their codes",
       .confirmed = false},
      {.what = "Rate limit, certificate quota and how long lists lag are not published; 2 calls a "
               "second, one at a time, and 5 s are guesses on the safe side",
       .evidence = "clients pause 0.3 s after a delete and 0.5 s after an upload",
       .confirmed = false},
      {.what =
           "RSA 2048 and ECDSA P-256 are in use; RSA 3072 and 4096 and P-384 are only not known to "
           "be refused",
       .evidence = "certimate, certd and allinssl pass keys on unchanged",
       .confirmed = false},
      {.what =
           "A domain is served when its status is 'online'; of the other words only 'offline' is "
           "known",
       .evidence = "certimate, api_list_cdn_domain.go",
       .confirmed = false},
      {.what = "Wildcards are not documented as acceleration domains, and a client says that they "
               "are not supported. One that is listed is a target all the same; should the "
               "vendor refuse it, that is reported",
       .evidence = "certimate, DogeCloudCDNDeployerConfig.Domain",
       .confirmed = false},
      {.what =
           "Clients wait half a second before they bind what they have just stored. That is not "
           "done here: at 2 calls a second, a bind comes that much after the upload unless "
           "the burst lets it go at once, and one that comes too early is refused and sent "
           "again by a later run",
       .evidence = "certimate, certd; what the vendor answers then was not seen",
       .confirmed = false},
      {.what = "domain/info.json, which would say what one domain has, and the forms of "
               "domain/config.json that take a domain's id are not used: the list says it of all, "
               "and the form with a domain's name is the vendor's own",
       .evidence = "each seen in one script; docs: sdk-full-python",
       .confirmed = false},
      {.what = "Whether keys with fewer rights are to be had is unknown; none are known",
       .evidence = "docs: api-access-token speaks of one pair for the account",
       .confirmed = false},
      {.what = "One client also looks for certId and certificateId beside cert_id",
       .evidence = "seen in one client, never in an answer",
       .confirmed = false},
  };
}

}  // namespace

const ProviderMetadata& dogecloud_metadata() {
  static const ProviderMetadata kMetadata = {
      .id = "dogecloud",
      .name = "DogeCloud",
      .native_name = "多吉云",
      .endpoint = "https://api.dogecloud.com",
      .keys_url = "https://console.dogecloud.com/user/keys",
      .documents = {"https://docs.dogecloud.com/cdn/api-introduction",
                    "https://docs.dogecloud.com/cdn/api-access-token",
                    "https://docs.dogecloud.com/cdn/api-domain-list",
                    "https://docs.dogecloud.com/cdn/api-cert-list",
                    "https://docs.dogecloud.com/cdn/api-cert-upload",
                    "https://docs.dogecloud.com/cdn/api-cert-bind",
                    "https://docs.dogecloud.com/cdn/api-cert-delete",
                    "https://docs.dogecloud.com/cdn/sdk-full-python",
                    "https://docs.dogecloud.com/oss/api-introduction"},
      .fields = fields(),
      .products = products(),
      .limits = {.calls_per_second = 2,
                 .burst = 2,
                 .max_in_flight = 1,
                 .list_consistency = seconds(5)},
      .oddities = oddities(),
  };
  return kMetadata;
}

}  // namespace certferry
