// ApsaraVideo VOD (VOD 2017-03-21): CDN's calls for the domains that videos are played from.
//
// What is odd here beside domains.cpp, with its evidence (all of it in metadata.cpp):
//  - it is served from Shanghai alone in mainland China ... docs: SetVodDomainSSLCertificate
//  - no list says which certificates its domains have, so each that has HTTPS is asked, every time:
//    nothing else shows that it was changed ............... SDK: there is no such call
//  - the older SetVodDomainCertificate takes key pairs alone; this one takes ids of CAS
// API: https://help.aliyun.com/zh/vod/developer-reference/api-vod-2017-03-21-overview

#include "providers/aliyun/domains.h"

namespace certferry {

const AliyunNetwork kAliyunVod = {
    .id = "vod",
    .name = "ApsaraVideo VOD",
    .service = {.id = "vod", .version = "2017-03-21", .ram = "vod", .home = "cn-shanghai"},
    .list_domains = "DescribeVodUserDomains",
    .list_https = {},
    .get_certificate = "DescribeVodDomainCertificateInfo",
    .bind = "SetVodDomainSSLCertificate",
    .https_flag = "SslProtocol",
    .domains_a_page = 50,
};

}  // namespace certferry
