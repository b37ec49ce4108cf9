#include "providers/wangsu/metadata.h"

#include "providers/common/in_place.h"

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
      {.key = "api_key",
       .help =
           "API key of the very user whose AccessKey it is, for CDN Pro alone: private keys are "
           "sent there encrypted by it",
       .secret = true,
       .example = "{ file: /etc/certferry/wangsu.api-key }"},
  };
}

const std::vector<KeyType>& keys() {
  static const std::vector<KeyType> kKeys = {{Algorithm::kRsa, 2048},
                                             {Algorithm::kRsa, 3072},
                                             {Algorithm::kRsa, 4096},
                                             {Algorithm::kEcdsa, 256},
                                             {Algorithm::kEcdsa, 384}};
  return kKeys;
}

ProductMetadata cdnpro() {
  std::vector<Exemption> exempt = without_store();
  exempt.push_back({"WhatAnotherProductUsesIsKept",
                    "a certificate of CDN Pro is no other product's, and none is ever deleted"});
  exempt.push_back(
      {"ObservingTakesNoMoreCallsForMoreDomains",
       "only a call for one version of one certificate says whose it is; a daemon asks "
       "once for each, for versions never change"});
  exempt.push_back({"MissingPermissionIsNamed",
                    "the vendor does not publish what its permissions are called; the call is "
                    "named"});
  return {.id = "cdnpro",
          .title = "Wangsu CDN Pro",
          .store = StoreKind::kInline,
          .confirm = {.rounds = 3,
                      .spread = minutes(2),
                      .deadline = minutes(30),
                      .retry_interval = seconds(15)},
          .accepted_keys = keys(),
          .proof = "signed, emulated",
          .exempt = std::move(exempt)};
}

ProductMetadata cdn() {
  return {
      .id = "cdn",
      .title = "Wangsu CDN",
      .store = StoreKind::kIds,
      .confirm = {.rounds = 3,
                  .spread = minutes(2),
                  .deadline = minutes(30),
                  .retry_interval = seconds(15)},
      .accepted_keys = keys(),
      .proof = "signed, emulated",
      .exempt = {{"JobFailed",
                  "what a deployment that fails after the yes looks like is not published and not "
                  "emulated: the edge alone tells"},
                 {"WhatAnotherProductUsesIsKept",
                  "CDN Pro has certificates of its own, which the store does not know and a "
                  "delete leaves alone"},
                 {"MissingPermissionIsNamed",
                  "the vendor does not publish what its permissions are called; the call is "
                  "named"}},
  };
}

