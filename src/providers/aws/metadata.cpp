#include "providers/aws/metadata.h"

#include <string>

namespace certferry {

namespace {

using Algorithm = KeyType::Algorithm;

/// The account's store is ACM.
constexpr std::string_view kOfAcm = R"({
  "Version": "2012-10-17",
  "Statement": [
    {
      "Effect": "Allow",
      "Action": ["acm:ListCertificates", "tag:GetResources"],
      "Resource": "*"
    },
    {
      "Effect": "Allow",
      "Action": [
        "acm:ImportCertificate",
        "acm:AddTagsToCertificate",
        "acm:DescribeCertificate"
      ],
      "Resource": "arn:aws:acm:*:*:certificate/*"
    },
    {
      "Effect": "Allow",
      "Action": "acm:DeleteCertificate",
      "Resource": "arn:aws:acm:*:*:certificate/*",
      "Condition": {"StringLike": {"aws:ResourceTag/certferry": "certferry-*"}}
    },
)";

/// The account's store is IAM.
constexpr std::string_view kOfIam = R"({
  "Version": "2012-10-17",
  "Statement": [
    {
      "Effect": "Allow",
      "Action": "iam:ListServerCertificates",
      "Resource": "*"
    },
    {
      "Effect": "Allow",
      "Action": ["iam:GetServerCertificate", "iam:UploadServerCertificate"],
      "Resource": "arn:aws:iam::*:server-certificate/*"
    },
    {
      "Effect": "Allow",
      "Action": "iam:DeleteServerCertificate",
      "Resource": "arn:aws:iam::*:server-certificate/*certferry-*"
    },
)";

/// Whatever it is.
constexpr std::string_view kOfProducts = R"(    {
      "Effect": "Allow",
      "Action": [
        "cloudfront:ListDistributions",
        "elasticloadbalancing:DescribeLoadBalancers",
        "elasticloadbalancing:DescribeListeners",
        "elasticloadbalancing:DescribeListenerCertificates",
        "elasticloadbalancing:DescribeRules"
      ],
      "Resource": "*"
    },
    {
      "Effect": "Allow",
      "Action": ["cloudfront:GetDistributionConfig", "cloudfront:UpdateDistribution"],
      "Resource": "arn:aws:cloudfront::*:distribution/*"
    },
    {
      "Effect": "Allow",
      "Action": [
        "elasticloadbalancing:AddListenerCertificates",
        "elasticloadbalancing:RemoveListenerCertificates",
        "elasticloadbalancing:ModifyListener"
      ],
      "Resource": [
        "arn:aws:elasticloadbalancing:*:*:listener/app/*",
        "arn:aws:elasticloadbalancing:*:*:listener/net/*"
      ]
    }
  ]
}
)";

std::vector<FieldMetadata> fields() {
  return {
      {.key = "access_key_id",
       .help = "access key ID of an IAM user that has the policy below; sent in clear with each "
               "call",
       .required = true,
       .example = "{ env: AWS_ACCESS_KEY_ID }"},
      {.key = "secret_access_key",
       .help = "secret access key of the same pair",
       .secret = true,
       .required = true,
       .example = "{ file: /etc/certferry/aws.secret }"},
      {.key = "session_token",
       .help = "only with a temporary pair of STS (ASIA…), which ends within hours",
       .secret = true},
      {.key = "region",
       .help = "where its load balancers are, and the ACM that its certificates go to (us-east-1 "
               "when left out, which CloudFront needs of ACM); those of another region take an "
               "account of their own with the same keys",
       .example = "us-east-1"},
      {.key = "store",
       .help = "where its certificates are kept: acm, which it is when left out, or iam (IAM's "
               "server certificates) where there is no ACM, as for CloudFront in China",
       .example = "acm"},
      {.key = "iam_path",
       .help = "with `store: iam`: the path under which certificates are uploaded (/cloudfront/ "
               "when left out, which CloudFront needs)",
       .example = "/cloudfront/"},
  };
}

constexpr Exemption kNoJobs = {
    .which = "JobFailed",
    .why =
        "its yes to a bind is final: a distribution is InProgress for a while, a listener has no "
        "state, and neither has a word for a change that failed"};
