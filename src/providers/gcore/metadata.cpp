#include "providers/gcore/metadata.h"

namespace certferry {

namespace {

using Algorithm = KeyType::Algorithm;

std::vector<FieldMetadata> fields() {
  return {{.key = "api_token",
           .help = "a permanent API token with the role below, 'number$digits' as a whole",
           .secret = true,
           .required = true,
           .example = "{ file: /etc/certferry/gcore.token }"}};
}

std::vector<ProductMetadata> products() {
  return {{
      .id = "cdn",
      .title = "Gcore CDN",
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
      .proof = "emulated",
      .exempt = {{"JobFailed",
                  "its yes to a bind is final: a resource is 'processed' for a while, and no job "
                  "ends with how"}},
  }};
}

constexpr std::string_view kPolicy = R"(Profile > API tokens > Create token
  Role        Engineers
  Expiration  a date that you will remember, or never
)";

std::vector<Oddity> oddities() {
  return {
      {.what = "The word before a permanent token is APIKey, not Bearer",
       .evidence = "docs: API tokens; gcore-go"},
      {.what = "The answer to an upload has the id by one client and no body by the official one. "
               "Without an id the list is asked for the name that was sent",
       .evidence = "acme.sh, deploy/gcore_cdn.sh; gcore-go, certificates.New",
       .confirmed = false},
      {.what = "A name is taken once in an account. Ours are drawn by chance, so one that is taken "
               "was stored by an upload whose answer was lost",
       .evidence = "docs: add SSL certificate"},
      {.what =
           "PUT of a certificate would replace it under its id, for every resource that uses it "
           "at once and with nothing to go back to. A new one is stored instead and each "
           "resource pointed at it, so that each is confirmed and can be undone",
       .evidence = "docs: change SSL certificate"},
      {.what = "Certificates that Gcore issues itself stand in the same list (automated). They are "
               "never changed or deleted; a resource that has one can be pointed at another",
       .evidence = "docs: SSL certificates, list"},
      {.what = "There is no fingerprint. Ours are known by their names; others by "
               "sslCertificateChain, where that begins with the leaf, which no sample shows",
       .evidence = "docs: SSL certificates, list",
       .confirmed = false},
      {.what = "A resource has one certificate for its cname and all its secondaryHostnames. One "
               "that does not cover each of them is refused before anything is sent",
       .evidence = "docs: CDN resources, list"},
      {.what = "PATCH changes what it names alone; PUT resets all that it leaves out and is never "
               "used",
       .evidence = "docs: change CDN resource; a client that sends PUT with less than it read"},
      {.what = "All resources are pointed at one name of the account, which /cdn/clients/me tells; "
               "the edge is asked there",
       .evidence = "docs: CDN service"},
      {.what =
           "Lists are asked for by limit and offset, and come as {count, results} or bare; a bare "
           "one as long as the limit is asked on, and ends when it repeats itself",
       .evidence = "docs: samples are bare; gcore-go",
       .confirmed = false},
      {.what = "Times are written 2016-09-17T18:06:01Z and 2016-09-17 18:06:01+00:00",
       .evidence = "docs: two versions of one sample"},
      {.what = "validate_root_ca is false: the chain was verified here before, with the roots that "
               "the configuration trusts",
       .evidence = "docs: add SSL certificate"},
      {.what = "How a delete of what is in use is refused is not known, nor whether it is: the "
               "resources are asked first, and HTTP 409 and words about related resources are "
               "looked for",
       .evidence = "docs: delete SSL certificate; hasRelatedResources",
       .confirmed = false},
      {.what = "Rates, the limit of certificates, how long names may be and how long lists lag are "
               "not published; 2 calls a second, one at a time, 62 characters and 5 s are guesses",
       .evidence = "docs: CDN API",
       .confirmed = false},
      {.what = "Name and password (POST /auth/jwt/login) are not taken: a token can be taken back",
       .evidence = "acme.sh uses them"},
      {.what = "The vendor has no client for Node; nothing of its own could be let loose on the "
               "emulator",
       .evidence = "docs: SDKs are for Go and Python"},
  };
}

}  // namespace

const ProviderMetadata& gcore_metadata() {
  static const ProviderMetadata kMetadata = {
      .id = "gcore",
      .name = "Gcore",
      .endpoint = "https://api.gcore.com",
      .keys_url = "https://portal.gcore.com/accounts/profile/api-tokens",
      .documents = {"https://gcore.com/docs/api-reference/cdn/ssl-certificates/add-ssl-certificate",
                    "https://gcore.com/docs/api-reference/cdn/cdn-resources/get-cdn-resources-list",
                    "https://gcore.com/docs/account-settings/"
                    "create-use-or-delete-a-permanent-api-token"},
      .fields = fields(),
      .products = products(),
      .policy = kPolicy,
      .limits = {.calls_per_second = 2,
                 .burst = 2,
                 .max_in_flight = 1,
                 .list_consistency = seconds(5)},
      .oddities = oddities(),
  };
  return kMetadata;
}

}  // namespace certferry
