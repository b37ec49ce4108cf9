// Application and Network Load Balancers over the domains of a World that are of product elb.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "sandbox/aws/aws_calls.h"
#include "sandbox/aws/server_certificates.h"

namespace certferry::sandbox {

inline constexpr std::string_view kAwsBalancersNamespace =
    "http://elasticloadbalancing.amazonaws.com/doc/2015-12-01/";

/// What a domain's listener has that no bind has to do with, and where it is.
struct AwsListenerSettings {
  /// It has a load balancer to itself, whose default certificate is the domain's.
  bool alone = false;
  bool network = false;  ///< that one is a Network Load Balancer: it has no rules
  int port = 443;
  std::string ssl_policy = "ELBSecurityPolicy-TLS13-1-2-2021-06";
  std::string client_verification = "off";

  /// All of them as text to compare.
  std::string text() const;
};

/// Domains share the one listener of a load balancer, each by a rule of its own. Which certificate
/// of a listener a domain is bound to follows from what the listener has, by AWS's order; and what
/// a test binds or unbinds by hand is on the listener, or off it.
///
/// Lifetime: the world and what names its certificates outlive it.
class AwsBalancers {
 public:
  AwsBalancers(World& world, const AwsServerCertificates& certificates)
      : world_(world), certificates_(certificates) {}

  /// Lists show the world as it was `moment`.
  AwsAnswer run(const AwsRequest& call, SteadyTime moment);
  /// What a change would answer if all went well, with nothing changed.
  AwsAnswer pretend(const AwsRequest& call) const;
  /// Certificates that a listener has now.
  std::set<std::int64_t> attached() const;
  AwsListenerSettings& settings(const std::string& name) { return settings_[name]; }

 private:
  /// A load balancer with its listener; the names of both are made of `id`.
  struct Balancer {
    std::string id;
    bool active = true;
    std::vector<const Domain*> domains;
    AwsListenerSettings settings;
  };
  /// What a listener has; a default of 0 is a server certificate of IAM that the world has not.
  struct Certificates {
    std::int64_t standard = 0;
    std::set<std::int64_t> list;

    bool has(std::int64_t id) const { return standard == id || list.contains(id); }
  };

  AwsListenerSettings settings_of(const Domain& domain) const;
  std::vector<Balancer> balancers() const;
  Certificates certificates_of(const Balancer& balancer, SteadyTime moment) const;
  std::int64_t chosen(const Certificates& certificates, const std::string& name) const;
  void set(const Balancer& balancer, const Certificates& certificates);
  std::variant<Balancer, AwsRefusal> balancer_in(const AwsRequest& call) const;

  AwsAnswer list_balancers(const AwsRequest& call) const;
  AwsAnswer list_listeners(const AwsRequest& call, SteadyTime moment) const;
  AwsAnswer list_certificates(const AwsRequest& call, SteadyTime moment) const;
  AwsAnswer list_rules(const AwsRequest& call) const;
  AwsAnswer change(const AwsRequest& call);
  AwsAnswer changed(const AwsRequest& call, const Balancer& balancer, std::int64_t id) const;
  std::string listener_xml(const Balancer& balancer, const std::string& certificate) const;

  std::string arn_of(std::int64_t id) const;
  std::string certificate_xml(std::int64_t id, bool is_default) const;

  World& world_;
  const AwsServerCertificates& certificates_;
  std::map<std::string, AwsListenerSettings> settings_;  ///< by domain
  std::map<std::string, Certificates> told_;             ///< by the load balancer's id
};

}  // namespace certferry::sandbox