std::vector<ProductMetadata> products() {
  return {
      {
          .id = "cloudfront",
          .title = "Amazon CloudFront",
          .store = StoreKind::kIds,
          .confirm = {.rounds = 3,
                      .spread = minutes(2),
                      .deadline = minutes(30),
                      .retry_interval = seconds(10)},
          .accepted_keys = {{Algorithm::kRsa, 2048},
                            {Algorithm::kRsa, 3072},
                            {Algorithm::kRsa, 4096},
                            {Algorithm::kEcdsa, 256}},
          .proof = "signed, emulated",
          .exempt = {{.which = "EcdsaKey",
                      .why = "the case has a P-384 key: its store takes it, and CloudFront P-256 "
                             "alone, with which all other cases are met"},
                     kNoJobs},
      },
      {
          .id = "elb",
          .title = "AWS Application and Network Load Balancers",
          .store = StoreKind::kIds,
          .confirm = {.rounds = 3,
                      .spread = minutes(1),
                      .deadline = minutes(10),
                      .retry_interval = seconds(10)},
          .accepted_keys = {{Algorithm::kRsa, 2048},
                            {Algorithm::kRsa, 3072},
                            {Algorithm::kRsa, 4096},
                            {Algorithm::kEcdsa, 256},
                            {Algorithm::kEcdsa, 384},
                            {Algorithm::kEcdsa, 521}},
          .proof = "signed, emulated",
          .exempt = {kNoJobs},
      }};
}

