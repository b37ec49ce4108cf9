// One kind of channel over HTTP: what it says about itself, its request, and what an answer means.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "model/metadata.h"
#include "model/notice.h"
#include "notify/json.h"
#include "notify/wording.h"
#include "ports/http_client.h"

namespace certferry::notify {

/// A channel's fields as the configuration gives them, secrets fetched.
class Options {
 public:
  /// `secret`: the keys of what may be seen nowhere.
  Options(std::map<std::string, Secret> values, std::set<std::string> secret)
      : values_(std::move(values)), secret_(std::move(secret)) {}

  /// Empty when the field is not there.
  std::string_view text(const std::string& key) const;
  /// Nothing when the field is not there.
  Secret secret(const std::string& key) const;
  bool has(const std::string& key) const { return !text(key).empty(); }
  /// The address of a server without a slash at its end; `standard` when the field is not there.
  std::string server(const std::string& key, std::string_view standard) const;
  /// The values that may be seen nowhere.
  std::vector<std::string> secrets() const;

 private:
  std::map<std::string, Secret> values_;
  std::set<std::string> secret_;
};

/// What the body of an answer says; many vendors put their errors into a 200.
struct Verdict {
  bool taken = true;
  std::string code;                  ///< the vendor's
  std::string message;               ///< the vendor's
  std::optional<ErrorKind> kind;     ///< where the code says more than the HTTP status
  std::optional<milliseconds> wait;  ///< that the vendor asks for in the body
};

struct Channel {
  const ChannelMetadata& (*metadata)();
  /// Throws: invalid_input `notify.options` for fields that cannot be right.
  HttpRequest (*request)(const Options& options, const Notice& notice, Time now);
  Verdict (*judge)(const HttpResponse& response);
  /// Finds wrong fields before anything is sent; may be null.
  void (*check)(const Options& options) = nullptr;
};

// Each in a file of its own.
extern const Channel kWebhook, kDingTalk, kFeishu, kWeCom, kServerChan, kBark, kPushPlus, kTelegram,
    kSlack, kDiscord, kMattermost, kMatrix, kTeams, kNtfy, kGotify, kPushover;

/// A POST of JSON.
HttpRequest post_json(std::string url, const Json& body);
/// Percent-encodes everything but RFC 3986's unreserved characters.
std::string percent_encoded(std::string_view text);
/// Taken when the member has the value; else what two members say.
Verdict verdict_by(const HttpResponse& response,
                   std::string_view member,
                   std::string_view taken,
                   std::string_view message);
/// For those whose HTTP status says all: what two members of an error say.
Verdict verdict_by_status(const HttpResponse& response,
                          std::string_view code,
                          std::string_view message);
/// The error of a field that cannot be right.
Error wrong_option(std::string message, std::string hint);

}  // namespace certferry::notify
