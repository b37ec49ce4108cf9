#include "providers/ksyun/metadata.h"

#include "providers/common/in_place.h"

namespace certferry {

namespace {

using Algorithm = KeyType::Algorithm;

constexpr std::string_view kPolicy = R"({
  "Version": "2015-11-01",
  "Statement": [
    {
      "Effect": "Allow",
      "Action": [
        "cdn:GetCdnDomains",
        "cdn:GetCertificates",
        "cdn:ConfigCertificate",
        "cdn:SetCertificate"
      ],
      "Resource": ["*"]
    }
  ]
})";

std::vector<FieldMetadata> fields() {
  return {
      {.key = "access_key_id",
       .help = "access key (AK) of an IAM user that has the policy below; sent in clear with each "
               "call",
       .required = true,
       .example = "{ env: KSYUN_ACCESS_KEY_ID }"},
      {.key = "secret_access_key",
       .help = "secret key (SK) of the same pair",
       .secret = true,
       .required = true,
       .example = "{ file: /etc/certferry/ksyun.secret }"},
      {.key = "project_id",
       .help = "number of a project: only its domains are listed, else those of all",
       .example = "\"0\""},
  };
}

std::vector<ProductMetadata> products() {
  std::vector<Exemption> exempt = without_store();
  exempt.push_back({"JobFailed",
                    "how a deployment that fails after the yes shows is not published and not "
                    "emulated: the edge alone tells"});
  return {{
      .id = "cdn",
      .title = "Kingsoft Cloud CDN",
      .store = StoreKind::kInline,
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
      .exempt = std::move(exempt),
  }};
}

std::vector<Oddity> oddities() {
  return {
      {.what = "Requests are signed with AWS's Signature Version 4, in AWS's own words; the region "
               "of the scope is cn-shanghai-2, and any other would do. The signature covers a hash "
               "of the body",
       .evidence = "the vendor's SDKs for Go and Java, dnsmgr; src/signing/aws_v4_test.cpp has a "
                   "worked case"},
      {.what = "There is another way to sign, over sorted parameters, which puts the private key "
               "among them; it is not used",
       .evidence = "certimate"},
      {.what = "Nothing is stored without a domain: ConfigCertificate takes PEM and domains at "
               "once. So each domain gets an entry of its own",
       .evidence = "docs: 261, DomainIds is required"},
      {.what = "SetCertificate replaces what an entry holds, for every domain that has it. It is "
               "called only for an entry that one domain has; of domains that share one, each gets "
               "an entry of its own when its turn comes, and the last keeps the old one. The "
               "vendor keeps nothing to go back to; what was sent is kept here, sealed, for that",
       .evidence = "the vendor's SDK for Java, HttpsSetCertRequest; certd"},
      {.what = "Each PEM that ConfigCertificate takes makes an entry, and one that no domain has "
               "any more stays. Here that happens when an answer is lost and the domain is given "
               "another certificate by hand; an unused entry with the same certificate is used "
               "again. RemoveCertificates is never called",
       .evidence = "docs: 261; dnsmgr"},
      {.what = "The name of an entry is unique and cannot be changed: it is made of the domain's "
               "id and the beginning of the first fingerprint, and says nothing about what is "
               "there later. SetCertificate is sent the name that is there",
       .evidence = "the vendor's SDK for Java, HttpsTest; a client that knows 'The certificate "
                   "name has already existed'"},
      {.what = "An entry says which domains have it (ConfigDomainNames, with commas) and its PEM "
               "(CertificateContent); domains say neither. A domain whose certificate is not told, "
               "or that several entries name, counts as offline, and nothing is sent to it",
       .evidence = "the vendor's SDK for Java, HttpsCertificate"},
      {.what = "A list in which an entry in use does not say by which domains is an error: its "
               "domains would look as if they had none",
       .evidence =
           "ConfigDomainNames is in an SDK and in clients; no answer of the service was seen",
       .confirmed = false},
      {.what = "GetCertificates is asked for by POST, with the page in JSON; other clients ask by "
               "GET, without a page",
       .evidence = "certd posts, dnsmgr does not; the vendor's SDK for Java leaves it open",
       .confirmed = false},
      {.what = "GetCdnDomains is asked for at /2019-06-01/domain/GetCdnDomains; another client "
               "leaves out /domain",
       .evidence = "dnsmgr; certimate",
       .confirmed = false},
      {.what = "A domain that is 'configuring' or 'configure_failed' is served as before; one that "
               "is offline, locked or in review is not",
       .evidence = "docs: 43499, DomainStatus; certimate",
       .confirmed = false},
      {.what = "While a domain is being configured it takes no certificate (notRunningDomain), and "
               "a bind is tried again later",
       .evidence = "a client that knows the code",
       .confirmed = false},
      {.what = "Switching HTTPS off (Enable: off) switches HTTP/2 and the redirect to HTTPS off as "
               "well; it is never done. Switching it on is taken to leave all else as it is",
       .evidence = "docs: 261, Enable",
       .confirmed = false},
      {.what = "A failure has an HTTP status of 4xx or 5xx and {RequestId, Error}; an Error counts "
               "whatever the status. What codes there are is published in part: "
               "InvalidClientTokenId is about the keys, IllegalOperation about a permission or an "
               "account without CDN",
       .evidence = "docs: 82; a client's table of codes",
       .confirmed = false},
      {.what = "Answers may be XML unless JSON is asked for by Accept", .evidence = "docs: 82"},
      {.what = "IAM's documents say that actions are named as the API's are; that CDN takes a "
               "policy for each of them was not seen",
       .evidence = "docs: 1401, Action",
       .confirmed = false},
      {.what = "Whether the edge takes ECDSA keys is not said; they are sent, and a refusal "
               "changes nothing",
       .evidence = "docs: 180 shows RSA",
       .confirmed = false},
      {.what = "Rates are not published; 2 calls a second, one at a time, and lists that lag 5 s "
               "are guesses",
       .evidence = "docs: 198",
       .confirmed = false},
      {.what = "KCM, load balancers and live domains are not here: CDN has a list of certificates "
               "of its own, and live domains are in another list than GetCdnDomains",
       .evidence = "docs: 180, 43499"},
      {.what = "There is no SDK for Node: nothing of the vendor's was run against the emulator",
       .evidence = "its SDKs are for Go, Java, PHP and Python"},
  };
}

}  // namespace

const ProviderMetadata& ksyun_metadata() {
  static const ProviderMetadata kMetadata = {
      .id = "ksyun",
      .name = "Kingsoft Cloud",
      .native_name = "金山云",
      .endpoint = "https://cdn.api.ksyun.com",
      .keys_url = "https://uc.console.ksyun.com/pro/iam/#/set/keyManage",
      .documents = {"https://docs.ksyun.com/documents/198",
                    "https://docs.ksyun.com/documents/261",
                    "https://docs.ksyun.com/documents/180",
                    "https://docs.ksyun.com/documents/40298",
                    "https://docs.ksyun.com/documents/82",
                    "https://docs.ksyun.com/documents/1401"},
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
