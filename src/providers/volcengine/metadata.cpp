#include "providers/volcengine/metadata.h"

namespace certferry {

namespace {

using Algorithm = KeyType::Algorithm;

constexpr std::string_view kPolicy = R"({
  "Statement": [
    {
      "Effect": "Allow",
      "Resource": ["*"],
      "Action": [
        "certificate_service:CertificateGetInstanceList",
        "certificate_service:ImportCertificate",
        "certificate_service:CertificateDeleteInstance",
        "cdn:ListCdnDomains",
        "cdn:ListCertInfo",
        "cdn:DescribeCdnConfig",
        "cdn:BatchDeployCert",
        "dcdn:ListDomainConfig",
        "dcdn:CreateCertBind",
        "live:ListDomainDetail",
        "live:ListCertV2",
        "live:CreateCert",
        "live:BindCert",
        "live:DeleteCert",
        "vod:ListSpace",
        "vod:ListVodDomains",
        "vod:DescribeVodDomainConfig",
        "vod:UpdateVodDomainConfig",
        "imagex:GetAllImageServices",
        "imagex:GetServiceDomains",
        "imagex:GetDomainConfig",
        "imagex:UpdateHttps",
        "tos:ListBuckets",
        "tos:GetBucketCustomDomain",
        "tos:PutBucketCustomDomain",
        "clb:DescribeLoadBalancers",
        "clb:DescribeListeners",
        "clb:DescribeListenerAttributes",
        "clb:DescribeRules",
        "clb:ModifyListenerAttributes",
        "clb:ModifyListenerDomainExtensions",
        "alb:DescribeLoadBalancers",
        "alb:DescribeListeners",
        "alb:DescribeListenerAttributes",
        "alb:DescribeRules",
        "alb:ModifyListenerAttributes"
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
       .example = "{ env: VOLCENGINE_ACCESS_KEY_ID }"},
      {.key = "secret_access_key",
       .help = "secret of the same pair, just as the console shows it",
       .secret = true,
       .required = true,
       .example = "{ file: /etc/certferry/volcengine.secret }"},
      {.key = "session_token",
       .help = "only with a temporary pair of STS, which ends within hours",
       .secret = true},
      {.key = "project_name",
       .help =
           "resource project that certificates are uploaded to; left out, the account's default",
       .example = "default"},
      {.key = "load_balancer_region",
       .help = "products clb and alb only: the region of the load balancers (cn-beijing when left "
               "out); those of another region take an account of their own",
       .example = "cn-shanghai"},
  };
}

ProductMetadata product(std::string_view id, std::string_view title) {
  return {.id = id,
          .title = title,
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
                      .why = "what its lists say of a certificate whose deployment fails after the "
                             "yes is not documented and "
                             "not emulated: the edge alone tells"}}};
}

ProductMetadata dcdn() {
  ProductMetadata dcdn = product("dcdn", "Volcengine DCDN");
  dcdn.exempt.push_back(
      {.which = "FailureInsideOfASuccess",
       .why = "its no is a Success false without a word, which decides nothing: the domain is read "
              "again, and bound again if it has not got the certificate"});
  return dcdn;
}

ProductMetadata vod() {
  ProductMetadata vod = product("vod", "Volcengine VOD");
  vod.exempt.push_back(
      {.which = "ObservingTakesNoMoreCallsForMoreDomains",
       .why = "which certificate a domain has only a call for that one domain says: each that has "
              "HTTPS is asked, and again when its row has changed"});
  vod.exempt.push_back({.which = "WildcardName", .why = "VOD takes no wildcard for a domain"});
  return vod;
}

ProductMetadata imagex() {
  ProductMetadata imagex = product("imagex", "Volcengine veImageX");
  imagex.exempt.push_back(
      {.which = "ListsOfThreePages", .why = "its lists come whole, without pages"});
  return imagex;
}

/// Its changes are jobs, so that no case of those is beyond it.
ProductMetadata listeners(std::string_view id, std::string_view title) {
  ProductMetadata listeners = product(id, title);
  listeners.exempt.clear();
  return listeners;
}

