#pragma once

#include <boost/asio/io_context.hpp>
#include <memory>
#include <string>

#include "ports/http_client.h"

namespace certferry {

class CurlMulti;

struct CurlClientOptions {
  std::string proxy;  ///< "http://proxy.example:3128"; empty: as the environment says
  /// PEM, trusted beside the system's roots: of authorities, or a server's own; empty: none.
  std::string extra_roots;
  /// The system's roots, hashed (c_rehash); empty: they are not trusted.
  std::string roots_directory = "/etc/ssl/certs";
  std::string user_agent;  ///< empty: "certferry/<version>"
};

/// HttpClient on libcurl and the loop: HTTP/2 where offered, connections kept and shared by all
/// requests of one client, certificates always verified, TLS 1.2 or newer, no redirects.
///
/// A request with `changes_state` reaches the wire at most once: where curl would quietly send it
/// again after a kept connection died, maybe_applied is thrown.
/// Lifetime: the loop outlives the client; the client outlives its tasks.
class CurlClient final : public HttpClient {
 public:
  explicit CurlClient(boost::asio::io_context& io, CurlClientOptions options = {});
  ~CurlClient() override;
  Task<HttpResponse> send(HttpRequest request) override;

 private:
  std::shared_ptr<CurlMulti> multi_;
  std::shared_ptr<const CurlClientOptions> options_;
};

}  // namespace certferry