std::vector<Oddity> oddities() {
  return {
      {.what = "Out of ACM CloudFront takes certificates of us-east-1 alone, wherever it serves, "
               "and its calls are signed for that region. Load balancers take those of their own. "
               "An account has one region, and so one store: load balancers of another region take "
               "an account of their own with the same keys, where CloudFront is refused",
       .evidence = "docs: requirements for certificates; endpoints and quotas of CloudFront"},
      {.what = "ACM could import a renewed certificate onto the ARN of the one before "
               "(ImportCertificate with CertificateArn). It is not done: whatever uses the ARN, "
               "names of other distributions and other services included, would be switched at "
               "once, none could go first and be confirmed, and there is nothing to go back to. "
               "Each renewal is imported under an ARN of its own, distributions are pointed at it "
               "one by one, and the one before is deleted when the new one is served. Keys may so "
               "be of another kind each time, too. Both count as an import",
       .evidence = "docs: reimport a certificate"},
      {.what = "An account may import 5,000 certificates within 365 days, twice as many as it may "
               "hold, and a delete gives back none: a renewal takes one for all its names",
       .evidence = "docs: quotas of ACM"},
      {.what = "Lists of ACM have certificates with RSA keys of 1024 and 2048 bits alone unless "
               "every kind of key is asked for: all others would be imported anew each time",
       .evidence = "SDK: Filters, keyTypes; certimate misses it"},
      {.what = "ACM imports a certificate only if its key is of the same algorithm as that of the "
               "CA that signed it: an ECDSA leaf below an RSA intermediate is refused, which is "
               "left to ACM to say",
       .evidence = "docs: API_ImportCertificate; how it meets chains that mix both was not seen",
       .confirmed = false},
      {.what = "A certificate in ACM has no name. Our label is its tag 'certferry', given with the "
               "import, which takes a permission of its own (acm:AddTagsToCertificate)",
       .evidence = "docs: API_ImportCertificate, Tags; service authorization reference of ACM"},
      {.what = "Lists of ACM do not have tags, and to ask for each certificate's would take a call "
               "for each. The Resource Groups Tagging API tells of all in one walk "
               "(GetResources, tag:GetResources). That permission cannot be kept to ACM: it shows "
               "the tags of whatever else is in us-east-1",
       .evidence = "docs: GetResources; external-secrets pull request 6117"},
      {.what = "The index of tags goes on naming what was deleted, for hours: only what ACM lists "
               "counts. How soon it has a new tag is not published; an import whose answer was "
               "lost and which it does not show within 5 s is sent again, and what is one too "
               "many is deleted later",
       .evidence = "aws-sdk issues 302 and 676; docs: 'previously tagged'",
       .confirmed = false},
      {.what = "Whether two certificates are the same ACM's lists do not say. One that somebody "
               "else imported is used only if it has a label of ours; GetCertificate is not asked "
               "of each",
       .evidence = "docs: CertificateSummary"},
      {.what = "Names of a certificate are listed up to the 100th; times are numbers, which may be "
               "written with a point or an exponent",
       .evidence = "SDK: SubjectAlternativeNameSummaries; docs: samples"},
      {.what = "ACM keeps what is in use from being deleted (ResourceInUseException), and goes on "
               "saying that it is in use for some minutes after the last distribution has left it",
       .evidence = "docs: API_DeleteCertificate; terraform-provider-aws issues 3866 and 5307"},
      {.what = "ACM may go on listing a certificate for a short while after it was deleted. A run "
               "that finds it so deletes it once more, and that it is not there then counts as "
               "done",
       .evidence = "docs: API_DeleteCertificate"},
      {.what = "A delete is allowed by the policy only of what has our tag; that ACM takes "
               "aws:ResourceTag there is its service authorization reference's word",
       .evidence = "service authorization reference of ACM",
       .confirmed = false},
      {.what = "A distribution has one certificate for all its alternate names. One that does not "
               "cover each of them is refused before anything is sent; whoever binds one name has "
               "bound them all, and nothing is sent for the others",
       .evidence = "docs: CNAMEs, 'only one certificate can be attached to a distribution'"},
      {.what = "UpdateDistribution replaces all settings, and what it leaves out is reset. They "
               "are read, ViewerCertificate alone is exchanged in the text that came, and every "
               "other byte goes back, settings unknown here included; CallerReference has to be "
               "the same",
       .evidence = "docs: API_UpdateDistribution"},
      {.what = "It takes the version that was read (ETag, If-Match). Another write in between is "
               "refused with PreconditionFailed (HTTP 412) or InvalidIfMatchVersion; a version "
               "also changes when something changes that the distribution refers to. Then all is "
               "read again",
       .evidence = "docs: API_UpdateDistribution; terraform-provider-aws pull request 24537"},
      {.what = "SSLSupportMethod and MinimumProtocolVersion stay as they are. A distribution that "
               "had CloudFront's own certificate gets sni-only and TLSv1.2_2021, as the console "
               "would give; 'vip' costs extra and is never chosen",
       .evidence = "SDK: ViewerCertificate"},
      {.what = "With `store: acm` a certificate of IAM's store (IAMCertificateId) is shown as one "
               "that the account does not have. A bind replaces it, and IAM is never written to; "
               "with `store: iam` it is the other way round",
       .evidence = "SDK: ViewerCertificate"},
      {.what = "A distribution's settings hold headers for the origin, which are often secrets: no "
               "answer of CloudFront's is quoted, and settings with several values are compared by "
               "digest",
       .evidence = "docs: OriginCustomHeader"},
      {.what = "Changes reach the edge within minutes. Meanwhile Status is InProgress and the "
               "distribution serves, and it takes further changes; another certificate it was seen "
               "to refuse then (IllegalUpdate, 'Only one viewer certificate change may be in "
               "progress at a time'), at which it is tried again later",
       .evidence = "docs: update a distribution; terraform issue 13495"},
      {.what = "CloudFront throttles UpdateDistribution after two or three calls within a minute, "
               "with HTTP 400 and Throttling: it is tried again later",
       .evidence = "community.aws issue 296; aws-cdk issue 29183"},
      {.what =
           "A list's page has 25 distributions here, where 100 could be asked for: one may take "
           "50 KB, and 4 MiB is the most that is read of an answer",
       .evidence = "docs: quotas of CloudFront, 75 cache behaviors",
       .confirmed = false},
      {.what = "Tenants of multi-tenant distributions have certificates of their own by another "
               "call and are not here, nor are staging distributions, which have no names",
       .evidence = "docs: distribution tenants; continuous deployment"},
      {.what =
           "A listener (elb) has certificates and no names. A target is a name that one at port "
           "443 answers for: a rule routes by it (host-header), or a certificate there is for "
           "it that is for no rule's name. Of the latter a pattern such as *.example.com is one "
           "only where no name below it is known. It is looked at under that name at the load "
           "balancer's own address, or at the name's "
           "where several load balancers have it",
       .evidence =
           "docs: Certificate, HostHeaderConditionConfig; rules with regular expressions and "
           "other wildcards are no names"},
      {.what =
           "Of the certificates in a listener's list the load balancer presents the one that is "
           "for the name that a client says, and the default only when none is. Of several: "
           "ECDSA before RSA, one that has not ended, the better hash, the longer key, "
           "'validity period'. Only the first two decide here. A bind is refused before "
           "anything is sent where another certificate that stays would be presented first, or "
           "has the same name and an equal place",
       .evidence = "docs: SSL certificates for Application Load Balancers, certificate list"},
      {.what = "Whether an exact name goes before a pattern is not said. A certificate for "
               "www.example.com is added beside one for *.example.com, and what is then presented "
               "the edge shows",
       .evidence = "not found in the documents; AWS's own demonstration of SNI has such a pair",
       .confirmed = false},
      {.what = "A renewed certificate is added to the listener's list, or put in the default's "
               "place, before those are taken off that it has every name of, if their keys are of "
               "the same kind or they carry a label of ours. One with a name more stays, and so "
               "does somebody else's RSA certificate beside an ECDSA one: no name loses what it "
               "had. Whoever binds one name of a certificate has bound them all",
       .evidence = "docs: AddListenerCertificates, RemoveListenerCertificates, ModifyListener"},
      {.what = "Between the two there is room for one certificate more than the quota's 25 beside "
               "the default only if the listener has it; else the bind is refused",
       .evidence = "docs: quotas of Application Load Balancers, TooManyCertificates"},
      {.what = "One certificate a call is added or taken off. ModifyListener with a certificate "
               "alone changes the default and leaves the rest; the policy, ALPN and how clients "
               "are verified are compared before and after",
       .evidence = "docs: ModifyListener, 'properties that you do not specify remain unchanged'"},
      {.what = "A listener's certificates are listed by a call of their own, in which the default "
               "is marked, and comes a second time if it is in the list as well",
       .evidence = "docs: DescribeListenerCertificates"},
      {.what =
           "What the account's store does not tell the names of is shown under the listener's "
           "id as not online and left alone: those of IAM beside ACM, and of ACM beside IAM. They "
           "stay where they are, though a load balancer may present one for a name that is bound "
           "here, which "
           "the edge then shows",
       .evidence = "docs: Certificate, CertificateArn"},
      {.what = "Names at other ports than 443 alone are shown as not online: edges are looked at "
               "there. A name at 443 is bound at the account's listeners of other ports as well, "
               "on the word of the list",
       .evidence = "docs: Listener, Port"},
      {.what = "A load balancer without an address on the internet (internal) is confirmed only "
               "from where its addresses can be reached",
       .evidence = "docs: LoadBalancer, Scheme"},
      {.what = "Whether Network Load Balancers take every kind of key that ACM does is told in two "
               "ways: an older guide rules out ECDSA and RSA above 2048 bits. It is left to them "
               "to refuse (UnsupportedCertificate), at which nothing has changed",
       .evidence = "docs: TLS listeners for Network Load Balancers, of 2021",
       .confirmed = false},
      {.what = "Load balancers of both types are one product: one list has them, and all calls are "
               "the same. Classic load balancers are another API (2012-06-01) and not here; ACM "
               "keeps what they use",
       .evidence = "docs: Elastic Load Balancing API reference, versions"},
      {.what = "IAM's server certificates are another store, with `store: iam` of an account. AWS "
               "advises it only where there is no ACM; CloudFront in China takes no others. An "
               "account has one store, and what is bound out of the other one is replaced",
       .evidence = "docs: IAM, 'Use IAM as a certificate manager only when you must support HTTPS "
                   "connections in a Region that is not supported by ACM'; docs: CloudFront in "
                   "China"},
      {.what =
           "IAM keeps certificates for all regions of an account together, 20 of them at first. "
           "One that an account of another region has put there may be used here as well, and "
           "is deleted only by the one that uploaded it, when nothing uses it",
       .evidence = "docs: quotas of IAM; GetAccountSummary has the account's own"},
      {.what = "A server certificate has a name, up to 128 of letters, digits and +=,.@_-: that is "
               "our label. Its contents never change, so a renewal is another one. A name that is "
               "taken is refused (EntityAlreadyExists); ours is so when an upload whose answer was "
               "lost had arrived. It is then read, and used if it is the same leaf",
       .evidence = "docs: UploadServerCertificate, UpdateServerCertificate"},
      {.what = "Its lists tell no names of hosts and no fingerprint, so each certificate is read "
               "once by GetServerCertificate. A certificate that somebody else uploaded is used if "
               "it is the very same",
       .evidence = "docs: ListServerCertificates, ServerCertificateMetadata"},
      {.what =
           "A distribution has it by its id (IAMCertificateId), a listener by its ARN, in which "
           "its path and its name are. Here it goes by its ARN; whoever gives it another path "
           "or name (UpdateServerCertificate) makes another of it",
       .evidence =
           "docs: IAM identifiers; SDK: ViewerCertificate; certbot-s3front issue 12 has what "
           "becomes of CertificateSource left beside it"},
      {.what =
           "CloudFront takes those alone whose path begins with /cloudfront/, under which all "
           "are uploaded. Whether load balancers take them too is not said; `iam_path: /` of an "
           "account without CloudFront is there in case they do not, at which nothing has "
           "changed. Certificates of the other kind of path are never used in place of ours, "
           "and none is deleted whose path was given up in the configuration",
       .evidence =
           "docs: uploading a server certificate; not said of load balancers, whose ARNs have "
           "paths in other clients' tests",
       .confirmed = false},
      {.what = "IAM keeps what is in use from being deleted (DeleteConflict, 'currently in use by "
               "arn:…'), in whatever region. Its own page says that load balancers may not be "
               "noticed: distributions and all listeners of the account's region are asked before "
               "each delete",
       .evidence = "docs: DeleteServerCertificate; terraform issues 3746 and 3412",
       .confirmed = false},
      {.what = "What is new in IAM other services know later, how much is not published: 10 s are "
               "waited for lists. CloudFront then says that the certificate does not exist or is "
               "not valid (InvalidViewerCertificate, which it also says of one that it does not "
               "like): within five minutes of an upload that is tried again",
       .evidence = "docs: IAM, eventual consistency; terraform-provider-aws pull request 4698",
       .confirmed = false},
      {.what = "Which keys CloudFront takes out of IAM is not said apart from those of ACM. Longer "
               "RSA keys than 2048 bits and ECDSA keys are told of ACM alone: it is left to "
               "CloudFront to refuse them, at which nothing has changed",
       .evidence = "docs: requirements for certificates, size of the certificate key",
       .confirmed = false},
      {.what =
           "A wrong clock is told as a wrong signature ('Signature expired', 'Signature not yet "
           "current'); 5 minutes are let pass",
       .evidence = "docs: troubleshooting signatures",
       .confirmed = false},
      {.what = "Rates of ACM: one import a second, 10 deletes; of CloudFront none are published. 2 "
               "calls a second, one at a time, and lists that lag 5 s are guesses",
       .evidence = "docs: quotas of ACM",
       .confirmed = false},
      {.what = "A load balancer may not know a certificate that was stored a moment ago "
               "(CertificateNotFound): nothing was done, and it is tried again. It is reported of "
               "certificates of IAM, for up to five minutes, and of some of ACM",
       .evidence = "terraform-provider-aws pull request 10294, issues 2053 and 10510; terraform "
                   "pull request 10180"},
      {.what = "How soon lists of load balancers show a change is not published",
       .evidence = "docs",
       .confirmed = false},
      {.what = "China's regions (cn-north-1, cn-northwest-1) are reached under amazonaws.com.cn, "
               "with keys of an account there; CloudFront is at and signed for cn-northwest-1, IAM "
               "cn-north-1. ARNs begin with arn:aws-cn there, those of the policy as well. "
               "GovCloud's IAM is at a host of its own, and not here",
       .evidence = "SDK: rules for endpoints; docs: CloudFront in China",
       .confirmed = false},
      {.what = "Roles are not taken on (AssumeRole): give the temporary keys themselves",
       .evidence = "docs: STS"},
  };
}