std::vector<Oddity> oddities() {
  return {
      {.what = "The secret is the first key of the signature's chain as it stands: it looks like "
               "base64 "
               "and is not decoded, and nothing goes before it",
       .evidence = "docs: 6369/67269; tests/wire/fixtures/volcengine.json"},
      {.what = "A signature is good for about 15 minutes, so every repeat is signed anew",
       .evidence = "error code InvalidTimestamp; that it is 15 was not seen",
       .confirmed = false},
      {.what = "CDN, Live, VOD and veImageX are signed for cn-north-1, the certificate centre and "
               "DCDN for cn-beijing, wherever the edges are; load balancers for their own region",
       .evidence = "SDK: standard resolver; older documents of the centre say cn-north-1",
       .confirmed = false},
      {.what = "Certificates lie in the certificate centre, which all products share: one upload "
               "serves "
               "CDN and DCDN. CDN's own hosting (cdn_cert_hosting) is let to some accounts only, "
               "and is "
               "not used",
       .evidence = "docs: AddCertificate, Source"},
      {.what = "CDN, and DCDN, must once be given leave to use the certificate centre, in the "
               "console and "
               "by the main account; a bind is refused until then",
       .evidence = "docs: AddCertificate, cross-service authorisation"},
      {.what =
           "The same certificate again is not stored but answered with the id of the one that is "
           "there (RepeatId), whoever stored it; so uploads say Repeatable true, and what "
           "certferry "
           "deletes in the end is always its own",
       .evidence = "docs: ImportCertificate, Repeatable"},
      {.what =
           "The centre's list has no fingerprints: what somebody else stored is used only when its "
           "remark is one of certferry's",
       .evidence = "SDK: CertificateGetInstanceList"},
      {.what =
           "CertificateGetInstance would say more of a certificate, and gives away its private key "
           "to whoever may call it; it is not called and need not be allowed",
       .evidence = "docs: CertificateGetInstance, CertificateDetail.PrivateKey"},
      {.what = "Times in the centre's list name no zone and are taken for China's by another "
               "client; what "
               "a certificate of ours ends at stands in its remark (Tag), to the second",
       .evidence = "certimate: volcengine-certcenter",
       .confirmed = false},
      {.what = "At most 500 certificates can be uploaded",
       .evidence = "docs: ImportCertificate; the code of the refusal was not seen",
       .confirmed = false},
      {.what = "The centre deletes nothing that a product uses, nor what was renewed by another "
               "certificate; its code Delete.Certificate is taken for that. Every product is asked "
               "before, "
               "to say who uses it",
       .evidence = "docs: CertificateDeleteInstance; certimate",
       .confirmed = false},
      {.what = "CDN's list of domains does not say which certificate they have; its list of "
               "certificates "
               "says which domains each has, so both are read and no domain is asked by itself",
       .evidence = "docs: ListCdnDomains, ListCertInfo"},
      {.what =
           "Of a domain with a certificate hosted by CDN, or with two, only DescribeCdnConfig says "
           "which; it is asked again when its row in the list has changed",
       .evidence = "docs: DescribeCdnConfig, CertInfo and CertInfoList"},
      {.what =
           "What a bind by one id does to a domain with two certificates was not seen, nor for "
           "which key either of two ids is: a domain is asked for before each bind, and one with "
           "two is refused",
       .evidence = "docs: BatchDeployCert, CertId2",
       .confirmed = false},
      {.what = "BatchDeployCert tells inside of a success that a domain did not get its "
               "certificate, in "
               "words for people only; it turns HTTPS on and leaves other settings alone",
       .evidence = "docs: BatchDeployCert, DeployResult"},
      {.what =
           "It takes up to 50 domains at once; one is sent, so that each has an answer of its own",
       .evidence = "docs: BatchDeployCert, Domain"},
      {.what = "A domain in the status configuring serves, and refuses changes until that is done: "
               "it is "
               "taken for online, and a bind is tried again",
       .evidence = "docs: ListCdnDomains, Status; the words of the refusal were not seen",
       .confirmed = false},
      {.what = "A domain that the vendor's support has locked says so in its status",
       .evidence = "docs: ListCdnDomains, DomainLock"},
      {.what = "A wildcard is listed as .example.com or *.example.com, and sent back as listed",
       .evidence = "certimate for DCDN; for CDN samples of the documents",
       .confirmed = false},
      {.what =
           "DCDN calls a disabled domain Stop; any other status is taken for one that is served",
       .evidence = "certimate: volcengine-dcdn",
       .confirmed = false},
      {.what =
           "CreateCertBind takes several domains and answers with one Success for all; one is "
           "sent. Success false has no reason with it: the domain is read before anything is sent "
           "again",
       .evidence = "SDK: CreateCertBind"},
      {.what =
           "What a policy calls each call by was not seen: the policy takes the service that the "
           "call is signed for and the call's own name",
       .evidence = "no list of them was found; a refusal names the one that is missing",
       .confirmed = false},
      {.what = "A failure may come with HTTP 200: an Error in ResponseMetadata counts whatever the "
               "status",
       .evidence = "docs: API request responses"},
      {.what = "20 calls a second are allowed for each action, of Live's, VOD's and veImageX's 10; "
               "10 for all "
               "together "
               "are used",
       .evidence = "docs: usage limits of each action"},
      {.what = "How long lists lag is not published; 5 s are a guess",
       .evidence = "clients read right after they write",
       .confirmed = false},
      {.what = "Documents ask for CR LF in certificates; LF is sent, which other clients do and is "
               "taken",
       .evidence = "certimate",
       .confirmed = false},
      {.what = "RSA and ECC are taken; which curves and lengths was not published",
       .evidence = "docs: ImportCertificate",
       .confirmed = false},
      {.what = "Live keeps certificates of its own (ChainID) and takes none from the certificate "
               "centre: a bundle is copied into Live's list before its first bind there, and the "
               "copy is deleted when the centre's certificate is",
       .evidence = "docs: 6469/110084, CreateCert"},
      {.what = "A copy is called by the centre's id, which has 37 characters; a name may have 40, "
               "and a label does not fit. Its list gives fingerprints away only with private keys "
               "(DescribeCertDetailSecretV2), so that it is known by its name alone",
       .evidence = "docs: 6469/110084; ListCertV2"},
      {.what =
           "ChainIDVolc, the chain's id in the certificate centre, is taken for the centre's id "
           "with or without cert- before it, of what is not called by one; that Live puts what "
           "it is given into the centre as well was not seen, nor whether that goes with it",
       .evidence = "docs: ListCertV2, ChainIDVolc: an example of it has 32 digits",
       .confirmed = false},
      {.what = "A copy of a certificate that somebody else stored in the centre stays in Live's "
               "list: what is not certferry's is not deleted",
       .evidence = "follows from the two above"},
      {.what =
           "Live's BindCert sets HTTP/2 as well, and off unless told otherwise: what the list of "
           "domains says of it is sent along and compared afterwards",
       .evidence = "docs: BindCert, HTTP2; volc-sdk-golang: ListDomainDetail, HTTP2",
       .confirmed = false},
      {.what =
           "Live's BindCert may also set the TLS versions, by default TLS 1.2 and later; no list "
           "has them, none are sent, and whether that leaves a domain's own alone was not seen. "
           "Where a domain of Live's is set to other versions, look at them after the first bind",
       .evidence = "docs: BindCert, MinTLSVersion and MaxTLSVersion",
       .confirmed = false},
      {.what =
           "Of Live's domains those for playback are listed (pull-flv), whatever their status but "
           "deleted; whether a certificate that is bound is switched on, only the edge tells",
       .evidence = "docs: ListDomainDetail, Type and Status"},
      {.what =
           "What Live says when it deletes a certificate that a domain has was not seen: such a "
           "copy is not deleted, whichever kind of domain has it",
       .evidence = "docs: ListCertV2, CertDomainList",
       .confirmed = false},
      {.what = "A list that is refused with RequestForbidden or a code that has ServiceNotOpen in "
               "it is taken for one of a product that the account never opened, where nothing can "
               "use a certificate. Live says RequestForbidden of what is not in the account as "
               "well. Any other refusal of a list keeps certificates from being deleted",
       .evidence = "docs: error codes of BindCert; how other products say it was not seen",
       .confirmed = false},
      {.what = "Live calls the pair that it is given Rsa; that it takes ECC was not seen",
       .evidence = "docs: CreateCert, Rsa",
       .confirmed = false},
      {.what = "Live writes RequestID where the others write RequestId",
       .evidence = "docs: samples of BindCert"},
      {.what = "VOD's domains are listed space by space, and spaces by a call of an older version "
               "(ListSpace 2021-01-01), which comes whole; that it lists the spaces of every "
               "project was not seen",
       .evidence = "docs: 4/2389927, ListVodDomains; 4/107686, ListSpace",
       .confirmed = false},
      {.what = "Calls about a domain of VOD want its type (vod_play, vod_image or third); that the "
               "list spells it so was not seen, so each type is listed by itself",
       .evidence = "docs: ListVodDomains, DomainType",
       .confirmed = false},
      {.what =
           "One answer of VOD has two lists: its own (VodInfo), which pages are counted by, and "
           "CDN's (DomainInfo), which has the status and whether there is HTTPS. Of a domain "
           "that the second one lacks, its configuration says both",
       .evidence = "docs: ListVodDomains, VodInfo.Total; volcengine-go-sdk: vod20260101"},
      {.what = "What UpdateVodDomainConfig is given replaces a domain's whole HTTPS settings: they "
               "are read before, sent along with another certificate in them, and compared "
               "afterwards, but for those that appear as HTTPS is switched on. A domain with two "
               "certificates is refused, for one would be lost",
       .evidence = "docs: UpdateCdnConfig of CDN, which it hands them on to; certimate sends the "
                   "certificate alone",
       .confirmed = false},
      {.what = "VOD takes no wildcard for a domain",
       .evidence = "docs: 4/2389926, rules of domains"},
      {.what = "Every product is asked before a certificate is deleted, so keys that are in use "
               "need the lines of each product that is new in the policy: a refusal for want of a "
               "permission is no answer. Of CLB and ALB it is one as long as they were never "
               "listed since certferry started, and the centre alone guards what they use then",
       .evidence = "follows from what the centre does not say; docs: CertificateDeleteInstance"},
      {.what = "veImageX's domains are listed service by service, and each list comes whole; the "
               "services are those of mainland China: those of other parts of the world have hosts "
               "of their own and are not here",
       .evidence = "docs: 508/9360, GetAllImageServices; 508/9379, GetServiceDomains"},
      {.what = "A certificate of veImageX's is taken for one of the centre by its id, which begins "
               "with cert-; older ones were seen without that, and stand for themselves. What the "
               "list says of a domain whose HTTPS is off was not seen",
       .evidence = "docs: 508/9362, AddDomainV1, and @volcengine/openapi: GetDomainConfig, cert_id",
       .confirmed = false},
      {.what = "UpdateHttps replaces all HTTPS settings of a domain of veImageX's: they are read "
               "before and sent along. The list has HTTP/2 alone to compare afterwards",
       .evidence = "docs: 508/66012, UpdateHttps; certimate"},
      {.what =
           "Whether QUIC is on cannot be read in veImageX, and UpdateHttps may set it: it is not "
           "sent, and whether that leaves it as it is was not seen. Where a domain of "
           "veImageX's has QUIC, look at it after the first bind",
       .evidence = "@volcengine/openapi: UpdateHttps, enable_quic; GetDomainConfig, https_config; "
                   "the document of UpdateHttps does not have it",
       .confirmed = false},
      {.what =
           "HSTS of veImageX is called enabled where it is read and enable where it is written: "
           "both are sent",
       .evidence = "@volcengine/openapi: GetDomainConfig and UpdateHttps, hsts",
       .confirmed = false},
      {.what =
           "UpdateHttps must be told TLS versions: those that are set, or TLS 1.2 and 1.3 for a "
           "domain that has none",
       .evidence = "docs: 508/66012, tls_versions"},
      {.what = "States of veImageX's domains are Chinese words, of which two were seen: normal and "
               "being configured count as online, what speaks of a stop or a ban as offline, and "
               "any other holds the domain",
       .evidence = "@volcengine/openapi: GetServiceDomains and GetDomainConfig, status",
       .confirmed = false},
      {.what =
           "TOS has hosts and a signature of its own, which covers no body, and answers without "
           "ResponseMetadata",
       .evidence = "docs: 6349/74839; tests/wire/fixtures/volcengine_tos.json"},
      {.what =
           "One call lists TOS's buckets of all regions; each is asked for its domains in its own "
           "region, of which it has 20 at most. A bucket that has none is not found, and one "
           "whose own policy denies it is shown as such",
       .evidence = "docs: 6349/74850, ListBuckets; @volcengine/tos-sdk: getBucketCustomDomain"},
      {.what =
           "PutBucketCustomDomain adds a domain or sets it anew, so its protocol (tos or s3) is "
           "sent along as it is set, and compared afterwards; what it is set to without that "
           "was not seen",
       .evidence = "docs: PutBucketCustomDomain of BytePlus's TOS; certimate sends none",
       .confirmed = false},
      {.what =
           "CertStatus of TOS's domains was not seen to follow a bind, so the certificate's id "
           "counts whatever it says; RoleNotExist means that TOS was not given leave to use the "
           "certificate centre, and stands in the domain's status",
       .evidence = "docs: GetBucketCustomDomain of BytePlus's TOS, CertStatus",
       .confirmed = false},
      {.what =
           "A domain that TOS has banned (Forbidden), as for want of a filing, counts as offline",
       .evidence = "docs: GetBucketCustomDomain of BytePlus's TOS, ForbiddenReason"},
      {.what = "How TOS spells wildcards was not seen: they are sent back as listed",
       .evidence = "no document or client shows one",
       .confirmed = false},
      {.what =
           "A domain with an extension of its own at a listener of CLB or ALB has a certificate of "
           "its own and is a target. The other domains of its rules are served by a wildcard's "
           "extension, or else by the listener's own certificate: each is a target, and a bind of "
           "one is one of all, so a bundle that leaves one of them out is refused before anything "
           "is sent. That a wildcard's extension serves the domains that it covers was not seen, "
           "but is how SNI is used",
       .evidence = "certimate: volcengine-clb and volcengine-alb, DomainExtensions; SDK: "
                   "DescribeRules, Domain",
       .confirmed = false},
      {.what = "What no rule names goes to a listener's own server group, and is served by its own "
               "certificate. One that certferry did not upload is replaced only by one that covers "
               "all of its names, as the centre lists them, and one of another store, whose names "
               "cannot be read there, not at all: the domain takes an extension of its own",
       .evidence = "docs: 6406/71775 and 6767/113683, ServerGroupId of a listener"},
      {.what = "The domain of a rule stands in Domain, and those of a rule of ALB's standard "
               "edition in RuleConditions, in the HostConfig of a condition of type Host: both are "
               "read. How that spells the type, and a pattern, was not seen",
       .evidence = "volcengine-go-sdk: alb, RuleConditionForDescribeRulesOutput",
       .confirmed = false},
      {.what = "A listener without rules for domains, and an extension or a rule with a pattern, "
               "are listed under their ids or as they are spelled, as not online, and left alone; "
               "nothing is deleted that they have",
       .evidence = "follows from the above: there is no name that a certificate could be held to"},
      {.what = "A listener at another port than 443 is listed as not online and left alone, for "
               "nobody looks there whether it serves what it is set to; nothing is deleted that it "
               "has",
       .evidence = "follows from how it is confirmed that a name is served"},
      {.what = "A domain that several listeners have is one target, and a bind brings the "
               "certificate to each of them, one after the other; until all have it the domain is "
               "listed as set to \"this and that\"",
       .evidence = "follows from the lists"},
      {.what =
           "A listener's certificate is one of three stores: the certificate centre "
           "(cert_center), the load balancer's own (clb or alb), or a private CA's (pca_leaf). "
           "Ids look alike, so that one of another store is listed with the store's name behind "
           "it, and no id left over from an earlier store counts as what is served; nothing is "
           "deleted that any of them names",
       .evidence =
           "docs: CertificateSource; volcengine-go-sdk: DomainExtensionForDescribeListeners"},
      {.what =
           "CLB's list of listeners may leave out their extensions: a listener whose row does not "
           "speak of them is asked itself",
       .evidence = "terraform-provider-volcengine: listeners does not have them; certimate: "
                   "volcengine-clb asks the listener",
       .confirmed = false},
      {.what = "What a change of CLB is not given stays as it is; of ALB the document does not say "
               "so. There the CA that clients are verified by, the access list, the custom "
               "configuration, HTTP/2 and QUIC are read right before and sent along where they are "
               "set. What the lists say of a listener is compared afterwards, of both",
       .evidence =
           "docs: 6406/71775; 6767/113683; terraform-provider-volcengine: alb_listener sends "
           "the access list and the configuration with every change",
       .confirmed = false},
      {.what = "An extension of CLB takes certificates of the centre alone, by a call of its own; "
               "one of ALB is changed by the call that changes all of a listener, with its own "
               "certificate left out",
       .evidence = "volcengine-go-sdk: ModifyListenerDomainExtensions; certimate: volcengine-alb"},
      {.what =
           "A change of a listener answers at once and is done when the listener is Active with "
           "the new certificate and its load balancer is Active again; that is waited for for a "
           "good minute, and what is not done then is left to the edge to tell. What is listed "
           "meanwhile, and after a change that failed, was not seen",
       .evidence = "terraform-provider-volcengine: alb_listener, Refresh and ExtraRefresh",
       .confirmed = false},
      {.what =
           "A load balancer takes one change at a time, so binds to one wait for each other, and "
           "nothing is sent while it or the listener is not Active. What a refusal of a second "
           "change is called was not seen",
       .evidence = "terraform-provider-volcengine: alb_listener, LockId",
       .confirmed = false},
      {.what = "A listener or a load balancer that is Inactive or Disabled, or locked for want of "
               "payment (BusinessStatus), serves nobody; any status that speaks of no end or "
               "beginning counts as served, and stands in the domain's status",
       .evidence = "terraform-provider-volcengine: albs, business_status, and alb_listener, Status",
       .confirmed = false},
      {.what = "Load balancers are those of one region, which the signature names; CLB's and ALB's "
               "lists take a call more for each load balancer, and one or two for each listener of "
               "HTTPS",
       .evidence = "docs: 6406/71776; SDK: DescribeRules takes one listener"},
      {.what = "ALB takes 5 changes of listeners a second for an account; 10 calls a second are "
               "made to "
               "all of Volcengine, and those to one load balancer wait for each other",
       .evidence = "docs: 6767/113683, limit"},
      {.what = "NLB, WAF and API gateway use the centre as well and are not here; it refuses to "
               "delete what they use",
       .evidence = "docs: CertificateDeleteInstance"},
  };
}

}  // namespace

