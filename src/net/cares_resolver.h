#pragma once

#include <boost/asio/io_context.hpp>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "ports/resolver.h"

namespace certferry {

struct CaresResolverOptions {
  /// By canonical name: what to answer instead of asking. "*.example.com" is for each name directly
  /// below that does not stand here itself.
  std::map<std::string, std::vector<Address>> resolve;
  std::vector<std::string> servers;          ///< "127.0.0.1:5353"; empty: as /etc/resolv.conf says
  milliseconds server_timeout = seconds(2);  ///< first wait for a server; doubles with each round
  int server_tries = 3;                      ///< rounds over the servers
};

/// Resolver on c-ares and the loop.
///
/// Asks for A and AAAA both, and needs an answer to both, if only "none": an address left out would
/// let a name pass for served everywhere. Names are asked as they are, no search domains. Lookups
/// of one name share one question, and what was found is kept for five seconds. An
/// IP address is its own answer. Throws beside the port's: unavailable `dns.malformed`. Lifetime:
/// the loop outlives the resolver; the resolver outlives its tasks.
class CaresResolver final : public Resolver {
 public:
  explicit CaresResolver(boost::asio::io_context& io, CaresResolverOptions options = {});
  ~CaresResolver() override;
  Task<std::vector<Address>> resolve(std::string name, milliseconds timeout) override;
  bool overridden(const std::string& name) const override;

 private:
  class Channel;

  /// None: nothing stands there for the name.
  const std::vector<Address>* override_for(const std::string& name) const;

  std::map<std::string, std::vector<Address>> overrides_;
  std::shared_ptr<Channel> channel_;
};

}  // namespace certferry
