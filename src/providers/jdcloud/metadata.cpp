#include "providers/jdcloud/metadata.h"

namespace certferry {

namespace {

using Algorithm = KeyType::Algorithm;

constexpr std::string_view kPolicy = R"({
  "Version": "3",
  "Statement": [
    {
      "Effect": "Allow",
      "Action": [
        "ssl:describeCerts",
        "ssl:describeCert",
        "ssl:uploadCert",
        "ssl:deleteCerts",
        "cdn:getDomainList",
        "cdn:getDomainDetail",
        "cdn:queryDomainConfig",
        "cdn:setHttpType"
      ],
      "Resource": ["*"]
    }
  ]
}
)";

std::vector<FieldMetadata> fields() {
  return {
      {.key = "access_key_id",
       .help = "AccessKey ID of a sub-user that has the policy below; sent in clear with each call",
       .required = true,
       .example = "{ env: JDCLOUD_ACCESS_KEY_ID }"},
      {.key = "access_key_secret",
       .help = "AccessKey secret of the same pair",
       .secret = true,
       .required = true,
       .example = "{ file: /etc/certferry/jdcloud.secret }"},
  };
}

ProductMetadata cdn() {
  return {.id = "cdn",
          .title = "JD Cloud CDN",
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
          .exempt = {
              {"JobFailed",
               "a domain is configure_failed whichever setting failed, and whether it then names "
               "the certificate that it has or the one that it was to get is not documented and "
               "not emulated: the edge alone tells"},
              {"ObservingTakesNoMoreCallsForMoreDomains",
               "only a call for one domain says its certificate and how it redirects; a daemon "
               "asks a domain again only after its row in the list has changed"},
              {"ProductsOfOneAccountShareTheUpload", "the account has one product here"},
              {"WhatAnotherProductUsesIsKept",
               "the account has one product here; that the store is asked for others before a "
               "delete has a test of its own"}}};
}

