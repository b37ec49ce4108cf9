#include "providers/baishan/metadata.h"

namespace certferry {

namespace {

using Algorithm = KeyType::Algorithm;

std::vector<FieldMetadata> fields() {
  return {{.key = "api_token",
           .help = "the account's API token, which may do all that the API can",
           .secret = true,
           .required = true,
           .example = "{ file: /etc/certferry/baishan.token }"}};
}

std::vector<ProductMetadata> products() {
  return {{
      .id = "cdn",
      .title = "BaishanCloud CDN",
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
      .proof = "emulated",
      .exempt = {{"JobFailed",
                  "what a deployment that fails after the yes looks like is not published and not "
                  "emulated: the edge alone tells"},
                 {"ProductsOfOneAccountShareTheUpload", "the account has one product here"},
                 {"WhatAnotherProductUsesIsKept", "the account has one product here"},
                 {"MissingPermissionIsNamed",
                  "a token has no permissions that are known; the call is named"}},
  }};
}

std::vector<Oddity> oddities() {
  return {
      {.what =
           "The token is a parameter of each URL and all that a request is known by. It is kept "
           "apart from the URL until curl writes the request, and no error quotes an answer, "
           "for an answer may repeat the URL: the code is shown, the vendor's words are not",
       .evidence = "Terraform provider of EdgeNext, api_client.go; certimate; dnsmgr"},
      {.what = "The calls to list and to delete certificates are those that EdgeNext's own "
               "Terraform provider makes. It is taken for the same platform abroad, for paths, "
               "members and token are the same; at cdn.api.baishan.com nobody was seen to make "
               "them",
       .evidence = "Terraform provider of EdgeNext, service_en_ssl_certificate.go",
       .confirmed = false},
      {.what = "The list of certificates shows their private keys. Nothing of it is quoted or kept",
       .evidence = "Terraform provider of EdgeNext, SslCertificateDataV2"},
      {.what = "A certificate that is stored already is refused (400699, 'this certificate is "
               "exists, cert_id is (N)'), whatever its name. The id in the words is not used: the "
               "list tells whether it was we who stored it, and a stranger's is never ours to "
               "delete",
       .evidence = "certimate; certd"},
      {.what =
           "There is no fingerprint, but the certificate itself: ours are known by their names, "
           "others by it",
       .evidence = "Terraform provider of EdgeNext, SslCertificateDataV2"},
      {.what =
           "An upload with a cert_id replaces that certificate for all its domains at once, with "
           "nothing to go back to. A new one is stored instead and each domain pointed at it, "
           "so that each is confirmed and can be undone",
       .evidence = "dnsmgr replaces; certimate does either"},
      {.what = "HTTPS settings are written as a whole: those that were read (force_https, http2, "
               "ocsp, ssl_protocol and whatever else is there) go back beside the certificate",
       .evidence =
           "certimate sends three of them back; EdgeNext's provider knows ssl_protocol too"},
      {.what =
           "The list of domains does not say what they serve; their settings are asked for fifty "
           "at once. A domain that is missing from the answer is an error, never one without "
           "a certificate",
       .evidence = "Terraform provider of EdgeNext, GetDomainConfig; how many it takes is not said",
       .confirmed = false},
      {.what = "The settings of a domain that the account does not have are an empty list: a bind "
               "says that it is not there, and sends nothing",
       .evidence = "Terraform provider of EdgeNext, GetDomainConfig",
       .confirmed = false},
      {.what = "An object that is empty is written as an empty list; the list of domains may be "
               "wrapped in another list; ids and counts come as numbers and as text",
       .evidence = "Terraform provider of EdgeNext, ConfigItem and FlexibleInt; certimate"},
      {.what =
           "serving and deploying are taken for domains that are served, suspend for one that is "
           "switched off; deleted ones are left out",
       .evidence = "Terraform provider of EdgeNext, DomainData",
       .confirmed = false},
      {.what =
           "A wildcard is written .example.com; it is read in both spellings, and sent as it was "
           "listed",
       .evidence = "certimate"},
      {.what = "Only 400699 is known among the codes. The first three digits of six are taken for "
               "what they mean in HTTP; then words decide",
       .evidence = "codes that clients print",
       .confirmed = false},
      {.what = "Whether a certificate that is used can be deleted is not known, so the domains are "
               "asked before; other products of the platform are not",
       .evidence = "Terraform provider of EdgeNext, associated_domains",
       .confirmed = false},
      {.what =
           "Keys of elliptic curves, rates, the limit of certificates, how long names may be and "
           "how long lists lag are not known; 2 calls a second, one at a time, 62 "
           "characters and 5 s are guesses",
       .evidence = "no client says any of it",
       .confirmed = false},
      {.what =
           "Dates have no zone. They are read only where the certificate itself is not shown, so "
           "that they fit UTC and China's time",
       .evidence = "Terraform provider of EdgeNext, samples in its tests",
       .confirmed = false},
      {.what = "The vendor has no client for Node; nothing of its own could be let loose on the "
               "emulator",
       .evidence = "its clients are for Go, Java, PHP and Python"},
  };
}

}  // namespace

const ProviderMetadata& baishan_metadata() {
  static const ProviderMetadata kMetadata = {
      .id = "baishan",
      .name = "BaishanCloud",
      .native_name = "白山云",
      .endpoint = "https://cdn.api.baishan.com",
      .keys_url = "https://portal.baishancloud.com/",
      .documents = {"https://portal.baishancloud.com/track/document/downloadPdf/1441",
                    "https://github.com/edgenextapisdk/terraform-provider-edgenext"},
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
