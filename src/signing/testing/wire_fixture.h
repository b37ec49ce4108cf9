// What a vendor's own SDK sent, as tests/wire recorded it.
#pragma once

#include <initializer_list>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "signing/request.h"

namespace certferry {

struct WireCase {
  std::string name;
  std::string method;
  std::string target;
  std::map<std::string, std::string> headers;  ///< names in lower case
  std::string body;
  std::string canonical;  ///< of what the SDK hashed last, what looks like a request; may be empty
  std::string signed_text;  ///< what the SDK made its last HMAC of; may be empty

  /// Empty when there is none.
  std::string header(const std::string& which) const;
  std::string path() const;
  std::string raw_query() const;
  /// Decoded; a plus sign is a blank, as the SDKs that send one mean it.
  QueryParameters query() const;
  /// What stands in Authorization between `which=` and the next of the ends: a comma, a blank.
  std::string authorization_part(const std::string& which) const;

  /// For the signer: the headers are those that Authorization says are signed, without `host` and
  /// those `added` by the scheme.
  UnsignedRequest request(std::initializer_list<std::string_view> added) const;
};

struct WireFixture {
  std::map<std::string, std::string> inputs;
  Time now;
  std::vector<WireCase> cases;

  /// The session token is the one that the SDK sent in this header.
  AccessKey key(const WireCase& one, const std::string& token_header) const;
};

/// `tests/wire/fixtures/VENDOR.json`; a test fails when it is not there or has no cases.
WireFixture read_wire_fixture(const std::string& vendor);

/// Every header of the signature is one that the SDK sent, with the same value; and the canonical
/// form is the SDK's, as far as that was seen.
void expect_as_sent(const Result<Signature>& signature, const WireCase& one);

}  // namespace certferry
