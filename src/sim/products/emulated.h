// A vendor's emulator as the cases deal with it: what they speak of, in the vendor's words.
#pragma once

#include <memory>
#include <string>

#include "base/clock.h"
#include "providers/registry.h"
#include "sandbox/faults.h"
#include "sandbox/message.h"
#include "sandbox/world.h"

namespace certferry::sim {

/// What calls of a product go by, as a fault's endpoint.
struct CallNames {
  std::string upload;
  std::string bind;
  std::string remove;
};

class Emulated {
 public:
  Emulated(sandbox::WorldOptions options, const Clock& clock) : world(std::move(options), clock) {}
  virtual ~Emulated() = default;

  virtual sandbox::Reply handle(const sandbox::Request& request) = 0;
  /// An account's keys and where it calls; the secrets among them are those of `secrets`.
  virtual ProviderOptions account() const = 0;
  virtual CallNames calls(const std::string& product) const = 0;
  /// Which of them a request is: its path, unless the vendor tells calls apart by something else.
  virtual std::string call_of(const sandbox::Request& request) const {
    return request.target.substr(0, request.target.find('?'));
  }
  /// What a certificate of somebody else's is called there, that the adapter knows by what it is.
  virtual std::string strange_note(const std::string& fingerprint) const = 0;
  /// What the vendor calls a certificate with this label of ours.
  virtual std::string note_of(const std::string& label, Time not_after) const = 0;
  /// How a delete is refused because of a use that shows in no list.
  virtual sandbox::Fault refuses_to_delete() const = 0;
  /// A failure inside of a reply whose status says success.
  virtual sandbox::Fault fails_inside() const = 0;
  /// How many calls that change something, its bind aside, a bundle takes to the product's first
  /// name: one where it keeps copies of what the account's store has, or versions of its own.
  virtual std::size_t copies(const std::string& /*product*/) const { return 0; }
  /// How many calls that change something a bind takes.
  virtual std::size_t calls_a_bind(const std::string& /*product*/) const { return 1; }
  /// How many binds so many names take: one where they share whatever has the certificate.
  virtual std::size_t binds(const std::string& /*product*/, std::size_t names) const {
    return names;
  }
  /// How many calls, beside its bind, a renewal takes to let go of the certificate before.
  virtual std::size_t releases(const std::string& /*product*/) const { return 0; }
  /// Whether every product is asked before a certificate is deleted; else its store says itself
  /// that somebody uses it, and not who.
  virtual bool asks_who_uses() const { return true; }
  /// Whether the product's binds are jobs, accepted first and carried out later.
  virtual bool has_jobs(const std::string& /*product*/) const { return false; }
  /// Whether its lists say where the edge answers for a name; else the name itself has addresses.
  virtual bool gives_edge_names(const std::string& /*product*/) const { return true; }
  /// What a run says somewhere of a bind that was accepted and failed after that.
  virtual std::string words_of_failed_job(const std::string& /*product*/) const { return {}; }
  /// The most domains that one call lists.
  virtual int domains_a_page(const std::string& /*product*/) const { return 500; }
  /// Gives a domain settings of the vendor's own that no bind has to do with.
  virtual void adorn(const std::string& /*name*/) {}
  /// All such settings, the world's included, as text to compare.
  virtual std::string settings(const std::string& name) { return world.find_domain(name)->origin; }
  /// The keys are not allowed to bind from here on: the permission's name.
  virtual std::string forbid_to_bind(const std::string& /*product*/) { return {}; }

  sandbox::World world;
  sandbox::Faults faults;
};

/// The key that stands in `account()` in the place of the secret.
inline const std::string kSecretKey = "5f2cCanaryOfTheSecretKey8e1b7a9d";

/// Each in a file of its own; Volcengine's is BytePlus's as well, and null for any other.
std::unique_ptr<Emulated> emulate_aliyun(sandbox::WorldOptions options, const Clock& clock);
std::unique_ptr<Emulated> emulate_aws(sandbox::WorldOptions options,
                                      const Clock& clock,
                                      const std::string& store);
std::unique_ptr<Emulated> emulate_baiducloud(sandbox::WorldOptions options, const Clock& clock);
std::unique_ptr<Emulated> emulate_baishan(sandbox::WorldOptions options, const Clock& clock);
std::unique_ptr<Emulated> emulate_bunny(sandbox::WorldOptions options, const Clock& clock);
std::unique_ptr<Emulated> emulate_cloudflare(sandbox::WorldOptions options, const Clock& clock);
std::unique_ptr<Emulated> emulate_ctyun(sandbox::WorldOptions options, const Clock& clock);
std::unique_ptr<Emulated> emulate_gcore(sandbox::WorldOptions options, const Clock& clock);
std::unique_ptr<Emulated> emulate_huaweicloud(sandbox::WorldOptions options, const Clock& clock);
std::unique_ptr<Emulated> emulate_jdcloud(sandbox::WorldOptions options, const Clock& clock);
std::unique_ptr<Emulated> emulate_ksyun(sandbox::WorldOptions options, const Clock& clock);
std::unique_ptr<Emulated> emulate_qiniu(sandbox::WorldOptions options, const Clock& clock);
std::unique_ptr<Emulated> emulate_tencentcloud(sandbox::WorldOptions options, const Clock& clock);
std::unique_ptr<Emulated> emulate_ucloud(sandbox::WorldOptions options, const Clock& clock);
std::unique_ptr<Emulated> emulate_upyun(sandbox::WorldOptions options, const Clock& clock);
std::unique_ptr<Emulated> emulate_wangsu(sandbox::WorldOptions options, const Clock& clock);
std::unique_ptr<Emulated> emulate_volcengine(const std::string& provider,
                                             sandbox::WorldOptions options,
                                             const Clock& clock);

/// Null for a vendor that has no emulator: then no product of it can be in the registry.
/// `variation`: the value that makes the account one, as the vendor's metadata has it.
std::unique_ptr<Emulated> emulate(const std::string& provider,
                                  sandbox::WorldOptions options,
                                  const Clock& clock,
                                  const std::string& variation = {});

}  // namespace certferry::sim
