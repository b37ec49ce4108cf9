// US3: buckets of one region, and the copies of certificates that their domains have.
#pragma once

#include <map>
#include <string>

#include "sandbox/ucloud/ucloud_calls.h"
#include "sandbox/world.h"

namespace certferry::sandbox {

/// What a domain's copy is called, and which leaf it was given under that name.
struct UcloudUs3Copy {
  std::string name;
  std::string fingerprint;
};
using UcloudUs3Copies = std::map<std::string, UcloudUs3Copy>;  ///< by domain

UcloudAnswer list_us3_buckets(const World& world, const UcloudRequest& call);
UcloudAnswer list_us3_certificates(const World& world,
                                   const UcloudUs3Copies& copies,
                                   const UcloudRequest& call,
                                   SteadyTime moment);
/// For a domain that has none.
UcloudAnswer add_us3_certificate(World& world, UcloudUs3Copies& copies, const UcloudRequest& call);
/// For a domain that has one.
UcloudAnswer update_us3_certificate(World& world,
                                    UcloudUs3Copies& copies,
                                    const UcloudRequest& call);

}  // namespace certferry::sandbox
