#include "providers/huaweicloud/metadata.h"

namespace certferry {

namespace {

using Algorithm = KeyType::Algorithm;

constexpr std::string_view kPolicy = R"({
  "Version": "5.0",
  "Statement": [
    {
      "Effect": "Allow",
      "Action": [
        "scm:cert:list",
        "scm:cert:import",
        "scm:cert:listDeployedResources",
        "scm:cert:delete",
        "cdn:configuration:queryDomains",
        "cdn:configuration:queryHttpsConf",
        "cdn:configuration:modifyHttpsConf",
        "obs:bucket:listAllMyBuckets",
        "obs:bucket:getBucketCustomDomainConfiguration",
        "obs:bucket:putBucketCustomDomainConfiguration",
        "waf:instance:list",
        "waf:certificate:list",
        "waf:certificate:create",
        "waf:certificate:apply",
        "waf:certificate:delete",
        "elb:loadbalancers:list",
        "elb:listeners:list",
        "elb:listeners:get",
        "elb:listeners:put",
        "elb:certificates:list",
        "elb:certificates:create",
        "elb:certificates:delete"
      ]
    }
  ]
}
)";

std::vector<FieldMetadata> fields() {
  return {
      {.key = "access_key_id",
       .help = "AK of an IAM user that has the policy below; sent in clear with each call",
       .required = true,
       .example = "{ env: HUAWEICLOUD_ACCESS_KEY_ID }"},
      {.key = "secret_access_key",
       .help = "SK of the same pair",
       .secret = true,
       .required = true,
       .example = "{ file: /etc/certferry/huaweicloud.secret }"},
      {.key = "security_token",
       .help = "only with a temporary pair, which ends within hours",
       .secret = true},
      {.key = "domain_id",
       .help =
           "the account's own id (\"Account ID\" on the page of the keys), which calls to CDN name",
       .required = true,
       .example = "0123456789abcdef0123456789abcdef"},
      {.key = "project_id",
       .help =
           "id of the project that is named as the region below, from the list on the same page; "
           "calls to the certificate store name it",
       .required = true,
       .example = "fedcba9876543210fedcba9876543210"},
      {.key = "region",
       .help =
           "which of the certificate stores: cn-north-4 (mainland China's site, the default), "
           "ap-southeast-1 (the international site) or my-kualalumpur-1, wherever the domains are",
       .example = "cn-north-4"},
      {.key = "waf_region",
       .help =
           "where WAF is deployed to, when it is in another region than that of the certificate "
           "store; WAF of a further region takes an account of its own",
       .example = "cn-east-3"},
      {.key = "waf_project_id",
       .help = "id of the project that is named as that region",
       .example = "00112233445566778899aabbccddeeff"},
      {.key = "elb_region",
       .help = "where load balancers are, when it is another region than that of the certificate "
               "store; those of a further region take an account of their own",
       .example = "cn-east-3"},
      {.key = "elb_project_id",
       .help = "id of the project that is named as that region",
       .example = "00112233445566778899aabbccddeeff"},
      {.key = "enterprise_project_id",
       .help = "only where the keys may see one enterprise project alone; otherwise all are seen"},
  };
}

ProductMetadata product(std::string_view id,
                        std::string_view title,
                        minutes deadline,
                        std::vector<Exemption> exempt) {
  exempt.push_back({.which = "JobFailed",
                    .why = "what its lists say of a certificate whose deployment fails after the "
                           "yes is not documented and not emulated: the edge alone tells"});
  return {.id = id,
          .title = title,
          .store = StoreKind::kIds,
          .confirm = {.rounds = 3,
                      .spread = minutes(2),
                      .deadline = deadline,
                      .retry_interval = seconds(10)},
          .accepted_keys = {{Algorithm::kRsa, 2048},
                            {Algorithm::kRsa, 3072},
                            {Algorithm::kRsa, 4096},
                            {Algorithm::kEcdsa, 256},
                            {Algorithm::kEcdsa, 384}},
          .proof = "signed, emulated",
          .exempt = std::move(exempt)};
}

