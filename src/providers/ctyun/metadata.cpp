#include "providers/ctyun/metadata.h"

namespace certferry {

namespace {

using Algorithm = KeyType::Algorithm;

std::vector<FieldMetadata> fields() {
  return {
      {.key = "access_key",
       .help = "AccessKey (AK) of the account or of a user of it; sent in clear with each call",
       .required = true,
       .example = "{ env: CTYUN_ACCESS_KEY }"},
      {.key = "security_key",
       .help = "SecurityKey (SK) of the same pair",
       .secret = true,
       .required = true,
       .example = "{ file: /etc/certferry/ctyun.secret }"},
  };
}

ProductMetadata product(std::string_view id, std::string_view title) {
  return {.id = id,
          .title = title,
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
               "what a domain says of a change that fails after the yes is not published and not "
               "emulated: the edge alone tells"},
              {"ObservingTakesNoMoreCallsForMoreDomains",
               "only a call for one domain says its certificate, and no list says when it was "
               "changed"},
              {"MissingPermissionIsNamed",
               "the vendor does not publish what its permissions are called; the call is named"}}};
}

std::vector<Oddity> oddities() {
  return {
      {.what = "The time that is signed is written as if it were UTC and is Beijing's, as the "
               "vendor's own SDK writes it; a few clients send UTC. Beijing's is tried first, and "
               "UTC once when the signature is refused",
       .evidence = "ctyun-sdk-go, certimate and dnsmgr format local time",
       .confirmed = false},
      {.what = "How far a clock may be off is not said, and a wrong one is refused as a wrong "
               "secret is",
       .evidence = "the gateway's one code for both: CTAPI_10009",
       .confirmed = false},
      {.what = "Neither method, host nor path is signed: whoever gets hold of a request can send "
               "its query and body to another call",
       .evidence = "docs: EOP signature; three clients that agree"},
      {.what = "A success has the statusCode 100000, as number or text, or CTAPI_10000; an answer "
               "of a service that lies inside has a code of its own, which counts as well",
       .evidence = "certimate, dnsmgr and certflow each look for another one of them"},
      {.what = "Failures come with HTTP 200 too. The gateway's codes are CTAPI_10002 (no such "
               "access key) and CTAPI_10009 (signature); those of the services are not published, "
               "so what they mean is read off their messages",
       .evidence = "dnsmgr looks for words in messages as well",
       .confirmed = false},
      {.what = "A domain has the name of its certificate, not its number, so the name is what a "
               "certificate goes by; it must be unique",
       .evidence = "docs: update-domain, cert_name; certimate, dnsmgr"},
      {.what = "A name that is taken is refused, so that no upload is ever stored twice, and the "
               "first one is looked for in the list",
       .evidence = "dnsmgr looks for its message, 已存在重名的证书"},
      {.what = "How long a name may be is not said, so a label is written in a shorter form of 62 "
               "characters",
       .evidence = "names that clients give have up to 60",
       .confirmed = false},
      {.what = "The path of an upload is creat-cert",
       .evidence = "docs: api 10893; certimate, dnsmgr"},
      {.what = "query-cert-detail would say more of a certificate, and gives away its private key "
               "to whoever may call it; it is not called. A certificate that somebody else stored "
               "is therefore used only when its name says which it is",
       .evidence = "certimate, QueryCertDetail: certs and key"},
      {.what = "Certificates are deleted by name with delete-cert. That path was not seen in use: "
               "where it does not exist nothing is deleted, and that is said",
       .evidence = "the older API at vip.ctcdn.cn has POST cert/delete with a name",
       .confirmed = false},
      {.what = "Whether a certificate that is bound can be deleted is not said, so CDN, ICDN and "
               "AccessOne are asked before, whichever of them the configuration names; AccessOne "
               "is left out when it refuses to list, for then it is not in use here",
       .evidence = "no client deletes",
       .confirmed = false},
      {.what = "That CDN and ICDN name certificates of one store was not seen; Live has a list of "
               "its own and is not asked",
       .evidence = "certimate uploads once for each, by calls of the same name",
       .confirmed = false},
      {.what = "AccessOne has a list of its own: what goes there is copied into that once, under "
               "the same name, unless the list has it already, as it would if the store were one",
       .evidence = "docs: api 13014 and 13015; certimate and dnsmgr upload to it apart"},
      {.what = "No call is known that deletes from AccessOne's list, so its copies stay there",
       .evidence = "clients create, list and query; none deletes"},
      {.what = "AccessOne's change of a domain (modify_config) wants the origins back. Whether it "
               "leaves alone what it does not name is not said: all that the domain is set to is "
               "sent back, but empty members and thirteen that are only read, and is compared "
               "after it",
       .evidence = "dnsmgr sends all back but those thirteen, certimate the origins alone",
       .confirmed = false},
      {.what = "Weights of AccessOne's origins are numbers when they are read and text when they "
               "are written, where 0 must be 1. A domain whose origins are not told is not touched",
       .evidence = "certimate; dnsmgr writes text too"},
      {.what = "AccessOne's domains have the code 020, and are asked for by it",
       .evidence = "docs: api 13816; certimate, dnsmgr and certflow"},
      {.what = "That statuses of AccessOne's domains are those of CDN's was not seen",
       .evidence = "certimate declares the same row for both",
       .confirmed = false},
      {.what = "AccessOne's call for one domain is a POST that only reads; the change has a path "
               "of an older product's (scdn), and an older client one of AccessOne's own",
       .evidence = "docs: api 13412 and 13413; certimate"},
      {.what = "A list of domains has those of all products; the codes 001, 003, 004 and 008 are "
               "taken for CDN's, 006 for ICDN's",
       .evidence = "certflow and certimate filter by them",
       .confirmed = false},
      {.what =
           "Only a call for one domain says which certificate it has, so each one is asked each "
           "time",
       .evidence = "docs: query-domain-detail; no row of the list has a certificate"},
      {.what = "A bind is update-domain with HTTPS and the name of a certificate alone, which "
               "leaves everything else as it is; origin and HTTPS switches are compared after it",
       .evidence = "certimate, dnsmgr and certflow rely on that",
       .confirmed = false},
      {.what =
           "The same change soon again is refused (请求已提交，请勿重复操作！), and may have been "
           "made the first time: the domain is read before anything is sent again",
       .evidence = "dnsmgr takes that message for a success",
       .confirmed = false},
      {.what = "Domains of the statuses 1, 5 to 9, 11 and 12 are taken for not served; one that is "
               "being changed (3) is served as before",
       .evidence = "certimate leaves these out; 4 is 'enabled'",
       .confirmed = false},
      {.what = "A wildcard is written *.example.com; .example.com is understood in lists too",
       .evidence = "certimate matches the former",
       .confirmed = false},
      {.what = "Rates are not published; 5 calls a second, two at a time, and lists that lag 5 s "
               "are guesses",
       .evidence = "clients that call one after the other",
       .confirmed = false},
      {.what = "There is no SDK for Node: nothing of the vendor's was run against the emulator. "
               "Signatures equal those of three other clients",
       .evidence = "the Go SDK is the only one; src/signing/ctyun_test.cpp"},
  };
}

}  // namespace

