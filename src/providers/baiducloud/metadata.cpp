#include "providers/baiducloud/metadata.h"

namespace certferry {

namespace {

using Algorithm = KeyType::Algorithm;

std::vector<FieldMetadata> fields() {
  return {
      {.key = "access_key_id",
       .help = "Access Key (AK) of an IAM user; sent in clear with each call",
       .required = true,
       .example = "{ env: BAIDUCLOUD_ACCESS_KEY_ID }"},
      {.key = "secret_access_key",
       .help = "Secret Key (SK) of the same pair",
       .secret = true,
       .required = true,
       .example = "{ file: /etc/certferry/baiducloud.secret }"},
      {.key = "session_token",
       .help = "only with a temporary pair of STS, which ends within hours",
       .secret = true},
      {.key = "region",
       .help = "region of the load balancers, as the host of its API has it (bj, gz, su, hkg, fwh, "
               "bd, sin); without it Beijing's are meant. An account for each region",
       .example = "bj"},
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

constexpr Exemption kUnnamedPermissions{
    "MissingPermissionIsNamed",
    "the vendor publishes system policies, not what single calls have to be allowed; the call is "
    "named"};

ProductMetadata blb() {
  return {.id = "blb",
          .title = "Baidu AI Cloud BLB",
          .store = StoreKind::kIds,
          .confirm = {.rounds = 3,
                      .spread = minutes(1),
                      .deadline = minutes(10),
                      .retry_interval = seconds(5)},
          .accepted_keys = keys(),
          .proof = "signed, emulated",
          .exempt = {{"JobFailed",
                      "how a change that fails after the yes shows is not documented and not "
                      "emulated: the edge alone tells"},
                     {"DomainWithoutHttpsGetsIt",
                      "a host that has no certificate is named by no listener, so there is none"},
                     kUnnamedPermissions}};
}

ProductMetadata cdn() {
  return {
      .id = "cdn",
      .title = "Baidu AI Cloud CDN",
      .store = StoreKind::kIds,
      .confirm = {.rounds = 3,
                  .spread = minutes(2),
                  .deadline = minutes(30),
                  .retry_interval = seconds(10)},
      .accepted_keys = keys(),
      .proof = "signed, emulated",
      .exempt = {{"JobFailed",
                  "what its lists say of a certificate whose deployment fails after the yes is not "
                  "documented and not emulated: the edge alone tells"},
                 {"ObservingTakesNoMoreCallsForMoreDomains",
                  "the list has names alone; only a call for each domain says its state, its edge "
                  "and its certificate, and a process that has just begun has asked none"},
                 kUnnamedPermissions}};
}

std::vector<Oddity> oddities() {
  return {
      {.what = "The key of a signature is the text of 64 hexadecimal digits that the first HMAC "
               "gives, not the bytes that they spell; values of headers are percent-encoded in it",
       .evidence = "docs: Reference/Njwvz1wot; tests/wire/fixtures/baiducloud.json"},
      {.what = "The body is not signed: nothing but TLS keeps an upload from being changed or "
               "read on its way",
       .evidence = "docs: Reference/Njwvz1wot, CanonicalRequest"},
      {.what =
           "The documents of certificate management say that HTTPS is not supported, and the "
           "vendor's Go client calls it by http. Calls here are https alone, and a refusal is an "
           "error: a private key does not go out in clear text",
       .evidence = "docs: Reference/Gjwvz27xu, 2.1.1; dnsmgr calls it by https",
       .confirmed = false},
      {.what = "A signature names when it was made and for how long it holds; the vendor refuses "
               "one that is more than 30 minutes off its clock",
       .evidence = "docs: x-bce-date, RequestExpired"},
      {.what = "A parameter without a value, as config?https, is sent and signed as `https=`",
       .evidence = "tests/wire/fixtures/baiducloud.json, 'bare parameter'"},
      {.what = "A wildcard is written *.example.com, in a path as %2A.example.com, signed so too",
       .evidence = "tests/wire/fixtures/baiducloud.json, 'wildcard in the path'"},
      {.what = "A name has 65 characters at most and begins with a letter, so a label is written "
               "in a shorter form; equal names are not known to be refused",
       .evidence = "docs: certName",
       .confirmed = false},
      {.what = "Leaf and chain go in two fields, as the documents have it; other clients put the "
               "whole chain into the one of the leaf",
       .evidence = "docs: certServerData, certLinkData; certimate, dnsmgr"},
      {.what = "The list of certificates has no pages, and one answer all of them",
       .evidence = "docs: GET /v1/certificate/detail; bce-sdk-go, ListCertDetail"},
      {.what = "Its fingerprint is of a kind that no document names, and not used: what somebody "
               "else stored is used only when its name is one of certferry's",
       .evidence = "docs: certFingerprint",
       .confirmed = false},
      {.what = "GET rawData would say all of a certificate and gives away its private key; it is "
               "not called",
       .evidence = "certimate: baiducloud-cert compares by it"},
      {.what = "Dates in the list are taken for UTC's; when a certificate of ours ends stands in "
               "its name, to the second",
       .evidence = "docs: time format",
       .confirmed = false},
      {.what = "PUT certData would replace a certificate under its id, wherever it is used; "
               "it is not called, for there would be nothing to go back to",
       .evidence = "bce-sdk-go, UpdateCertData"},
      {.what =
           "CDN's own call for certificates (PUT /v2/{domain}/certificates) replaces the stored "
           "certificate that the domain had, and its DELETE takes away both; neither is called",
       .evidence = "docs: CDN/qjzuz2hp8, CDN/Ljzuylmee"},
      {.what =
           "CDN's list has names alone, so every domain is asked by itself: certificate, state, "
           "edge and settings are in that one answer. It stands for ten minutes as long as the "
           "store's list of uses says the same of the domain; that it calls a domain by its "
           "name was not seen, and where it does not, domains with a certificate are asked "
           "each time",
       .evidence = "docs: GET /v2/domain, GET /v2/domain/{domain}/config; resourceId of GET "
                   "/v1/certificate/detail",
       .confirmed = false},
      {.what =
           "A bind writes the whole block of HTTPS settings: redirects, HTTP/2, TLS versions and "
           "client verification are read before and sent back, and what is not known here as "
           "well, for the vendor passes over members that it does not know",
       .evidence = "docs: CDN/Sjwvyf6w8 (full configuration); common error InappropriateJSON"},
      {.what = "Of a domain without HTTPS the block means nothing; the vendor's defaults come "
               "with the certificate, HTTP/2 on among them",
       .evidence = "docs: CDN/Sjwvyf6w8, enabled and http2Enabled"},
      {.what = "A domain is OPERATING while a change is carried out, and is taken to be served as "
               "before; whether another change is refused meanwhile was not seen",
       .evidence = "bce-sdk-go, DomainStatus",
       .confirmed = false},
      {.what = "A domain that the vendor has blocked says so (isBan), whatever its status",
       .evidence = "docs: CDN/2jwvyf39o"},
      {.what = "What a change of settings answers with is not said; an empty answer with HTTP "
               "200 is a yes, and the domain is read after it in any case",
       .evidence = "bce-sdk-go reads no body of it",
       .confirmed = false},
      {.what = "Codes of certificate management and CDN are not published but for a few: what "
               "their names have in common (NoSuch, NotFound, Exceed, InUse) decides",
       .evidence = "docs: common errors; names of codes in clients",
       .confirmed = false},
      {.what = "What a delete of a certificate in use does was not seen: CDN, the listeners of the "
               "account's region and the store's own list of uses are asked before, which has load "
               "balancers of every region; only what it lists, as UNUSED and with nobody who uses "
               "it, is deleted",
       .evidence = "docs: status and resources of GET /v1/certificate/detail",
       .confirmed = false},
      {.what = "How many certificates an account may have, how many calls a second, and how long "
               "lists lag is not published; 5 calls a second, two at a time, and 5 s are guesses",
       .evidence = "no document has them",
       .confirmed = false},
      {.what = "RSA and ECC are taken; which curves and lengths was not published",
       .evidence = "docs: CDN, HTTPS settings",
       .confirmed = false},
      {.what = "An HTTPS listener of BLB has one certificate without a name, and others for hosts "
               "that it names (additionalCertDomains). Each host is a target. The one without a "
               "name, and that of an SSL listener, is listed under load balancer and port and left "
               "alone, so that nothing is deleted that it has",
       .evidence = "docs: BLB/imrlvoqmr, 3mrlvotzx, HTTPSListenerModel; certimate"},
      {.what = "So is a host that it does not name yet: it is added in the console once",
       .evidence = "docs: BLB/ymots3eaq"},
      {.what = "BLB takes a clientToken, by which a call that is sent again is known for the same. "
               "None is sent: a change names all certificates of a listener, and is the same when "
               "it comes twice; an answer that was lost is looked after by reading the listener",
       .evidence = "docs: BLB/3mrlvotzx, clientToken"},
      {.what = "The ordinary and the application kind of load balancer are one product here. They "
               "have the same calls under /v1/blb and /v1/appblb; the application kind wants its "
               "scheduler with each change",
       .evidence = "docs: BLB/3mrlvotzx, scheduler; bce-sdk-go, appblb"},
      {.what = "A host at several listeners is one target, which a bind brings to each in turn",
       .evidence = "a listener takes any host: the vendor has no document of it",
       .confirmed = false},
      {.what =
           "A change writes the whole list of hosts: it is read right before and sent back with "
           "one changed, one bind at a time, and not while the list lacks the last change. What "
           "is not sent stays as it is; certificate and scheduler are sent back as they were",
       .evidence = "docs: BLB/imrlvoqmr, fields that are not given stay; the SDK's model of hosts"},
      {.what = "That a listener tells its hosts in additionalCertDomains, and leaves them out only "
               "when it has none",
       .evidence = "bce-sdk-go, HTTPSListenerModel; certimate reads them",
       .confirmed = false},
      {.what =
           "A load balancer that is still at work on a change refuses another "
           "(LastOperationNotFinished); a bind waits half a minute for it to be available again",
       .evidence = "docs: BLB/Djwvxnzw6; bce-sdk-go, BLBStatus"},
      {.what = "A paused load balancer is taken to be switched off by its owner, one that is "
               "updating to serve as before",
       .evidence = "bce-sdk-go, BLBStatus",
       .confirmed = false},
      {.what = "Each region has a host of its own; the vendor's clients mean Beijing where none is "
               "given",
       .evidence = "docs: BLB/cjwvxnzix; mkczmlvkr"},
      {.what = "CDN abroad is not here: it has lists and settings of its own under /v2/abroad",
       .evidence = "docs: CDN-ABROAD/ckb0fx9ea"},
      {.what =
           "The official Node SDK has no calls for certificates, CDN or BLB; its client and its "
           "signature, unmodified, do them to the emulator in a test",
       .evidence = "tests/wire/emulated/baiducloud.js"},
  };
}

}  // namespace

const ProviderMetadata& baiducloud_metadata() {
  static const ProviderMetadata kMetadata = {
      .id = "baiducloud",
      .name = "Baidu AI Cloud",
      .native_name = "百度智能云",
      .endpoint = "https://{service}.baidubce.com",
      .keys_url = "https://console.bce.baidu.com/iam/#/iam/accesslist",
      .documents = {"https://cloud.baidu.com/doc/Reference/s/Njwvz1wot",
                    "https://cloud.baidu.com/doc/Reference/s/Gjwvz27xu",
                    "https://cloud.baidu.com/doc/CDN/s/sjwvyewt1",
                    "https://cloud.baidu.com/doc/CDN/s/2jwvyf39o",
                    "https://cloud.baidu.com/doc/CDN/s/Sjwvyf6w8",
                    "https://cloud.baidu.com/doc/CDN/s/qjzuz2hp8",
                    "https://cloud.baidu.com/doc/CDN/s/zk04vd3kw",
                    "https://cloud.baidu.com/doc/BLB/s/imrlvoqmr",
                    "https://cloud.baidu.com/doc/BLB/s/3mrlvotzx",
                    "https://cloud.baidu.com/doc/BLB/s/Djwvxnzw6",
                    "https://cloud.baidu.com/doc/BLB/s/cjwvxnzix"},
      .fields = fields(),
      .products = {cdn(), blb()},
      .limits = {.calls_per_second = 5,
                 .burst = 5,
                 .max_in_flight = 2,
                 .list_consistency = seconds(5)},
      .oddities = oddities(),
  };
  return kMetadata;
}

}  // namespace certferry
