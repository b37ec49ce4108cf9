// Walking the buckets of object storage for the domains that each is served under.
#pragma once

#include <functional>
#include <iterator>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/error.h"
#include "model/target.h"
#include "ports/task.h"

namespace certferry {

/// What stands in the list for the domains of a bucket that keeps them to itself. They may have any
/// certificate, as its id says (kUnknownInStore): where a store does not refuse by itself to delete
/// what is in use, `require_known` does. `host`: the bucket's own, which no certificate is brought
/// to.
Binding unlisted_bucket(std::string host);

// Never deduced: what is given is a lambda.
template <typename Bucket, typename Name>
using BucketQuestion = std::type_identity_t<std::function<Task<std::vector<Name>>(Bucket)>>;
template <typename Bucket, typename Name>
using UnlistedBucket = std::type_identity_t<std::function<Name(const Bucket&)>>;

/// The names of all buckets, one bucket asked after the other.
///
/// `Name`: a binding, or what one is made of. A bucket whose own policy denies the question is
/// given `unlisted`'s. What every bucket denies is the account's to allow: then the last refusal,
/// `vendor.permission`, is thrown, as is whatever else `list_names` throws.
template <typename Bucket, typename Name = Binding>
Task<std::vector<Name>> walk_buckets(std::vector<Bucket> buckets,
                                     BucketQuestion<Bucket, Name> list_names,
                                     UnlistedBucket<Bucket, Name> unlisted) {
  std::vector<Name> all;
  std::optional<Error> denied;
  bool any = false;
  for (const Bucket& bucket : buckets) {
    std::vector<Name> names;
    try {
      names = co_await list_names(bucket);
      any = true;
    } catch (const Error& error) {
      if (error.code != "vendor.permission") throw;
      denied = error;
      names.push_back(unlisted(bucket));
    }
    std::ranges::move(names, std::back_inserter(all));
  }
  if (denied && !any) throw *std::move(denied);
  co_return all;
}

}  // namespace certferry