std::vector<Oddity> oddities_of_cdnpro() {
  return {
      {.what = "A hostname of CDN Pro belongs to a property, which names a certificate; of its "
               "versions one is deployed at a time. A bundle becomes a new version of that "
               "certificate, and a task deploys it: all that serves it follows. A bundle that does "
               "not cover every hostname that has the certificate is refused before anything is "
               "sent",
       .evidence = "docs: api-doc/26429, 27592, 27034; portal: updating-certificates; dnsmgr #488"},
      {.what =
           "Where a property names no certificate in production, or is to have another one, it "
           "takes a new version of the property with all its settings. That is not done: such a "
           "hostname counts as offline, or stays as it is",
       .evidence = "docs: api-doc/27034; dnsmgr's older way"},
      {.what = "Of several hostnames with one certificate none can be tried first: a canary brings "
               "the bundle to all of them",
       .evidence = "portal: updating-certificates, all properties pick up the new version"},
      {.what =
           "A certificate that CDN Pro renews itself (autoRenew: LE) is left alone, for the two "
           "would replace one another; so is one that a property shows to an origin",
       .evidence = "wangsu-sdk-go, ngcertificate: autoRenew, usageInProduction.origins"},
      {.what = "The private key goes encrypted with AES-128-CBC by an HMAC of the Date header and "
               "the API key of the user who signs, beside the AccessKey",
       .evidence =
           "docs: api-doc/27590; CDNProCLI, build-cert-body.sh; src/signing/wangsu_test.cpp"},
      {.what = "That CDN Pro takes the key so from a call that is signed by AccessKey, whose Date "
               "header is that of the same second",
       .evidence = "certimate, whose users have it at work (#617) and have not (#1199)",
       .confirmed = false},
      {.what = "The calls that make versions may have to be opened by the vendor first, who is "
               "asked for that by a ticket",
       .evidence = "certd #792, certimate #569"},
      {.what = "What a call has made is told by the address in its Location header, with HTTP 201 "
               "and no body",
       .evidence = "docs: api-doc/27592, 27034; certimate #617"},
      {.what =
           "A version carries our label as its comment, which is how it is known again: of which "
           "kind its fingerprint is, is not said. Those of 64 digits are taken for SHA-256, of "
           "40 for SHA-1",
       .evidence = "docs: api-doc/26420; wangsu-sdk-go, ngcertificate: fingerprint, comments",
       .confirmed = false},
      {.what = "That a new version takes a comment stands in the document by reference alone. One "
               "that is dropped is made up for by the fingerprint, or while the process lives",
       .evidence = "docs: 'the fields are the same as those in Create a certificate'",
       .confirmed = false},
      {.what = "Versions stay and are never changed, so what is there already is deployed again, "
               "not made again. Their number is limited (TooManyVersions); they are not deleted "
               "here, for only the last one can be",
       .evidence = "portal: certificates overview; certimate #569; CDNProCLI, Certificates.js",
       .confirmed = false},
      {.what = "The status of a task is 'in progress' in one document and 'inprogress' in another. "
               "A task is looked at for a minute, which shows one that fails at once; after that "
               "the list of those under way says what is to come",
       .evidence = "docs: api-doc/27038, 27036"},
      {.what = "What a hostname's property is told as is an object, though the SDK has it as text",
       .evidence = "certimate #617 shows an answer of the service"},
      {.what =
           "The version that a task deploys goes as a number, as other clients send it, though the "
           "documents call it text; an answer may have either",
       .evidence = "certimate, dnsmgr; docs: api-doc/27034, 27038"},
      {.what =
           "The edge is asked by the hostname itself: which edge hostname a property has is told "
           "nowhere that is read here",
       .evidence = "docs: api-doc/26159"},
      {.what = "How a path with an escape in it (%2A for a wildcard) is signed is not said; it is "
               "signed as it is sent",
       .evidence = "docs: api-authentication speaks of the query alone",
       .confirmed = false},
      {.what = "Calls may be made 300 times in five minutes each, by CDN Pro's documents",
       .evidence = "docs: api-doc/26420"},
  };
}

std::vector<Oddity> oddities_of_cdn() {
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
      {.what = "There is no SDK for Node: nothing of the vendor's was run against the emulator. "
               "Signatures equal those of two other clients",
       .evidence = "the SDKs are for Go and Python; src/signing/wangsu_test.cpp"},
  };
}

std::vector<Oddity> oddities() {
  std::vector<Oddity> all = oddities_of_cdn();
  for (const Oddity& one : oddities_of_cdnpro()) all.push_back(one);
  return all;
}

}  // namespace

const ProviderMetadata& wangsu_metadata() {
  static const ProviderMetadata kMetadata = {
      .id = "wangsu",
      .name = "Wangsu",
      .native_name = "网宿科技",
      .endpoint = "https://open.chinanetcenter.com",
      .keys_url = "https://console.wangsu.com/",
      .documents =
          {"https://www.wangsu.com/document/openapi/api-authentication",
           "https://www.wangsu.com/document/api-doc/37447",
           ("https://www.wangsu.com/document/api-doc/22675"
            "?productCode=certificatemanagement"),
           "https://www.wangsu.com/document/api-doc/27034",
           "https://www.wangsu.com/document/api-doc/26429",
           "https://docs.cdnetworks.com/en/cdn/docs/portal/certificates/updating-certificates",
           "https://github.com/wangsu-api/wangsu-sdk-go"},
      .fields = fields(),
      .products = {cdn(), cdnpro()},
      .limits = {.calls_per_second = 5,
                 .burst = 5,
                 .max_in_flight = 2,
                 .list_consistency = seconds(5)},
      .oddities = oddities(),
  };
  return kMetadata;
}

}  // namespace certferry
