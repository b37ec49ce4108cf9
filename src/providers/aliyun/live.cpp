// ApsaraVideo Live (Live 2016-11-01): CDN's calls without ids; certificates go by name.
//
// What is odd here beside domains.cpp, with its evidence (all of it in metadata.cpp):
//  - no answer says which id a domain has; names in CAS are unique, so the list of HTTPS domains
//    and CAS's own say it together ......................... docs: DescribeLiveHttpsDomainList
//  - a bind names the certificate; the page wants the key pair as well, which two clients leave
//    out for a certificate that is in CAS ................. docs: SetLiveDomainCertificate; certd,
//    dnsmgr
//  - a domain's status is LiveDomainStatus, and the list does not say whether it has HTTPS
//  - domains for pushing streams are in the list as well .. docs: LiveDomainType
// API: https://help.aliyun.com/zh/live/developer-reference/api-live-2016-11-01-overview

#include "providers/aliyun/domains.h"

namespace certferry {

const AliyunNetwork kAliyunLive = {
    .id = "live",
    .name = "ApsaraVideo Live",
    .service = {.id = "live", .version = "2016-11-01", .ram = "live"},
    .list_domains = "DescribeLiveUserDomains",
    .list_https = "DescribeLiveHttpsDomainList",
    .get_certificate = {},
    .bind = "SetLiveDomainCertificate",
    .https_flag = {},
    .status = "LiveDomainStatus",
    .domains_a_page = 50,
};

}  // namespace certferry
