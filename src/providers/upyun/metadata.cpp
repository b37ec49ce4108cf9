#include "providers/upyun/metadata.h"

namespace certferry {

namespace {

using Algorithm = KeyType::Algorithm;

std::vector<FieldMetadata> fields() {
  return {
      {.key = "username",
       .help = "name of a sub-account that may manage CDN services and SSL certificates; not an "
               "operator of a storage service",
       .required = true,
       .example = "{ env: UPYUN_USERNAME }"},
      {.key = "password",
       .help = "its password; the console stores and binds certificates for nothing else",
       .secret = true,
       .required = true,
       .example = "{ file: /etc/certferry/upyun.secret }"},
  };
}

std::vector<ProductMetadata> products() {
  constexpr std::string_view kNoNames =
      "the store keeps no name, so that nothing says which certificates are ours after the program "
      "has ended: none is deleted, and what is no longer used has to be deleted in the console";
  return {{
      .id = "cdn",
      .title = "UPYUN CDN",
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
      .exempt =
          {{"JobFailed", "its yes to a bind is final: no job ends later and says how"},
           {"OnlyTheSupersededOneIsRetired", kNoNames},
           {"WhatHasEndedIsRetiredAsWell", kNoNames},
           {"DeleteRefused", kNoNames},
           {"ReplyLostAfterUpload",
            "what was stored is found by sending it again, which gives the same id and no second "
            "copy; none is deleted, as the case goes on to want"},
           {"ListsOfThreePages",
            "an upload whose answer was lost is sent again, so there is one change more than the "
            "case allows"},
           {"IdenticalCertificateIsAdopted",
            "the list does not say what is stored; the same pair is sent, and gets the id that it "
            "has"},
           {"ProductsOfOneAccountShareTheUpload", "the account has one product here"},
           {"WhatAnotherProductUsesIsKept",
            "the account has one product here, and none is deleted"},
           {"MissingPermissionIsNamed",
            "the vendor does not publish what its permissions are called; the call is named"}},
  }};
}

std::vector<Oddity> oddities() {
  return {
      {.what =
           "The API with tokens (api.upyun.com) is documented to read certificates, not to store "
           "or bind them, so the console's own calls are used, in a session that begins with a "
           "name and a password",
       .evidence =
           "docs: operations of https; certimate, certd and allinssl log in to the console"},
      {.what =
           "One client uploads and binds with a token; nobody else is known to have seen that, so "
           "it is not used",
       .evidence = "POST https://api.upyun.com/https/certificate/ in one client",
       .confirmed = false},
      {.what =
           "An account that is asked for a captcha or a second factor cannot be used; give it a "
           "sub-account, which may do no more than it has to",
       .evidence = "a client that asks for a sub-account's name and password"},
      {.what =
           "Whoever is not logged in is led to the login page by a redirect, so nothing was done "
           "then; how long a session lasts is not known, and one older than 20 minutes is made "
           "anew",
       .evidence = "a client that looks for Location; clients log in for each run",
       .confirmed = false},
      {.what =
           "Nothing can be written on a certificate. What we stored is known by the id that the "
           "upload gave, and since nothing else says that it is ours, it is never deleted",
       .evidence = "docs: certificate/list; certimate, UploadHttpsCertificate"},
      {.what = "The same pair again gets the id that it has, so a repeat stores nothing twice",
       .evidence = "a client that looks whether the new id is the old one"},
      {.what = "EC keys are sent as SEC1 has them and RSA keys as PKCS#1 has them; that PKCS#8 is "
               "refused for EC was not seen",
       .evidence = "a client writes another first line on EC keys before it sends them",
       .confirmed = false},
      {.what =
           "The list of certificates is an object by id, in which 'default' stands too; it has "
           "only the first name of each. The others stand where its domains are listed, and are "
           "known here of what is or was in use",
       .evidence = "docs: certificate/list; sslmanage, answer of certificate/manager"},
      {.what = "A certificate lists every domain that it could serve; it serves those with https: "
               "true. No list of domains says which certificate they have",
       .evidence = "sslmanage and upyun.py, answers of certificate/manager"},
      {.what = "config_domain is taken for the number of domains that have a certificate; those of "
               "which it is 0 are not asked for their domains",
       .evidence = "docs: certificate/list; upyun.py and two actions delete those with 0",
       .confirmed = false},
      {.what = "Lists of certificates go on with the pager's max, and end when it is null",
       .evidence = "docs: buckets, sample; an action that walks the list so"},
      {.what =
           "A domain's first certificate is set by certificate/manager, which sets force_https "
           "too (to false); a later one by migrate/domain, which keeps all else. The first call "
           "for a domain that has one is error 21713, the second for the same one 23601",
       .evidence = "certimate; two clients that look for these codes"},
      {.what = "migrate/certificate would move all domains of a certificate at once, those that "
               "nobody asked for as well; it is not used",
       .evidence = "three clients use it"},
      {.what = "A delete is refused while domains are bound, which its type says "
               "(ThereIsBindingDomains)",
       .evidence = "a client that looks for it"},
      {.what =
           "A domain is served when it, and its service, have the status NORMAL and the service "
           "is visible",
       .evidence = "certimate; docs: buckets, sample"},
      {.what =
           "Services are asked for 100 a page where the console asks for 10; the answer's total "
           "is what counts",
       .evidence = "certimate asks for 10",
       .confirmed = false},
      {.what = "How a wildcard is written is not known; *.example.com and .example.com are both "
               "understood, and sent back as they came",
       .evidence = "no sample has one",
       .confirmed = false},
      {.what = "Storage services have domains with certificates as well (type file); they are not "
               "listed here",
       .evidence = "sslmanage, answer of certificate/manager"},
      {.what = "Rates, a limit of certificates and how long lists lag are not published; 2 calls a "
               "second, one at a time, and 5 s are guesses",
       .evidence = "clients wait 3 s and 5 s between calls that change",
       .confirmed = false},
      {.what = "The official SDK knows the storage only; nothing of the vendor's own could be let "
               "loose on the emulator",
       .evidence = "upyun 3.4.6"},
  };
}

}  // namespace

const ProviderMetadata& upyun_metadata() {
  static const ProviderMetadata kMetadata = {
      .id = "upyun",
      .name = "UPYUN",
      .native_name = "又拍云",
      .endpoint = "https://console.upyun.com",
      .keys_url = "https://console.upyun.com/",
      .documents = {"https://api.upyun.com/doc#/api/operation/https",
                    "https://api.upyun.com/doc#/api/operation/buckets",
                    "https://console.upyun.com/toolbox/ssl/"},
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