std::vector<ProductMetadata> products() {
  return {product("cdn", "Huawei Cloud CDN", minutes(30), {}),
          product("obs",
                  "Huawei Cloud OBS",
                  minutes(15),
                  {{.which = "DomainOffline",
                    .why = "a domain of a bucket is there or is not: it has no state"},
                   {.which = "InternationalName", .why = "OBS takes no Chinese domain"}}),
          product("waf",
                  "Huawei Cloud WAF",
                  minutes(15),
                  {{.which = "DomainWithoutHttpsGetsIt",
                    .why = "a host has HTTPS only with a certificate, and its owner alone gives it "
                           "HTTPS; until then it is held as offline"}}),
          product("elb",
                  "Huawei Cloud ELB, HTTPS and TLS listeners",
                  minutes(15),
                  {{.which = "DomainWithoutHttpsGetsIt",
                    .why = "a listener's names are those of its certificates: what has none there "
                           "is no name of it"}})};
}

std::vector<Oddity> oddities() {
  return {
      {.what = "A signature is good for 15 minutes, and within them for any number of times",
       .evidence = "docs: AK/SK signing; there is no nonce in what the SDK signs"},
      {.what = "CDN is told which account by X-Domain-Id, the store which project by X-Project-Id, "
               "as the SDK always does; whether they answer without was not seen, so both ids have "
               "to be configured",
       .evidence = "huaweicloud-sdk-core; tests/wire/fixtures/huaweicloud.json",
       .confirmed = false},
      {.what = "Certificates lie in SCM, and CDN is told their id there, not given the bundle; the "
               "other way, inline, is not used: nobody could see by a list what a domain has",
       .evidence = "docs: UpdateDomainMultiCertificates, certificate_type 2; certimate binds so"},
      {.what =
           "duplicate_check true allows a certificate that the store has already, false refuses "
           "it; it is true, so that somebody else's copy is not in the way",
       .evidence = "docs: ImportCertificate, duplicate_check"},
      {.what = "The store takes the leaf and its chain apart: 4,096 characters for the one, 8,192 "
               "for the other, which together in one field would be too long",
       .evidence = "docs: ImportCertificate, certificate and certificate_chain"},
      {.what =
           "A name in SCM has 63 characters at most, so a label is written in a shorter form, "
           "with the end of the certificate in it: lists have a time in a zone they do not name",
       .evidence = "docs: ImportCertificate, name; ListCertificates, expire_time"},
      {.what =
           "The list of SCM does not say what a certificate is: a copy that somebody else stored "
           "is known by its name alone, if another certferry gave it",
       .evidence = "docs: ListCertificates; ShowCertificate has a SHA-1, at one call for each"},
      {.what =
           "ExportCertificate would say all of a certificate and gives away its private key; it "
           "is not called and need not be allowed",
       .evidence = "docs: ExportCertificate; certimate compares by it"},
      {.what =
           "A page of SCM's list has 10, 20 or 50 entries, and the offset is documented up to "
           "100: whether a store of more than 150 can be listed was not seen. It is an error if "
           "not, and nothing is sent",
       .evidence = "docs: ListCertificates, limit and offset",
       .confirmed = false},
      {.what =
           "SCM deletes a certificate that products have; so CDN and OBS are asked before, and "
           "then "
           "SCM itself, which knows of ELB and WAF as well. Whatever it does not say, of a region "
           "that it could not ask too, keeps the certificate",
       .evidence = "docs: ListDeployedResources; nothing refuses it in DeleteCertificate"},
      {.what = "Only the settings of one domain say which id it has. At a bind the id becomes the "
               "certificate's name at the domain (certferry-scs...), which one list shows for all; "
               "anybody may give such a name, so that one domain is asked for each name and "
               "certificate",
       .evidence = "docs: ShowDomainFullConfig, scm_certificate_id; ShowCertificatesHttpsInfo, "
                   "cert_name. That CDN keeps the name was not seen; if not, domains are asked",
       .confirmed = false},
      {.what =
           "A bind writes the whole block of HTTPS settings: HTTP/2, TLS versions and OCSP "
           "stapling are read before and sent back, and whatever the lists show of the domain is "
           "compared after, unless it had no HTTPS before, of which they show nothing",
       .evidence =
           "docs: UpdateDomainFullConfig: HTTP/2 is off by default; what leaving it out does "
           "was not seen",
       .confirmed = false},
      {.what =
           "The call for 50 domains at once sets the way to the origin to HTTP and takes off "
           "HTTP/2 and redirects that are not sent along, and is let 20 times a minute; the one "
           "for a single domain leaves those alone and is let 200 times",
       .evidence = "docs: UpdateDomainMultiCertificates, UpdateDomainFullConfig"},
      {.what = "A domain with a second certificate, for SM2, is refused: it would be lost",
       .evidence = "docs: UpdateDomainFullConfig, certificates"},
      {.what =
           "A domain is 'configuring' for minutes after a change. It is taken for one that is "
           "served, as one that is 'configure_failed'; a change that comes too early is refused "
           "(CDN.0106) and sent again",
       .evidence =
           "docs: ListDomains, domain_status; error codes of CDN; certimate binds such ones",
       .confirmed = false},
      {.what = "CDN says no with HTTP 200 as well: an error_code or an error counts wherever it is",
       .evidence = "docs: error codes of CDN, status code 200"},
      {.what = "Success of a bind and of a delete is HTTP 204 and nothing; an empty answer with "
               "another status decides nothing, and is looked after in the lists",
       .evidence =
           "docs: DeleteCertificate (204); for UpdateDomainFullConfig the SDK reads no body",
       .confirmed = false},
      {.what =
           "Without enterprise_project_id CDN shows the domains of the default project alone, so "
           "'all' is sent",
       .evidence = "docs: ListDomains; huaweicloud-sdk-go-v3, Domains"},
      {.what = "How the vendor says that a store is full, or that a certificate is in use, is not "
               "documented: words of the message and HTTP 409 are looked for, which is taken for "
               "one in use where it is to be deleted, and for want of room where it is stored",
       .evidence = "docs: error codes of SCM and ELB",
       .confirmed = false},
      {.what = "APIGW.0101 says that there is no such call: the host of another service or region, "
               "or a project that is not in the path",
       .evidence = "docs: 'How Do I Handle the Error APIG.0101?' of OCR and SIS"},
      {.what = "WAF.00012001, 00012002 and 00012003 are taken for the token, the project and a "
               "permission; ELB.1003 for a load balancer that is not there",
       .evidence = "lists of codes that others made",
       .confirmed = false},
      {.what =
           "What the call that binds has to be allowed by is taken to be what the older call of "
           "the same thing is",
       .evidence =
           "docs: permissions of CDN, PUT https-info; others of the policy: docs of each call",
       .confirmed = false},
      {.what =
           "Calls of one kind are let 200 (bind) or 300 (one domain's settings) times a minute; "
           "3 a second for all together are used. Too many are HTTP 429 (APIGW.0308)",
       .evidence =
           "docs: UpdateDomainFullConfig, ShowDomainFullConfig; error codes of API Gateway"},
      {.what = "Single services are said to let as few as ten changes of one kind a minute. A run "
               "that gets there is refused as any that is too fast: the whole account waits, "
               "longer each time, and tries again some times; what is left then is the next "
               "run's. A smaller `pace:` avoids it",
       .evidence = "APIGW.0308 and HTTP 429; of WAF, ELB and OBS no document has a figure",
       .confirmed = false},
      {.what = "How long lists lag is not published; 5 s are a guess",
       .evidence = "clients read right after they write",
       .confirmed = false},
      {.what =
           "RSA 2048 and ECDSA P-256 are in use; RSA 3072 and 4096 and P-384 are only not known "
           "to be refused",
       .evidence = "docs: certificate formats",
       .confirmed = false},
      {.what = "OBS has hosts and a signature of its own, which covers no body but by its "
               "Content-MD5, and speaks XML. A bucket stands in the host, or, where its name has a "
               "dot, in the path",
       .evidence = "docs: obs_04_0010; tests/wire/fixtures/huaweicloud_obs.json"},
      {.what =
           "One call lists OBS's buckets of all regions, whichever region's host is asked; each is "
           "asked for its domains in its own. One whose own policy denies that is shown as such, "
           "and while there is one no certificate is deleted, for its domains may have any. A "
           "policy that is in use needs the three lines of OBS, also where OBS is not deployed to, "
           "for it is asked before a certificate is deleted",
       .evidence = "docs: obs_04_0020, obs_04_0060"},
      {.what = "Whether a bucket without such domains answers with an empty list or is not found "
               "was not seen; both count as none",
       .evidence = "docs: obs_04_0060; obs_errorcode_0024, NoSuchCustomDomain",
       .confirmed = false},
      {.what =
           "A bind gives a domain of OBS chain and key, and the id in SCM that they go by, which "
           "its list tells (CertificateId). What is not here cannot be bound by its id alone, so "
           "that going back to an earlier certificate takes its bundle",
       .evidence = "docs: obs_04_0059: certificate and private key are required, and whoever "
                   "keeps certificates in CCM names their id there; the vendor's SDK"},
      {.what = "Newer regions list a certificate's name (CertName) in the place of its id, and so "
               "nobody can tell which it is: there a domain of OBS stays unconfirmed",
       .evidence = "docs: obs_04_0060 of such a region, of January 2026",
       .confirmed = false},
      {.what = "The call that binds takes the certificate away when it is sent with nothing in it, "
               "so it is never sent without one",
       .evidence = "docs: obs_04_0059"},
      {.what = "A domain belongs to one bucket, of version 3.0 or later, and needs a filing (ICP) "
               "in regions of mainland China. Both are its owner's to see to: certferry adds no "
               "domain to a bucket, and a bind that is refused for such a reason is reported in "
               "the vendor's words",
       .evidence = "docs: obs_04_0059"},
      {.what = "A domain of OBS has its new certificate within 60 s of a bind. No call says "
               "whether a domain is served, nor where: its edge is looked for where the domain "
               "itself leads",
       .evidence = "docs: SDK for Python, setBucketCustomDomain; obs_04_0060"},
      {.what = "How OBS spells wildcards, if it takes any, was not seen: they are sent back as "
               "listed. It takes no Chinese domains",
       .evidence = "docs: obs_04_0060, constraints",
       .confirmed = false},
      {.what = "WAF keeps certificates of its own, in each region and project, and takes none from "
               "SCM by its id: a bundle is copied into WAF's list before its first bind there, and "
               "the copy is deleted before SCM's certificate is",
       .evidence = "docs: api-waf CreateCertificate, ApplyCertificateToHost; "
                   "huaweicloud-sdk-go-v3, services/waf/v1"},
      {.what = "SCM can push a certificate into WAF's list itself. That is not used: what such a "
               "copy is called, and that it is found by that, was not seen",
       .evidence = "docs: api-ccm PushCertificate",
       .confirmed = false},
      {.what =
           "A copy is called certferry-, SCM's id and when it ends, in 64 characters at most. A "
           "certificate's content is given away only with its private key (ShowCertificate), so "
           "it is known by its name, as long as the list has the same end: whoever replaces it "
           "under its name changes that",
       .evidence = "docs: api-waf CreateCertificate, name; ListCertificates, expire_time; "
                   "UpdateCertificate"},
      {.what =
           "Whether a name may come twice in WAF's list: a refusal for that is documented. Where "
           "somebody replaced what is in a copy, that stays as it is, and a new one may be "
           "refused for its name",
       .evidence = "docs: api-waf ErrorCode, WAF.00011016",
       .confirmed = false},
      {.what =
           "WAF's list of certificates has those that hosts use (host=true) or the others "
           "(host=false). By another document the parameter only adds the hosts; both lists are "
           "put together, so that either will do",
       .evidence = "docs: api-waf ListCertificates; Open Telekom Cloud's of the same call",
       .confirmed = false},
      {.what =
           "The list of WAF's hosts does not tell their certificates, that of certificates tells "
           "their hosts: so two lists do for all. A host that is in none of them has no HTTPS, "
           "which its owner alone gives it, and counts as offline, as one that is bypassed",
       .evidence = "docs: api-waf ListCompositeHosts, protect_status; ListCertificates, bind_host; "
                   "CreateHost: a certificate is required for HTTPS"},
      {.what = "A host of the cloud and one on dedicated instances may have the same name, as may "
               "one for each port: they are one target, which a bind brings to all of them at once",
       .evidence = "docs: api-waf ApplyCertificateToHost, cloud_host_ids and premium_host_ids; "
                   "ports behind names were not seen in lists",
       .confirmed = false},
      {.what = "'*.example.com' is '.example.com' in WAF's lists; both are taken",
       .evidence = "certimate looks for it so",
       .confirmed = false},
      {.what =
           "Of a host's CNAME the list has the beginning alone, and whether its requests come in "
           "by WAF (access_status) is told by the traffic of late: neither is used. Its edge is "
           "looked for where the name itself leads",
       .evidence = "docs: api-waf ListHost, access_code and access_status"},
      {.what = "All enterprise projects are all_granted_eps to WAF's lists. A copy is made in the "
               "default one unless enterprise_project_id names another; whether a host of one may "
               "have a certificate of another was not seen",
       .evidence = "docs: api-waf ListHost, enterprise_project_id",
       .confirmed = false},
      {.what =
           "Before a certificate is deleted in SCM, WAF and ELB are asked wherever the account "
           "names their region (waf_region, elb_region), and otherwise if they were listed since "
           "certferry began; for SCM knows of what it has pushed itself, and not of copies. So "
           "where a product without a region of its own is taken out of the configuration, "
           "later runs delete the certificate in SCM though hosts or listeners still have its "
           "copy: that serves on until it ends, unseen, and it and its key stay there to be "
           "deleted by hand. To have it looked after, name the region and its project, which may "
           "be those of the certificate store",
       .evidence = "docs: api-ccm ListDeployedResources"},
      {.what =
           "ELB keeps certificates of its own as well, which several listeners may have. A bundle "
           "is copied into its list for the same names as what it replaces, so that every "
           "client is served by the same rules as before, and once for each set of names; all "
           "copies are deleted before SCM's certificate is",
       .evidence = "docs: api-elb CreateCertificate, UpdateListener; huaweicloud-sdk-go-v3 and "
                   "-python-v3, services/elb/v3"},
      {.what =
           "The names of a listener are those beside its certificates (domain), or else those in "
           "them; it chooses by them, and presents the default certificate where none of the "
           "others is for the name. What is in a certificate alone is taken for a name of the "
           "default one, as its owner put it there; that ELB goes by it was not seen, nor has "
           "it to, for that one is presented to everybody else",
       .evidence = "docs: usermanual-elb elb_ug_jt_0021; api-elb CreateCertificate, domain",
       .confirmed = false},
      {.what = "Hosts in a listener's forwarding policies are not read: they say where a request "
               "goes, after the certificate has been chosen. A name that none of the certificates "
               "is for has to be given one in the console once",
       .evidence = "docs: api-elb ListL7Policies, rules of the type HOST_NAME"},
      {.what = "A certificate that serves more names at the listener than a bundle covers is not "
               "replaced: they would lose theirs. Of the default one all names in it count that no "
               "other takes, also where others stand beside it; of a copy that certferry made, "
               "those that it was made for",
       .evidence = "docs: api-elb UpdateListener, sni_container_refs"},
      {.what = "One name may have a certificate of each kind of key among those for SNI, of which "
               "the ECC one goes first; the one of the bundle's kind is replaced",
       .evidence = "docs: usermanual-elb elb_ug_jt_0021"},
      {.what =
           "sni_match_algo longest_suffix lets a wildcard take names of any depth, wildcard those "
           "of one label, which it is when nothing is said",
       .evidence = "docs: api-elb UpdateListener, sni_match_algo"},
      {.what = "A copy is known by its name and by what is in it, which the list of certificates "
               "has. It has private keys as well where the account is set so: no answer is quoted",
       .evidence = "docs: api-elb ListCertificates, certificate and private_key"},
      {.what = "A bind is one update of a listener with all its certificates but the one replaced "
               "as they are; the rest of its settings is left out, which keeps it, and compared",
       .evidence = "docs: api-elb UpdateListener; certimate and the vendor's Terraform rely on it",
       .confirmed = false},
      {.what = "Certificates for QUIC are left alone, as nobody looks there, and names that are at "
               "no listener with port 443. Listeners with other ports are bound along with it",
       .evidence = "docs: api-elb ListListeners, protocol and protocol_port"},
      {.what =
           "Where a name is at one load balancer with one public address, that is where its edge "
           "is looked for, whatever stands before it; otherwise where the name itself leads. "
           "Only IPv4 addresses are listed so",
       .evidence = "docs: api-elb ListLoadBalancers, eips"},
      {.what =
           "What ELB says when it has no room, or deletes what a listener has, was not seen: HTTP "
           "status and words are looked at, and listeners are asked before",
       .evidence = "docs: api-elb ErrorCode",
       .confirmed = false},
      {.what = "ELB's lists go on from a marker until there is none, or nothing comes after it",
       .evidence = "docs: api-elb ListListeners, page_info"},
      {.what = "ELB's lists know all_granted_eps for all enterprise projects, and the default one "
               "unless told; a copy is made in that one unless enterprise_project_id names another",
       .evidence = "docs: api-elb ListListeners, enterprise_project_id",
       .confirmed = false},
      {.what = "The policy's lines for ELB are those of its older policies; identity policies may "
               "call the update of a listener otherwise",
       .evidence = "docs: api-elb elb_sq; Open Telekom Cloud's of v3",
       .confirmed = false},
      {.what =
           "The policy's lines for WAF are those of its older documents and of others' policies; "
           "that identity policies call them the same was not seen",
       .evidence = "docs: Open Telekom Cloud, WAF permissions; policies that others publish",
       .confirmed = false},
      {.what = "What WAF says when it has no room, or deletes what a host has, was not seen: HTTP "
               "status and words are looked at",
       .evidence = "docs: api-waf ErrorCode",
       .confirmed = false},
      {.what = "The vendor's SDKs for Node of single services are not in the registry: its core, "
               "which they are made of, is what signs and calls in the tests",
       .evidence = "npm: @huaweicloud/huaweicloud-sdk-core alone is published"},
  };
}

}  // namespace

