#include "providers/bunny/metadata.h"

#include "providers/common/in_place.h"

namespace certferry {

namespace {

using Algorithm = KeyType::Algorithm;

std::vector<FieldMetadata> fields() {
  return {{.key = "access_key",
           .help = "the account's API key; it may do everything in the account, and the vendor has "
                   "none that may do less",
           .secret = true,
           .required = true,
           .example = "{ file: /etc/certferry/bunny.key }"}};
}

std::vector<ProductMetadata> products() {
  std::vector<Exemption> exempt = without_store();
  exempt.push_back({"JobFailed", "its yes to a bind is final: no job ends later and says how"});
  exempt.push_back({"MissingPermissionIsNamed",
                    "there is one key, which may do everything; it is either right or wrong"});
  return {{
      .id = "cdn",
      .title = "bunny.net CDN pull zones",
      .store = StoreKind::kInline,
      .confirm = {.rounds = 3,
                  .spread = minutes(1),
                  .deadline = minutes(15),
                  .retry_interval = seconds(5)},
      .accepted_keys = {{Algorithm::kRsa, 2048},
                        {Algorithm::kRsa, 3072},
                        {Algorithm::kRsa, 4096},
                        {Algorithm::kEcdsa, 256},
                        {Algorithm::kEcdsa, 384}},
      .proof = "emulated",
      .exempt = std::move(exempt),
  }};
}

std::vector<Oddity> oddities() {
  return {
      {.what =
           "There are no certificates apart from hostnames: addCertificate replaces what the "
           "hostname has, with no gap, and the vendor keeps nothing to go back to. What was sent "
           "is kept here, sealed, for that",
       .evidence = "docs: pullzonepublic_addcertificate; certimate's client"},
      {.what = "removeCertificate before addCertificate would leave the hostname without TLS in "
               "between; it is never called",
       .evidence = "docs: pullzonepublic_removecertificate"},
      {.what = "Certificate and CertificateKey are base64 of the whole PEM text, chain included",
       .evidence = "docs: pullzonepublic_addcertificate; certimate's client"},
      {.what = "The list says which certificate a hostname has when it is asked to "
               "(includeCertificate); it is taken as PEM or as base64 of PEM. A hostname that has "
               "one which is not told counts as offline, and nothing is sent to it",
       .evidence =
           "docs: pullzonepublic_index; a client that shows it. In which of the two forms it "
           "comes was not seen",
       .confirmed = false},
      {.what =
           "The same list has a field for private keys. Whether it is ever filled is not known, "
           "so nothing of such an answer is quoted or kept",
       .evidence = "docs: pullzonepublic_index, CertificateKey; a client that takes it out",
       .confirmed = false},
      {.what =
           "Lists are asked for from page 1; without a page a bare list was seen in place of the "
           "one with its length",
       .evidence = "docs: quickstart, sample; reports of users",
       .confirmed = false},
      {.what = "20 zones a page, though 1000 may be asked for: with all settings and certificates "
               "the answer would pass what is read of one",
       .evidence = "docs: pullzonepublic_index"},
      {.what = "A wildcard is a hostname of its own, and only it takes its certificate",
       .evidence = "docs: pullzonepublic_addhostname"},
      {.what =
           "The vendor's own name of a zone (b-cdn.net) has the vendor's certificate and is left "
           "out; it is where the edge is asked for the others",
       .evidence = "docs: pullzonepublic_index, IsSystemHostname"},
      {.what = "A hostname with the vendor's free certificate takes ours in its place, and the "
               "vendor then no longer renews it",
       .evidence = "reports of users",
       .confirmed = false},
      {.what = "Which ErrorKey means what is not published; not_found in it is taken for that, and "
               "the status for all else",
       .evidence = "docs: API overview",
       .confirmed = false},
      {.what =
           "Rates and how long lists lag are not published; 2 calls a second, one at a time, and "
           "5 s are guesses, and so is what keys are taken",
       .evidence = "docs: API overview",
       .confirmed = false},
      {.what =
           "Nothing of the vendor's own could be let loose on the emulator: it has no client of "
           "its own for this API",
       .evidence = "docs: API overview"},
  };
}

}  // namespace

const ProviderMetadata& bunny_metadata() {
  static const ProviderMetadata kMetadata = {
      .id = "bunny",
      .name = "bunny.net",
      .endpoint = "https://api.bunny.net",
      .keys_url = "https://dash.bunny.net/account/api-key",
      .documents = {"https://docs.bunny.net/reference/pullzonepublic_addcertificate",
                    "https://docs.bunny.net/reference/pullzonepublic_index",
                    "https://docs.bunny.net/reference/bunnynet-api-overview"},
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
