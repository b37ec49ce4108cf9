#include "providers/cloudflare/metadata.h"

#include "providers/common/in_place.h"

namespace certferry {

namespace {

using Algorithm = KeyType::Algorithm;

std::vector<FieldMetadata> fields() {
  return {
      {.key = "zone_id",
       .help = "32 digits from the zone's overview page; one account here is one zone, as a token "
               "that may do no more than it has to is made for one",
       .required = true,
       .example = "023e105f4ecef8ad9ca31a8372d0c353"},
      {.key = "api_token",
       .help = "an API token with the permissions below, for this zone alone; not the global API "
               "key, which may do everything",
       .secret = true,
       .required = true,
       .example = "{ file: /etc/certferry/cloudflare.token }"},
      {.key = "cname_target",
       .help = "the name of the zone that customers point theirs at; the edge is asked there, so "
               "that a hostname is confirmed before its customer moves. Without it the edge is "
               "asked where the hostname itself leads",
       .example = "customers.saas.example"},
  };
}

std::vector<ProductMetadata> products() {
  std::vector<Exemption> exempt = without_store();
  exempt.push_back(
      {"JobFailed",
       "its yes to a change is final: the list shows the new certificate from then on, "
       "and how far the edge has got stands beside it"});
  exempt.push_back({"WildcardName",
                    "a custom hostname is one exact name; ssl.wildcard adds the names below it"});
  return {{
      .id = "saas",
      .title = "Cloudflare for SaaS custom hostnames",
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

constexpr std::string_view kPolicy =
    R"(My Profile > API Tokens > Create Token > Create Custom Token
  Permissions     Zone | SSL and Certificates: Edit
  Zone Resources  Include | Specific zone | the zone with the custom hostnames
)";

std::vector<Oddity> oddities() {
  return {
      {.what =
           "A custom hostname holds its certificate itself: it is replaced in place by PATCH, with "
           "no gap, and Cloudflare keeps nothing to go back to. What was sent is kept here, "
           "sealed, "
           "for that",
       .evidence = "docs: custom hostnames, edit; Cloudflare for SaaS, custom certificates"},
      {.what =
           "type and method have to be sent with every change of ssl, or error 1434 comes; that "
           "settings left out would stay is not relied on: the block is read and sent again",
       .evidence = "docs: custom hostnames, edit; that what is left out stays was not seen",
       .confirmed = false},
      {.what =
           "bundle_method stays as it is. 'force' serves the chain that is sent, the other two let "
           "Cloudflare choose another; a hostname without one gets force",
       .evidence = "docs: uploading custom certificates"},
      {.what =
           "Which certificate a hostname has stands in ssl.certificates, each with "
           "fingerprint_sha256 and issued_on; the current reference leaves that list out, and "
           "names "
           "custom_certificate, from which the fingerprint is computed where the list has none. A "
           "hostname whose certificate is told in neither way counts as offline, and nothing is "
           "sent to it",
       .evidence = "answers that a client of the API declares; docs: custom hostnames, list",
       .confirmed = false},
      {.what =
           "A hostname may have two uploaded certificates, one RSA and one ECDSA "
           "(custom_cert_bundle). A single one would take the place of both, so a hostname with "
           "two "
           "is refused before anything is sent; what Cloudflare issued itself, which comes as two "
           "as well, is replaced",
       .evidence = "docs: custom hostnames, edit; that certificate_authority tells which is which "
                   "where nothing speaks of an upload was not seen",
       .confirmed = false},
      {.what = "Certificates of one's own for custom hostnames take an Enterprise plan; an answer "
               "that says so is told as that",
       .evidence = "docs: Cloudflare for SaaS, custom certificates; its code is not published",
       .confirmed = false},
      {.what = "A hostname is served when its status is active or active_redeploying; one that is "
               "still to be validated is not, and one that has moved away or is deleted counts as "
               "switched off",
       .evidence = "docs: custom hostnames, list"},
      {.what = "Codes 10000 and 9109 stand for a token that is none and for one that may not do "
               "this; the status (401 or 403) and the words tell which",
       .evidence = "docs: API troubleshooting; reports of users",
       .confirmed = false},
      {.what =
           "Over 1200 calls in five minutes all calls of the token are refused for the next five "
           "(429, with Retry-After); 3 calls a second stay below that",
       .evidence = "docs: API rate limits"},
      {.what = "Lists are asked for 50 a page, which is the documented most",
       .evidence = "docs: custom hostnames, list"},
      {.what =
           "Certificates of the zone itself (custom_certificates) are not handled. Their upload "
           "is their binding, an answer never says which certificate it is about, and the id "
           "changes with each renewal, so that nothing could be shown to be done or undone",
       .evidence =
           "docs: custom certificates, create and edit; terraform-provider-cloudflare #1025"},
      {.what =
           "An e-mail address with a global API key is not taken: that key may do everything in "
           "every zone",
       .evidence = "docs: API keys (legacy)"},
  };
}

}  // namespace

const ProviderMetadata& cloudflare_metadata() {
  static const ProviderMetadata kMetadata = {
      .id = "cloudflare",
      .name = "Cloudflare",
      .endpoint = "https://api.cloudflare.com",
      .keys_url = "https://dash.cloudflare.com/profile/api-tokens",
      .documents = {"https://developers.cloudflare.com/api/resources/custom_hostnames/",
                    "https://developers.cloudflare.com/cloudflare-for-platforms/"
                    "cloudflare-for-saas/security/"
                    "certificate-management/custom-certificates/",
                    "https://developers.cloudflare.com/fundamentals/api/reference/limits/"},
      .fields = fields(),
      .products = products(),
      .policy = kPolicy,
      .limits = {.calls_per_second = 3,
                 .burst = 5,
                 .max_in_flight = 2,
                 .list_consistency = seconds(5)},
      .oddities = oddities(),
  };
  return kMetadata;
}

}  // namespace certferry