ProviderMetadata metadata_with(std::string_view policy, milliseconds list_consistency) {
  return {
      .id = "aws",
      .name = "AWS",
      .endpoint = "https://{service}.amazonaws.com",
      .keys_url = "https://console.aws.amazon.com/iam/home#/users",
      .documents =
          {"https://docs.aws.amazon.com/goto/WebAPI/acm-2015-12-08/ImportCertificate",
           "https://docs.aws.amazon.com/acm/latest/userguide/acm-limits.html",
           "https://docs.aws.amazon.com/resourcegroupstagging/latest/APIReference",
           "https://docs.aws.amazon.com/cloudfront/latest/APIReference/Welcome.html",
           "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide",
           "https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference",
           "https://docs.aws.amazon.com/elasticloadbalancing/latest/application",
           "https://docs.aws.amazon.com/goto/WebAPI/iam-2010-05-08/UploadServerCertificate",
           "https://docs.amazonaws.cn/en_us/aws/latest/userguide/cloudfront.html"},
      .fields = fields(),
      .products = products(),
      .policy = policy,
      .limits = {.calls_per_second = 2,
                 .burst = 2,
                 .max_in_flight = 1,
                 .list_consistency = list_consistency},
      .oddities = oddities(),
  };
}

}  // namespace

const ProviderMetadata& aws_iam_metadata() {
  static const std::string kPolicy = std::string(kOfIam) + std::string(kOfProducts);
  static const ProviderMetadata kMetadata = metadata_with(kPolicy, seconds(10));
  return kMetadata;
}

const ProviderMetadata& aws_metadata() {
  static const std::string kPolicy = std::string(kOfAcm) + std::string(kOfProducts);
  static const ProviderMetadata kMetadata = metadata_with(kPolicy, seconds(5));
  return kMetadata;
}

}  // namespace certferry