std::vector<Oddity> oddities() {
  return {
      {.what = "A nonce (a UUID) goes with every call, and the type of a body even where there is "
               "none, both signed",
       .evidence = "docs: common-declaration, signature; tests/wire/fixtures/jdcloud.json"},
      {.what = "Services without regions are signed for one that is called jdcloud-api, by others "
               "of the vendor's clients for jdcloud",
       .evidence = "docs: signature; jdcloud-sdk-js, ssl"},
      {.what =
           "A colon in a path (sslCert:upload) is sent and signed as %3A, by every client of the "
           "vendor's",
       .evidence = "jdcloud-sdk-go, EscapePath; tests/wire/fixtures/jdcloud.json, 'upload'"},
      {.what = "How far a clock may be off is not said",
       .evidence = "docs: signature names no tolerance",
       .confirmed = false},
      {.what = "A failure has a code and a word of a few that all services share; what it is about "
               "stands in its message, in Chinese or English",
       .evidence = "jdcloud-sdk-go, core: ErrorResponse",
       .confirmed = false},
      {.what = "Some results have a code and a message of their own inside of a success; 400 and "
               "above is taken for a failure, for which number is a yes is not said",
       .evidence = "jdcloud-sdk-js: deleteCerts answers with code and message",
       .confirmed = false},
      {.what = "The digest of a certificate is one of its private key's text, which says nothing "
               "of the certificate: what somebody else stored is used only when its name is one "
               "of certferry's",
       .evidence = "docs: uploadCert, digest"},
      {.what = "How long a name may be is not said, so a label is written in a shorter form of 62 "
               "characters, with the end of the certificate in it: dates are of a zone that is not "
               "named",
       .evidence = "docs: uploadCert, certName",
       .confirmed = false},
      {.what = "Whether the same certificate again is refused, and how a full store is, was not "
               "seen: a word of a quota in the refusal of an upload is looked for",
       .evidence = "no document has it",
       .confirmed = false},
      {.what = "downloadCert would say all of a certificate and gives away its private key; it is "
               "not called and need not be allowed",
       .evidence = "docs: downloadCert"},
      {.what =
           "updateCert would replace a certificate under its id, wherever it is used; it is not "
           "called, for there would be nothing to go back to",
       .evidence = "docs: updateCert"},
      {.what = "The call for one domain answers with the private key of a certificate that was "
               "given to CDN inline, so its answers are never quoted",
       .evidence = "docs: getDomainDetail, rsaKey"},
      {.what = "A certificate that was given inline has no id: its name and end stand for one",
       .evidence = "docs: setHttpType, certFrom default"},
      {.what = "Only the call for one domain says which certificate it has. CDN's own list of "
               "certificates names related domains, but not how they redirect",
       .evidence = "docs: getDomainDetail; cdn getSslCertList, relatedDomains"},
      {.what = "A row of the list has the moment of its domain's last change, and is taken to "
               "change with every change of the certificate; before a delete every domain is asked "
               "all the same",
       .evidence = "jdcloud-sdk-go: ListDomainItem, modified",
       .confirmed = false},
      {.what = "setHttpType sets how a domain redirects (jumpType) as well, so that is read before "
               "and sent back. Where the details of a domain on HTTPS lack it, its configuration "
               "(httpsJumpType) is asked; without either the domain is not touched",
       .evidence = "docs: setHttpType, queryDomainConfig; certimate resends it"},
      {.what = "A bind is a job with an id (taskId), and the domain is configuring for minutes. It "
               "is taken for one that is served, as one that is configure_failed; when it names "
               "the new certificate was not seen, so that the edge is asked in any case",
       .evidence = "docs: getDomainDetail, status; certimate",
       .confirmed = false},
      {.what = "Whether a change is refused while a domain is configuring was not seen; a refusal "
               "that speaks of it is tried again",
       .evidence = "no document has it",
       .confirmed = false},
      {.what = "The details of a certificate say who uses it, and the list alone whether it may be "
               "deleted; both are asked before a delete, and CDN itself",
       .evidence = "docs: describeCert, usedBy; describeCerts, deletable"},
      {.what = "An account with operation protection (MFA) refuses deletes by keys alone; the "
               "hint of a refused one says so",
       .evidence = "jdcloud-sdk-go: DeleteCerts is marked as protected",
       .confirmed = false},
      {.what = "What policies call an action is taken to be the service and the call's name",
       .evidence = "docs: IAM, custom policies",
       .confirmed = false},
      {.what = "A page of CDN's list has 50 domains at most",
       .evidence = "docs: getDomainList, pageSize"},
      {.what = "How many calls a second are let and how long lists lag is not published; 5 calls a "
               "second, two at a time, and 5 s are guesses",
       .evidence = "no document has them",
       .confirmed = false},
      {.what = "RSA is documented; ECDSA is only not known to be refused",
       .evidence = "docs: certificate formats",
       .confirmed = false},
      {.what = "Live and VOD are not here: they take bundles inline under a title into which a "
               "label does not fit (letters and digits; chain of 4,098 and key of 2,048 characters "
               "at most), and VOD answers with the private key",
       .evidence = "docs: setLiveDomainCertificate, getHttpSsl"},
      {.what = "Load balancers and WAF use the store as well and are not here; the store says so "
               "before a delete",
       .evidence = "docs: describeCert, usedBy"},
  };
}

}  // namespace

const ProviderMetadata& jdcloud_metadata() {
  static const ProviderMetadata kMetadata = {
      .id = "jdcloud",
      .name = "JD Cloud",
      .native_name = "京东云",
      .endpoint = "https://{service}.jdcloud-api.com",
      .keys_url = "https://uc.jdcloud.com/accesskey/index",
      .documents = {"https://docs.jdcloud.com/cn/common-declaration/api/signature",
                    "https://docs.jdcloud.com/cn/ssl-certificate/api/describecerts",
                    "https://docs.jdcloud.com/cn/ssl-certificate/api/uploadcert",
                    "https://docs.jdcloud.com/cn/cdn/api/getdomainlist",
                    "https://docs.jdcloud.com/cn/cdn/api/querydomainconfig",
                    "https://docs.jdcloud.com/cn/cdn/api/sethttptype"},
      .fields = fields(),
      .products = {cdn()},
      .policy = kPolicy,
      .limits = {.calls_per_second = 5,
                 .burst = 5,
                 .max_in_flight = 2,
                 .list_consistency = seconds(5)},
      .oddities = oddities(),
  };
  return kMetadata;
}

}  // namespace certferry