const ProviderMetadata& volcengine_metadata() {
  static const ProviderMetadata kMetadata = {
      .id = kVolcengineSite.id,
      .name = kVolcengineSite.name,
      .native_name = "火山引擎",
      .endpoint = "https://{service}.volcengineapi.com",
      .keys_url = kVolcengineSite.keys_url,
      .documents = {"https://www.volcengine.com/docs/6369/67269",
                    "https://www.volcengine.com/docs/6638/1365580",
                    "https://www.volcengine.com/docs/6638/1413343",
                    "https://www.volcengine.com/docs/6638/1208814",
                    "https://www.volcengine.com/docs/6454/75269",
                    "https://www.volcengine.com/docs/6454/125711",
                    "https://www.volcengine.com/docs/6454/80320",
                    "https://www.volcengine.com/docs/6454/125712",
                    "https://www.volcengine.com/docs/6559/1250189",
                    "https://www.volcengine.com/docs/6469/1126815",
                    "https://www.volcengine.com/docs/6469/1126820",
                    "https://www.volcengine.com/docs/6469/1126823",
                    "https://www.volcengine.com/docs/6469/110084",
                    "https://www.volcengine.com/docs/4/107686",
                    "https://www.volcengine.com/docs/4/2389927",
                    "https://www.volcengine.com/docs/4/2389907",
                    "https://www.volcengine.com/docs/508/9379",
                    "https://www.volcengine.com/docs/508/66012",
                    "https://www.volcengine.com/docs/6349/74850",
                    "https://www.volcengine.com/docs/6406/71775",
                    "https://www.volcengine.com/docs/6406/71776",
                    "https://www.volcengine.com/docs/6406/71778",
                    "https://www.volcengine.com/docs/6406/2193110",
                    "https://www.volcengine.com/docs/6767/113683",
                    "https://docs.byteplus.com/en/docs/tos/Putbucketcustomdomain"},
      .fields = fields(),
      .products = {product("cdn", "Volcengine CDN"),
                   dcdn(),
                   product("live", "Volcengine Live"),
                   vod(),
                   imagex(),
                   product("tos", "Volcengine TOS"),
                   listeners("clb", "Volcengine CLB, HTTPS listeners"),
                   listeners("alb", "Volcengine ALB, HTTPS listeners")},
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
