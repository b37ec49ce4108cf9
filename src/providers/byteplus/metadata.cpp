#include "providers/byteplus/metadata.h"

namespace certferry {

namespace {

using Algorithm = KeyType::Algorithm;

constexpr std::string_view kPolicy = R"({
  "Statement": [
    {
      "Effect": "Allow",
      "Resource": ["*"],
      "Action": [
        "cdn:ListCdnDomains",
        "cdn:ListCertInfo",
        "cdn:DescribeCdnConfig",
        "cdn:AddCertificate",
        "cdn:BatchDeployCert",
        "certificate_service:CertificateDeleteInstance"
      ]
    }
  ]
}
)";

std::vector<FieldMetadata> fields() {
  return {
      {.key = "access_key_id",
       .help =
           "AccessKey ID of an IAM user that has the policy below; sent in clear with each call",
       .required = true,
       .example = "{ env: BYTEPLUS_ACCESS_KEY_ID }"},
      {.key = "secret_access_key",
       .help = "secret of the same pair, just as the console shows it",
       .secret = true,
       .required = true,
       .example = "{ file: /etc/certferry/byteplus.secret }"},
      {.key = "session_token",
       .help = "only with a temporary pair of STS, which ends within hours",
       .secret = true},
  };
}

ProductMetadata cdn() {
  return {
      .id = "cdn",
      .title = "BytePlus CDN",
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
      .exempt = {{.which = "JobFailed",
                  .why = "what its lists say of a certificate whose deployment fails after the yes "
                         "is not documented and "
                         "not emulated: the edge alone tells"},
                 {.which = "ProductsOfOneAccountShareTheUpload", .why = "it has one product here"},
                 {.which = "WhatAnotherProductUsesIsKept", .why = "it has one product here"}}};
}

std::vector<Oddity> oddities() {
  return {
      {.what =
           "It is Volcengine abroad: the signature and the calls of CDN are the same, with other "
           "hosts and region ap-singapore-1, so one adapter serves both",
       .evidence = "docs of both; tests/wire/fixtures/volcengine.json has a call of it"},
      {.what = "CDN's documents name the host cdn.byteplusapi.com, its Go SDK open.byteplusapi.com",
       .evidence = "docs: AddCertificate; byteplus-sdk-golang",
       .confirmed = false},
      {.what = "The certificate centre is called at open.byteplusapi.com with region "
               "ap-singapore-1; the newer Go SDK would call it at "
               "open.ap-southeast-1.byteplusapi.com. `endpoint:` may name another host",
       .evidence = "a published example of a call of 2021-06-01; byteplus-go-sdk-v2, its resolver",
       .confirmed = false},
      {.what =
           "CDN uploads to the certificate centre, and only there: Source is cert_center, which "
           "Volcengine calls volc_cert_center",
       .evidence = "docs: AddCertificate, Source"},
      {.what = "CDN must once be given leave to use the certificate centre, in the console and by "
               "the main "
               "account",
       .evidence = "docs: Certificate Center overview"},
      {.what =
           "CDN lists of the centre only what one of its domains has or could have: what covers no "
           "domain any more is not seen, and stays",
       .evidence = "docs: ListCertInfo"},
      {.what = "That list has the leaf's SHA-256, so a certificate that somebody else stored is "
               "used when "
               "it is the same",
       .evidence = "docs: ListCertInfo, CertFingerprint; volcengine-go-sdk",
       .confirmed = false},
      {.what = "Whether the same certificate again is refused or answered with the id of the first "
               "was not "
               "seen; uploads say Repeatable true, so that neither happens",
       .evidence = "docs: AddCertificate, Repeatable",
       .confirmed = false},
      {.what = "To an IAM user lists show the domains that he may see, so a certificate may look "
               "unused; "
               "the centre refuses to delete it all the same",
       .evidence = "docs: ListCdnCertInfo, CertificateDeleteInstance"},
      {.what =
           "It is the centre that deletes, by an older API than Volcengine's: the id stands in the "
           "query and there is no body",
       .evidence = "docs: CertificateDeleteInstance, 2021-06-01"},
      {.what = "The centre counts its errors: 2000 is 'System busy'. What it says to a certificate "
               "that is "
               "in use or gone was not published, and is taken for what Volcengine's says",
       .evidence = "docs: API request responses; certimate",
       .confirmed = false},
      {.what = "BatchDeployCert tells inside of a success that a domain did not get its "
               "certificate, in "
               "words for people only",
       .evidence = "docs: BatchDeployCert, DeployResult"},
      {.what =
           "What a bind by one id does to a domain with two certificates was not seen: a domain is "
           "asked for before each bind, and one with two is refused",
       .evidence = "docs: BatchDeployCert, CertId2",
       .confirmed = false},
      {.what =
           "A domain that is managed by a delivery policy may refuse BatchDeployCert; the call for "
           "those (UpdateTemplateDomain) is not used, and such a bind is reported as refused",
       .evidence = "docs: UpdateTemplateDomain",
       .confirmed = false},
      {.what = "A domain in the status configuring serves, and refuses changes until that is done: "
               "it is "
               "taken for online, and a bind is tried again",
       .evidence = "docs: ListCdnDomains, Status; the words of the refusal were not seen",
       .confirmed = false},
      {.what = "Documents ask for CR LF in certificates; LF is sent, which other clients do and is "
               "taken",
       .evidence = "certimate",
       .confirmed = false},
      {.what =
           "What a policy calls each call by was not seen: the policy takes the service that the "
           "call is signed for and the call's own name",
       .evidence = "no list of them was found; a refusal names the one that is missing",
       .confirmed = false},
      {.what = "A failure may come with HTTP 200: an Error in ResponseMetadata counts whatever the "
               "status",
       .evidence = "docs: API request responses"},
      {.what = "20 calls a second are allowed for each action; 10 for all together are used",
       .evidence = "docs: usage limits of each action"},
      {.what = "How long lists lag is not published; 5 s are a guess",
       .evidence = "clients read right after they write",
       .confirmed = false},
      {.what = "RSA and ECC are taken; which curves and lengths was not published",
       .evidence = "docs: AddCertificate",
       .confirmed = false},
      {.what = "MediaLive, TOS, CLB, ALB and API gateway are not here; the centre refuses to "
               "delete what "
               "they use",
       .evidence = "docs: CertificateDeleteInstance"},
  };
}

}  // namespace

const ProviderMetadata& byteplus_metadata() {
  static const ProviderMetadata kMetadata = {
      .id = kBytePlusSite.id,
      .name = kBytePlusSite.name,
      .native_name = "火山引擎国际站",
      .endpoint = "https://{service}.byteplusapi.com",
      .keys_url = kBytePlusSite.keys_url,
      .documents = {"https://docs.byteplus.com/byteplus-platform/reference/common-error-codes",
                    "https://docs.byteplus.com/en/docs/byteplus-cdn/reference-listcdndomains",
                    "https://docs.byteplus.com/en/docs/byteplus-cdn/reference-listcertinfo",
                    "https://docs.byteplus.com/en/docs/byteplus-cdn/reference-addcertificate",
                    "https://docs.byteplus.com/en/docs/byteplus-cdn/reference-batchdeploycert",
                    ("https://docs.byteplus.com/en/docs/byteplus-certificate-center/"
                     "CertificateDeleteInstance")},
      .fields = fields(),
      .products = {cdn()},
      .policy = kPolicy,
      .limits = {.calls_per_second = 10,
                 .burst = 10,
                 .max_in_flight = 4,
                 .list_consistency = seconds(5)},
      .oddities = oddities(),
  };
  return kMetadata;
}

}  // namespace certferry
