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
       .help = "for custom hostnames, the name of the zone that customers point theirs at; the "
               "edge is asked there, so that a hostname is confirmed before its customer moves. "
               "Without it the edge is asked where the hostname itself leads",
       .example = "customers.saas.example"},
  };
}

constexpr ConfirmSettings kConfirm{
    .rounds = 3, .spread = minutes(1), .deadline = minutes(15), .retry_interval = seconds(5)};

std::vector<KeyType> accepted_keys() {
  return {{Algorithm::kRsa, 2048},
          {Algorithm::kRsa, 3072},
          {Algorithm::kRsa, 4096},
          {Algorithm::kEcdsa, 256},
          {Algorithm::kEcdsa, 384}};
}

constexpr Exemption kNoJob{
    "JobFailed",
    "its yes to a change is final: the list shows the new certificate from then on, "
    "and how far the edge has got stands beside it"};

ProductMetadata zone() {
  std::vector<Exemption> exempt = without_store();
  std::erase_if(exempt, [](const Exemption& one) { return one.which == "StoreFull"; });
  for (Exemption& one : exempt) {
    one.why = "an upload is the bind itself, so nothing is stored that serves no host";
  }
  exempt.push_back(kNoJob);
  return {
      .id = "zone",
      .title = "Cloudflare custom certificates of a zone",
      .store = StoreKind::kInline,
      .confirm = kConfirm,
      .accepted_keys = accepted_keys(),
      .proof = "emulated",
      .exempt = std::move(exempt),
  };
}

ProductMetadata saas() {
  std::vector<Exemption> exempt = without_store();
  exempt.push_back(kNoJob);
  exempt.push_back({"WildcardName",
                    "a custom hostname is one exact name; ssl.wildcard adds the names below it"});
  return {
      .id = "saas",
      .title = "Cloudflare for SaaS custom hostnames",
      .store = StoreKind::kInline,
      .confirm = kConfirm,
      .accepted_keys = accepted_keys(),
      .proof = "emulated",
      .exempt = std::move(exempt),
  };
}

constexpr std::string_view kPolicy =
    R"(My Profile > API Tokens > Create Token > Create Custom Token
  Permissions     Zone | SSL and Certificates: Edit
                  Zone | DNS: Read     (for `zone` alone, so that its names are known)
                  Zone | Zone: Read    (the same without DNS: Read, so that its apex is known)
  Zone Resources  Include | Specific zone | the zone with the certificates or custom hostnames
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
           "zone: an uploaded certificate serves all hosts that it is for; there is no other "
           "binding. One is replaced in place by PATCH, with no gap, and Cloudflare keeps nothing "
           "to go back to. What was sent is kept here, sealed, for that",
       .evidence = "docs: custom certificates, uploading: update an existing one"},
      {.what =
           "zone: neither fingerprint nor serial of a custom certificate is told, only hosts, end, "
           "issuer and signature. One with the names of a bundle that was set from here, or some "
           "of "
           "them, which ends in the same second is taken for it; of several like that for none. "
           "That decides what is sent, never what counts as served: the handshake does, and where "
           "it shows another certificate with those names and that end, it is believed",
       .evidence = "docs: custom certificates, list; that hosts are the certificate's names, all "
                   "or those of the zone, and expires_on its own end, was not seen",
       .confirmed = false},
      {.what =
           "zone: after a PATCH an sni_custom certificate has another id and a legacy_custom one "
           "keeps it; an id is never kept beyond a run. An answer does not say which of the two a "
           "certificate is, and a PATCH does not change it. New ones are sni_custom",
       .evidence = "docs: custom certificates, edit; terraform-provider-cloudflare #1025, #1806, "
                   "#5555. The documentation of another client says that the id stays, which would "
                   "do as well",
       .confirmed = false},
      {.what =
           "zone: a certificate's hosts become those of what replaces it. So nothing is sent when "
           "the one that serves the host also serves others that the bundle is not for, and they "
           "are named. A host that only a wildcard serves gets a certificate of its own beside it, "
           "if the bundle is for none of the hosts that are there",
       .evidence = "docs: certificate and hostname priority: the more specific one is served"},
      {.what =
           "zone: hosts with several certificates count as offline, and nothing is sent to them: "
           "an RSA and an ECDSA one are served side by side, by what a client can take, of others "
           "the last uploaded is served unless one was deleted, and legacy before modern; the "
           "list tells neither key nor kind. The same goes for Keyless SSL, for a status that is "
           "not known and for an end that is not told. One that is on its way, beside the one that "
           "it replaces, is what the host is set to",
       .evidence = "docs: custom certificates, certificate packs; certificate and hostname "
                   "priority. How a list looks while one replaces another was not seen",
       .confirmed = false},
      {.what =
           "zone: what a PATCH leaves out may be reset: without bundle_method it was 'ubiquitous', "
           "which refuses a chain of a private authority (2100). So bundle_method, "
           "geo_restrictions and policy are read and sent again, and compared afterwards. A new "
           "certificate gets those of the one that served the host, else 'force', which serves "
           "the chain that was checked here",
       .evidence = "terraform-provider-cloudflare #5454, #6870; docs: bundle methodologies. That "
                   "policy is told as policy_restrictions stands in the API's description alone",
       .confirmed = false},
      {.what =
           "zone: a certificate that ends within 14 days is refused, so it is not sent, and "
           "nothing can be put back that has less than that left. What lives for six days cannot "
           "be used in a zone",
       .evidence = "docs: custom certificates, certificate requirements"},
      {.what = "zone: the very certificate that the zone has already is refused with 1220: it is "
               "looked for, and taken for set if the host is served one that is like it",
       .evidence = "docs: custom certificates, troubleshooting"},
      {.what =
           "zone: the names are those of DNS records and the hosts of certificates. Where "
           "records may be read, a host without a proxied one counts as switched off; that of "
           "a load balancer or a Spectrum application may be missing among records, so such a "
           "zone's token does without DNS: Read. Then the hosts of certificates and the apex are "
           "all that is known, a wildcard is looked at under a name that may not exist (give its "
           "addresses in `settings: resolve:`), and names of SANs that lead elsewhere go under "
           "`except:`",
       .evidence = "docs: DNS records, list; what it shows of load balancers was not seen",
       .confirmed = false},
      {.what = "zone: custom certificates take a Business or Enterprise plan (1011 says that it is "
               "none), and there are so many to a zone (1212, 2005); a replacement takes no place",
       .evidence =
           "docs: custom certificates, troubleshooting and renewal; 1011 by another client"},
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
      .documents =
          {"https://developers.cloudflare.com/api/resources/custom_certificates/",
           "https://developers.cloudflare.com/ssl/edge-certificates/custom-certificates/",
           "https://developers.cloudflare.com/api/resources/custom_hostnames/",
           "https://developers.cloudflare.com/cloudflare-for-platforms/cloudflare-for-saas/",
           "https://developers.cloudflare.com/fundamentals/api/reference/limits/"},
      .fields = fields(),
      .products = {zone(), saas()},
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
