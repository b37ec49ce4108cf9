#include "net/curl_client.h"

#include "net/curl_exchange.h"
#include "net/curl_multi.h"

namespace certferry {

namespace {

std::shared_ptr<const CurlClientOptions> completed(CurlClientOptions options) {
  if (options.user_agent.empty()) options.user_agent = "certferry/" CERTFERRY_VERSION;
  return std::make_shared<const CurlClientOptions>(std::move(options));
}

}  // namespace

CurlClient::CurlClient(boost::asio::io_context& io, CurlClientOptions options)
    : multi_(std::make_shared<CurlMulti>(io)), options_(completed(std::move(options))) {}

CurlClient::~CurlClient() = default;

Task<HttpResponse> CurlClient::send(HttpRequest request) {
  CurlExchange exchange(options_, std::move(request));
  CURLcode result = co_await CurlMulti::perform(multi_, exchange.easy());
  co_return exchange.finish(result);
}

}  // namespace certferry