const ProviderMetadata& huaweicloud_metadata() {
  static const ProviderMetadata kMetadata = {
      .id = "huaweicloud",
      .name = "Huawei Cloud",
      .native_name = "华为云",
      .endpoint = "https://{service}.myhuaweicloud.com",
      .keys_url = "https://console.huaweicloud.com/iam/#/mine/apiCredential",
      .documents =
          {"https://support.huaweicloud.com/intl/en-us/devg-apisign/api-sign-algorithm.html",
           "https://support.huaweicloud.com/api-ccm/ImportCertificate.html",
           "https://support.huaweicloud.com/api-ccm/ListCertificates.html",
           "https://support.huaweicloud.com/api-ccm/ListDeployedResources.html",
           "https://support.huaweicloud.com/api-cdn/ListDomains.html",
           "https://support.huaweicloud.com/api-cdn/ShowCertificatesHttpsInfo.html",
           "https://support.huaweicloud.com/api-cdn/ShowDomainFullConfig.html",
           "https://support.huaweicloud.com/api-cdn/UpdateDomainFullConfig.html",
           "https://support.huaweicloud.com/api-cdn/ErrorCode.html",
           "https://support.huaweicloud.com/api-waf/ListCompositeHosts.html",
           "https://support.huaweicloud.com/api-waf/ListCertificates.html",
           "https://support.huaweicloud.com/api-waf/CreateCertificate.html",
           "https://support.huaweicloud.com/api-waf/ApplyCertificateToHost.html",
           "https://support.huaweicloud.com/api-elb/ListLoadBalancers.html",
           "https://support.huaweicloud.com/api-elb/ListListeners.html",
           "https://support.huaweicloud.com/api-elb/UpdateListener.html",
           "https://support.huaweicloud.com/api-elb/ListCertificates.html",
           "https://support.huaweicloud.com/api-elb/CreateCertificate.html",
           "https://support.huaweicloud.com/api-obs/obs_04_0020.html",
           "https://support.huaweicloud.com/api-obs/obs_04_0059.html",
           "https://support.huaweicloud.com/api-obs/obs_04_0060.html",
           "https://support.huaweicloud.com/api-obs/obs_04_0115.html"},
      .fields = fields(),
      .products = products(),
      .policy = kPolicy,
      .limits = {.calls_per_second = 3,
                 .burst = 6,
                 .max_in_flight = 3,
                 .list_consistency = seconds(5)},
      .oddities = oddities(),
  };
  return kMetadata;
}

}  // namespace certferry
