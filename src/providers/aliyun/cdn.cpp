// CDN (CDN 2018-05-10). What is odd is common to both networks and stands in domains.cpp.
// API: https://help.aliyun.com/zh/cdn/developer-reference/api-cdn-2018-05-10-overview

#include "providers/aliyun/domains.h"

namespace certferry {

const AliyunNetwork kAliyunCdn = {
    .id = "cdn",
    .name = "CDN",
    .service = {.id = "cdn", .version = "2018-05-10", .ram = "cdn"},
    .list_domains = "DescribeUserDomains",
    .list_https = "DescribeCdnHttpsDomainList",
    .get_certificate = "DescribeDomainCertificateInfo",
    .bind = "SetCdnDomainSSLCertificate",
    .https_flag = "SslProtocol",
};

}  // namespace certferry
