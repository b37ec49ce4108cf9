// DCDN (DCDN 2018-01-15): CDN's calls under names of their own.
//
// What is odd here beside domains.cpp, with its evidence:
//  - the list's flag of HTTPS is SSLProtocol, where CDN has SslProtocol .. @alicloud/dcdn20180115
// API: https://help.aliyun.com/zh/dcdn/developer-reference/api-dcdn-2018-01-15-overview

#include "providers/aliyun/domains.h"

namespace certferry {

const AliyunNetwork kAliyunDcdn = {
    .id = "dcdn",
    .name = "DCDN",
    .service = {.id = "dcdn", .version = "2018-01-15", .ram = "dcdn"},
    .list_domains = "DescribeDcdnUserDomains",
    .list_https = "DescribeDcdnHttpsDomainList",
    .get_certificate = "DescribeDcdnDomainCertificateInfo",
    .bind = "SetDcdnDomainSSLCertificate",
    .https_flag = "SSLProtocol",
};

}  // namespace certferry
