// IAM's server certificates over the entries of a World, and what AWS's services call whatever is
// stored, there or in ACM.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "sandbox/aws/aws_calls.h"

namespace certferry::sandbox {

inline constexpr std::string_view kAwsIamNamespace = "https://iam.amazonaws.com/doc/2010-05-08/";

/// An entry is IAM's when it was uploaded by IAM's own call; all are where the world's are `all`.
/// What nobody uploaded by a call has its note for a name, and is for CloudFront.
///
/// Lifetime: the world outlives it.
class AwsServerCertificates {
 public:
  AwsServerCertificates(World& world, bool all) : world_(world), all_(all) {}

  /// Lists show the world as it was `moment`. `attached` are in use beside those that a domain is
  /// bound to.
  AwsAnswer run(const AwsRequest& call, SteadyTime moment, const std::set<std::int64_t>& attached);
  /// What an upload would answer if all went well, with nothing stored.
  AwsAnswer pretend(const AwsRequest& call);

  bool has(std::int64_t id) const { return all_ || uploaded_.contains(id); }
  /// "ASCASANDBOX00000000002711", of one of IAM's. The other way round nothing, when it is none.
  static std::string id_text(std::int64_t id);
  std::optional<std::int64_t> find_id(std::string_view text) const;
  /// Of a certificate of either store.
  std::string arn_of(std::int64_t id) const;
  std::optional<std::int64_t> find_arn(std::string_view arn) const;
  bool is_for_cloudfront(std::int64_t id) const { return place_of(id).path.starts_with(kPath); }

 private:
  struct Place {
    std::string path;
    std::string name;
  };
  static constexpr std::string_view kPath = "/cloudfront/";

  Place place_of(std::int64_t id) const;
  std::optional<std::int64_t> find_name(std::string_view name) const;
  std::string metadata_xml(std::int64_t id, const Place& place, Time stored, Time ends) const;
  std::string metadata_of(const Entry& entry) const;
  AwsAnswer list(const AwsRequest& call, SteadyTime moment) const;
  AwsAnswer get(const AwsRequest& call) const;
  AwsAnswer upload(const AwsRequest& call);
  AwsAnswer remove(const AwsRequest& call, const std::set<std::int64_t>& attached);

  World& world_;
  bool all_;
  std::map<std::int64_t, Place> uploaded_;
};

}  // namespace certferry::sandbox
