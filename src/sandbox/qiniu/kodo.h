// Kodo's buckets and their source domains, over the domains of a World that belong to "kodo".
//
// A bucket has 20 domains here, so there are as many as it takes, and one more that has none.
// Sources: docs: kodo/3926, kodo/8338; the vendor's console, certificate and domain.
#pragma once

#include "sandbox/qiniu/qiniu_calls.h"

namespace certferry::sandbox {

QiniuAnswer list_kodo_buckets(const World& world);
QiniuAnswer list_kodo_domains(const World& world, const QiniuRequest& call);
/// Which certificate each domain that has one had then.
QiniuAnswer list_kodo_bound(const World& world, SteadyTime moment);
QiniuAnswer bind_kodo_domain(World& world, const QiniuRequest& call);

}  // namespace certferry::sandbox
