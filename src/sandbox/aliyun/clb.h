// CLB's HTTPS listeners and their domain extensions, over the domains of a World that belong to
// "clb"; and its own store of server certificates, for one region.
//
// A listener holds twenty domains here. A certificate that was bound by hand is one that a person
// brought from CAS; whoever uploads one brings the files. Sources: docs: DescribeDomainExtensions,
// UploadServerCertificate, DeleteServerCertificate; the vendor's SDK.
#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "sandbox/aliyun/aliyun_calls.h"
#include "sandbox/world.h"

namespace certferry::sandbox {

/// Lifetime: the world outlives it.
class AliyunClbState {
 public:
  explicit AliyunClbState(World& world) : world_(world) {}

  /// Lists show the world as it was at that moment.
  AliyunAnswer run(const AliyunRequest& call, SteadyTime moment);
  /// How many certificates its store holds that were uploaded to it.
  std::size_t copies() const { return copies_.size(); }
  /// Another listener, of a load balancer of its own, has the domain as well.
  void mirror(const std::string& domain, std::int64_t certificate) {
    mirrors_[domain] = certificate;
  }

 private:
  struct Copy {
    std::string name;
    std::string fingerprint;
  };
  struct Seat {
    const Domain* domain = nullptr;
    std::string balancer;
    std::string extension;
    bool mirror = false;
  };

  std::vector<Seat> seats() const;
  std::string certificate_at(const Seat& seat, SteadyTime moment) const;
  /// The id at CLB of what is in CAS: of a copy, or of what a person brought.
  std::string id_at_clb(const Entry& entry) const;
  AliyunAnswer list_listeners(const AliyunRequest& call) const;
  AliyunAnswer list_extensions(const AliyunRequest& call, SteadyTime moment) const;
  AliyunAnswer list_certificates() const;
  AliyunAnswer upload(const AliyunRequest& call);
  AliyunAnswer bind(const AliyunRequest& call);
  AliyunAnswer remove(const AliyunRequest& call);

  World& world_;
  std::map<std::string, Copy> copies_;  ///< by id
  std::map<std::string, std::int64_t> mirrors_;
  int next_copy_ = 1;
};

}  // namespace certferry::sandbox