const ProviderMetadata& ctyun_metadata() {
  static const ProviderMetadata kMetadata = {
      .id = "ctyun",
      .name = "CTYun (China Telecom Cloud)",
      .native_name = "天翼云",
      .endpoint = "https://{service}.ctapi.ctyun.cn",
      .keys_url = "https://iam.ctyun.cn/",
      .documents =
          {"https://www.ctyun.cn/document/10015882/10030146",
           ("https://eop.ctyun.cn/ebp/ctapiDocument/search?sid=108&api=10893&data=161&isNormal=1"
            "&vid=154"),
           ("https://eop.ctyun.cn/ebp/ctapiDocument/search?sid=108&api=11304&data=161&isNormal=1"
            "&vid=154"),
           ("https://eop.ctyun.cn/ebp/ctapiDocument/search?sid=108&api=11307&data=161&isNormal=1"
            "&vid=154"),
           ("https://eop.ctyun.cn/ebp/ctapiDocument/search?sid=108&api=11308&data=161&isNormal=1"
            "&vid=154"),
           ("https://eop.ctyun.cn/ebp/ctapiDocument/search?sid=112&api=10853&data=173&isNormal=1"
            "&vid=166"),
           ("https://eop.ctyun.cn/ebp/ctapiDocument/search?sid=113&api=13412&data=174&isNormal=1"
            "&vid=167"),
           ("https://eop.ctyun.cn/ebp/ctapiDocument/search?sid=113&api=13413&data=174&isNormal=1"
            "&vid=167")},
      .fields = fields(),
      .products = {product("cdn", "CTYun CDN"),
                   product("icdn", "CTYun ICDN"),
                   product("ao", "CTYun AccessOne")},
      .limits = {.calls_per_second = 5,
                 .burst = 5,
                 .max_in_flight = 2,
                 .list_consistency = seconds(5)},
      .oddities = oddities(),
  };
  return kMetadata;
}

}  // namespace certferry
