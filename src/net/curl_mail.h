#pragma once

#include <boost/asio/io_context.hpp>
#include <memory>
#include <string>

#include "ports/mail_client.h"

namespace certferry {

class CurlMulti;

struct CurlMailOptions {
  std::string extra_roots;  ///< PEM; trusted beside the system's roots; empty: none
  std::string roots_directory = "/etc/ssl/certs";  ///< the system's roots, hashed (c_rehash)
};

/// MailClient on libcurl and the loop. No proxy: those for the web do not take mail.
/// Lifetime: the loop outlives the client; the client outlives its tasks.
class CurlMailClient final : public MailClient {
 public:
  explicit CurlMailClient(boost::asio::io_context& io, CurlMailOptions options = {});
  ~CurlMailClient() override;
  Task<void> send(Mail mail) override;

 private:
  std::shared_ptr<CurlMulti> multi_;
  std::shared_ptr<const CurlMailOptions> options_;
};

}  // namespace certferry
