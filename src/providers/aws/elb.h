// Application and Network Load Balancers: HTTPS and TLS listeners of the account's region.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "ports/provider.h"
#include "providers/aws/account.h"
#include "providers/aws/presented.h"
#include "providers/aws/store.h"

namespace certferry {

/// Lifetime: account and store outlive it and its tasks.
class AwsElb {
 public:
  AwsElb(AwsAccount& account, AwsStore& store) : account_(account), store_(store) {}

  Task<std::vector<Binding>> list();
  /// Sends nothing where the listeners have the certificate already. Throws also: rejected, another
  /// certificate of a listener is in the way, before anything is sent.
  Task<BindDone> bind(BindRequest request);
  /// Throws in_use: by the last list a listener has it, whether anybody is presented it or not.
  void require_unattached(const std::string& arn) const;

  struct Listener;

 private:
  /// All pages of a list's answer, whose members are below "<name of the action>Result".
  Task<std::vector<AwsXml>> pages(AwsFormCall call);
  Task<std::vector<Listener>> listeners(std::string doing);
  Task<std::vector<Listener>> listeners_of(std::string balancer, std::string doing);
  Task<bool> look_into(Listener* listener, std::string doing);
  Task<std::vector<AwsAttached>> attached_to(std::string listener, std::string doing);
  Task<std::set<std::string>> names_in_rules(std::string listener, std::string doing);
  Task<AwsKnown> known_with(std::set<std::string> arns, BindRequest request, std::string doing);
  Task<bool> change(std::string listener,
                    AwsListenerChange change,
                    std::string wanted,
                    std::string doing);

  AwsAccount& account_;
  AwsStore& store_;
  std::map<std::string, std::vector<std::string>> places_;  ///< listeners, by canonical name
  std::map<std::string, AwsCertificate> certificates_;      ///< by the last list
  std::map<std::string, std::string> attached_;             ///< to which listener, by ARN; as well
};

}  // namespace certferry
