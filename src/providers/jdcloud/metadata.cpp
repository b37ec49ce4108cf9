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
        "cdn:setHttpType",
        "live:describeLiveDomains",
        "live:describeLiveDomainCertificate",
        "live:setLiveDomainCertificate",
        "vod:listDomains",
        "vod:getHttpSsl",
        "vod:setHttpSsl"
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
              {"WhatAnotherProductUsesIsKept",
               "the other products have copies of their own, which a delete leaves alone; that "
               "the store is asked for others before a delete has a test of its own"}}};
}

/// What Live and VOD have in common, but for the keys that they take.
ProductMetadata video(std::string_view id, std::string_view title, minutes deadline) {
  return {.id = id,
          .title = title,
          .store = StoreKind::kIds,
          .confirm = {.rounds = 3,
                      .spread = minutes(2),
                      .deadline = deadline,
                      .retry_interval = seconds(15)},
          .proof = "signed, emulated",
          .exempt = {
              {"JobFailed",
               "how a change that fails after the yes shows is not documented and not emulated: "
               "the edge alone tells"},
              {"ObservingTakesNoMoreCallsForMoreDomains",
               "only a call for one domain says its certificate"},
              {"WhatAnotherProductUsesIsKept",
               "a domain of Live or VOD has a copy of its own, which a delete leaves alone; what "
               "CDN uses is kept, for which there is a test of the account"}}};
}

ProductMetadata live() {
  ProductMetadata product = video("live", "JD Cloud Live", minutes(45));
  // 2,048 characters of a key are room for these.
  product.accepted_keys = {
      {Algorithm::kRsa, 2048}, {Algorithm::kEcdsa, 256}, {Algorithm::kEcdsa, 384}};
  return product;
}

ProductMetadata vod() {
  ProductMetadata product = video("vod", "JD Cloud VOD", minutes(30));
  product.accepted_keys = cdn().accepted_keys;
  return product;
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
      {.what = "Live and VOD have no store: each domain takes chain and key themselves. What goes "
               "there is stored with the SSL certificates as well, and the title at the domain "
               "has that id, so that all products of the account go by one",
       .evidence = "docs: setLiveDomainCertificate, setHttpSsl"},
      {.what = "A title of Live's is of letters and digits, 256 at most: it is 'certferry', 16 "
               "digits of the fingerprint and the id in hexadecimal digits, in VOD as well. It "
               "counts as long as the certificate beside it is the one of that fingerprint; any "
               "other counts as somebody's own",
       .evidence = "docs: setLiveDomainCertificate, title"},
      {.what = "What a domain of Live or VOD had before is gone with a change, and the store gives "
               "no key back that need be asked for: there is no way back to an earlier "
               "certificate, only a later one",
       .evidence = "docs: setLiveDomainCertificate, setHttpSsl, downloadCert"},
      {.what = "A delete in the store leaves the copies of Live and VOD alone, so neither is asked "
               "before, and keys for CDN alone need not be allowed to",
       .evidence = "docs: setLiveDomainCertificate and setHttpSsl name nothing of the store",
       .confirmed = false},
      {.what = "VOD's documents show keys of PKCS#1 and Live's none; PKCS#8 is sent, as to the "
               "store",
       .evidence = "docs: setHttpSsl, sslKey",
       .confirmed = false},
      {.what = "Live takes a chain of 4,098 characters and a key of 2,048 at most: RSA keys of "
               "more than 2048 bits do not fit, and a longer chain is refused before anything is "
               "sent",
       .evidence = "docs: setLiveDomainCertificate, cert and key"},
      {.what = "Live's list has push domains, each with those that play (playDomains), and its "
               "totalCount may be of either: the list ends with a page that is not full",
       .evidence = "docs: describeLiveDomains",
       .confirmed = false},
      {.what = "A domain for playing what is past (playType restart) takes its certificate by "
               "another call, and counts as switched off",
       .evidence = "docs: describeLiveDomainDetail, setLiveRestartDomainCertificate"},
      {.what = "How a domain of Live or VOD that never had a certificate is told is not said: off, "
               "nothing at all and 'not found' are each taken for that",
       .evidence = "docs: describeLiveDomainCertificate, getHttpSsl",
       .confirmed = false},
      {.what = "A domain of Live or VOD that is switched off, being checked or not set up yet is "
               "not asked for its certificate",
       .evidence = "docs: describeLiveDomains, domainStatus; listDomains, status"},
      {.what = "VOD answers with the private key of a domain, so its answers are never quoted",
       .evidence = "docs: getHttpSsl, sslKey"},
      {.what = "VOD's setHttpSsl sets jumpType as well, so that is read before and sent back; a "
               "domain on HTTPS whose answer lacks it is not touched",
       .evidence = "docs: setHttpSsl; certimate resends it"},
      {.what = "VOD's documents show the id of a domain as text in one place and as a number in "
               "another; either is taken",
       .evidence = "docs: getDomain, id"},
      {.what = "Live's change is said to take up to 30 minutes; how long VOD's takes is not said",
       .evidence = "docs: setLiveDomainCertificate"},
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
                    "https://docs.jdcloud.com/cn/cdn/api/sethttptype",
                    "https://docs.jdcloud.com/cn/live-video/api/describelivedomains",
                    "https://docs.jdcloud.com/cn/live-video/api/setlivedomaincertificate",
                    "https://docs.jdcloud.com/cn/video-on-demand/api/gethttpssl",
                    "https://docs.jdcloud.com/cn/video-on-demand/api/sethttpssl"},
      .fields = fields(),
      .products = {cdn(), live(), vod()},
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
