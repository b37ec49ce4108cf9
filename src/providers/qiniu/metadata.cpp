#include "providers/qiniu/metadata.h"

namespace certferry {

namespace {

using Algorithm = KeyType::Algorithm;

std::vector<FieldMetadata> fields() {
  return {
      {.key = "access_key",
       .help = "AccessKey (AK) of the account or of a user of it; sent in clear with each call",
       .required = true,
       .example = "{ env: QINIU_ACCESS_KEY }"},
      {.key = "secret_key",
       .help = "SecretKey (SK) of the same pair",
       .secret = true,
       .required = true,
       .example = "{ file: /etc/certferry/qiniu.secret }"},
  };
}

ProductMetadata product(std::string_view id,
                        std::string_view title,
                        std::vector<Exemption> exempt) {
  exempt.push_back({"JobFailed",
                    "what its lists say of a certificate whose deployment fails after the yes is "
                    "not documented and not emulated: the edge alone tells"});
  exempt.push_back({"MissingPermissionIsNamed",
                    "the vendor does not publish what its permissions are called; the call is "
                    "named"});
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
          .exempt = std::move(exempt)};
}

std::vector<ProductMetadata> products() {
  return {
      product("cdn",
              "Qiniu Fusion CDN",
              {{"ObservingTakesNoMoreCallsForMoreDomains",
                "only a call for one domain says its certificate and the settings that a bind "
                "sends back; a daemon asks a domain again only after its row in the list has "
                "changed"}}),
      product("kodo",
              "Qiniu Kodo source domains",
              {{"WildcardName", "a bucket takes no wildcard for a domain"}}),
  };
}

std::vector<Oddity> oddities() {
  return {
      {.what =
           "Two signatures are taken. The older one, QBox, does not cover a body of JSON, so the "
           "newer one is used for every call",
       .evidence = "docs: access-token; tests/wire/fixtures/qiniu.json"},
      {.what =
           "A signature has no time of its own and would hold for ever, so X-Qiniu-Date is sent "
           "and signed with every call, as the vendor's SDK does",
       .evidence = "qiniu 7.15, on unless switched off; case 'dated' of the recorded calls"},
      {.what =
           "How far a clock may be off is not said, and a wrong one is refused as wrong keys are",
       .evidence = "docs: access-token name no tolerance",
       .confirmed = false},
      {.what =
           "Certificates are called at api.qiniu.com; newer documents name fusion.qiniuapi.com, "
           "which `endpoint:` may be set to only if it has domains as well",
       .evidence = "certimate, certd and acme.sh call api.qiniu.com for both"},
      {.what = "An id is certID in the answer to an upload, certid in the list and certId in a "
               "domain",
       .evidence = "certimate, sdk3rd/qiniu; the vendor's console, ICertificate and IHttps"},
      {.what = "The same pair again is stored again under a new id, so a repeat looks for its "
               "earlier upload by name; one code, 400400, says that a certificate was created "
               "before, and is taken for that as well",
       .evidence = "acme.sh uploads at each run; the console's table of codes",
       .confirmed = false},
      {.what = "A name may be too long, and how long is not said, so a label is written in a "
               "shorter form of 62 characters; names are not unique",
       .evidence = "the console's texts: certification name too long"},
      {.what = "GET /sslcert/ID would say more of a certificate, and gives away its private key to "
               "whoever may call it; it is not called. A certificate that somebody else stored is "
               "therefore used only when its name says which it is",
       .evidence = "the vendor's console, ICertificateDetail: ca and pri"},
      {.what = "common_name must be one of the certificate's names; newer documents spell it "
               "commonName or leave it out",
       .evidence = "acme.sh and certimate send common_name; certd sends a word of its own",
       .confirmed = false},
      {.what =
           "Only a call for one domain says which certificate it has. The list can be asked for "
           "the domains of one certificate, but not for the settings that a bind has to send "
           "back",
       .evidence = "docs: the-domain-name, parameter certId; the vendor's console, IDomain"},
      {.what =
           "A row of the list has the moment of its domain's last change, and is taken to change "
           "with every change of the certificate",
       .evidence = "docs: the-domain-name, modifyAt",
       .confirmed = false},
      {.what = "sslize and httpsconf set forceHttps and http2Enable too, so both are read and sent "
               "back; a domain that gets HTTPS for the first time keeps answering plain HTTP, "
               "without HTTP/2",
       .evidence = "docs: the-domain-name; certimate reads and resends them"},
      {.what =
           "A change is refused while an earlier one of the domain is under way (400030), 5 to 15 "
           "minutes as a rule and 3 hours at most; nothing was changed then",
       .evidence = "the console's table of codes and its texts for operations"},
      {.what = "Whether a domain's certId is the new one as soon as the bind is answered, or only "
               "once its work is done, was not seen; the edge is asked in any case",
       .evidence = "clients wait for operatingState success",
       .confirmed = false},
      {.what =
           "That a domain has these settings already is an error (400910), and taken for a bind "
           "that is done",
       .evidence = "the console's table of codes"},
      {.what = "A wildcard is written .example.com, in paths too",
       .evidence = "certimate; acme.sh issue 5324"},
      {.what =
           "Names that were made below a wildcard (type pan) take its settings, so they are not "
           "bound by themselves",
       .evidence = "the vendor's console: their configuration is the wildcard's",
       .confirmed = false},
      {.what = "A domain whose last change failed or is under way is served as before, unless that "
               "change was about making, stopping or deleting it",
       .evidence = "the vendor's console, OperatingState and OperationType",
       .confirmed = false},
      {.what =
           "No such domain is HTTP 612 to a change and 404001 to a read; codes of six digits "
           "begin with an HTTP status that says little (404906: the certificate cannot be read)",
       .evidence = "acme.sh issue 5324, certimate issue 387, the console's table of codes"},
      {.what = "A certificate that is bound is not deleted (400611)",
       .evidence = "two clients that look for this code"},
      {.what = "Whether a store can be full is not said; a refused upload that speaks of a limit "
               "(上限) is taken for that",
       .evidence = "the console's texts for other limits",
       .confirmed = false},
      {.what = "At least 30 days must be left of a certificate; some lines take no ECDSA",
       .evidence = "the console's table of codes: 400322, 400319, 400514"},
      {.what =
           "Rates are not published; 5 calls a second, two at a time, and lists that lag 5 s are "
           "guesses",
       .evidence = "code 400039 and HTTP 429 are all that is known",
       .confirmed = false},
      {.what =
           "Kodo's buckets and their source domains are asked for at uc.qiniuapi.com, bucket by "
           "bucket; where `endpoint:` is no address of the vendor's, there",
       .evidence = "docs: kodo/3926, GET /buckets; kodo/8338, GET /domain"},
      {.what = "Kodo's documents tell only of its console how a source domain gets a certificate. "
               "What the console calls for it is used: GET /cert/bindings, one list of all "
               "certificates that domains of buckets have, and POST /cert/bind, which names domain "
               "and certificate and nothing else",
       .evidence = "the vendor's console, ICertificateWithDomain and bindCertificateToDomain; "
                   "certd, allinssl and others bind so at api.qiniu.com, certimate by PUT"},
      {.what = "That /cert/bindings is answered at api.qiniu.com was not seen, where /cert/bind "
               "and /sslcert of the same service are; nor whether it ever comes in pages",
       .evidence = "certd has the call and does not make it; the console goes through a proxy",
       .confirmed = false},
      {.what = "A domain of the CDN is refused by /cert/bind with HTTP 403 and words alone: "
               "domaintype is not allowed",
       .evidence = "certimate issues 1289 and 1420, certd issue 313, allinssl issue 512"},
      {.what =
           "A source domain that is frozen (freeze_types: want of a filing, or what it served) "
           "counts as offline; a bucket that may not be asked, as one that somebody else lets the "
           "account use may be, is shown as such",
       .evidence = "docs: kodo/8338; kodo/3926, of buckets of others. That such a bucket refuses "
                   "was not seen",
       .confirmed = false},
      {.what = "A source domain is one exact name, and no call says where its edge is: it is "
               "looked for where the domain itself leads",
       .evidence = "the vendor's console, normalDomainPattern; docs: kodo/8338"},
      {.what = "A certificate is served by Kodo about ten minutes after it was bound",
       .evidence = "the vendor's console, where a domain's HTTPS is set"},
      {.what = "That the store refuses to delete what a source domain has, as it does with the "
               "CDN's, was not seen; what products of the configuration use is kept in any case",
       .evidence = "the words of 400611 are of a domain, not of the CDN's",
       .confirmed = false},
      {.what = "The official SDK has no calls for certificates or domains; its HTTP client and its "
               "signature, unmodified, did them to the emulator",
       .evidence = "tests/wire/emulated/qiniu.js"},
  };
}

}  // namespace

const ProviderMetadata& qiniu_metadata() {
  static const ProviderMetadata kMetadata = {
      .id = "qiniu",
      .name = "Qiniu Cloud",
      .native_name = "七牛云",
      .endpoint = "https://api.qiniu.com",
      .keys_url = "https://portal.qiniu.com/developer/user/key",
      .documents = {"https://developer.qiniu.com/fusion/8593/interface-related-certificate",
                    "https://developer.qiniu.com/fusion/13368/fusion-api-cert-management",
                    "https://developer.qiniu.com/fusion/4246/the-domain-name",
                    "https://developer.qiniu.com/kodo/3926/get-service",
                    "https://developer.qiniu.com/kodo/8338/query-the-custom-domain-name-space",
                    "https://developer.qiniu.com/kodo/1201/access-token"},
      .fields = fields(),
      .products = products(),
      .limits = {.calls_per_second = 5,
                 .burst = 5,
                 .max_in_flight = 2,
                 .list_consistency = seconds(5)},
      .oddities = oddities(),
  };
  return kMetadata;
}

}  // namespace certferry
