// Any reply to any of DogeCloud's calls, through the adapter as it is used; and a vendor that sends
// our own secrets back in every spelling does not get them into an error.
// What an input looks like stands in echoing_http.h; an unknown call goes through what every vendor
// that speaks JSON shares.

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <nlohmann/json.hpp>

#include "echoing_http.h"
#include "model/name.h"
#include "properties.h"
#include "providers/common/json_api.h"
#include "providers/common/json_body.h"
#include "providers/dogecloud/dogecloud.h"
#include "providers/testing/recording_http.h"
#include "target.h"

namespace certferry::fuzz {

namespace {

// Those that json_api.h and replies.h promise.
constexpr std::array<std::string_view, 15> kCodes = {"reply.not_json",
                                                     "reply.malformed",
                                                     "reply.shape",
                                                     "reply.no_id",
                                                     "reply.too_large",
                                                     "vendor.unauthorized",
                                                     "vendor.not_found",
                                                     "vendor.conflict",
                                                     "vendor.in_use",
                                                     "vendor.quota",
                                                     "vendor.throttled",
                                                     "vendor.unavailable",
                                                     "vendor.maybe_applied",
                                                     "vendor.rejected",
                                                     "vendor.no_such_call"};
constexpr std::size_t kLongestId = 128;

void require_no_secret(const std::string& text, const EchoingHttp& http) {
  // The access key in front of the colon is a name, not a secret.
  std::string_view signature = http.authorization;
  take_until(signature, ":");
  for (const std::string_view how : {"", "hex", "base64", "url", "json"}) {
    require_hidden(text, spelled(key_line(), how), "a private key");
    require_hidden(text, spelled(kSecretKey, how), "the account's secret key");
    require_hidden(text, spelled(signature, how), "a signature");
  }
}

void require_refused(const Error& error, Effect effect, const EchoingHttp& http) {
  require_sound(error, kCodes);
  require(error.activity.contains("DogeCloud"), "an error says what was being done", error.text());
  require_no_secret(error.text(), http);
  require_no_secret(error.vendor_message + error.vendor_code, http);
  const bool open = error.kind == ErrorKind::kMaybeApplied;
  const bool nothing_done =
      error.kind == ErrorKind::kUnavailable || error.kind == ErrorKind::kTimedOut;
  if (effect == Effect::kReads) require(!open, "a read changes nothing", error.text());
  if (effect == Effect::kChanges) {
    require(!nothing_done, "an unusable answer to a change decides nothing", error.text());
  }
}

/// Digit by digit as the vendor sent it, and fit to be shown and sent back.
void require_id(const std::string& id, const EchoingHttp& http) {
  require(!id.empty() && id.size() <= kLongestId, "an id is neither empty nor endless", id);
  require_one_line(id, "an id");
  require(id != "0" && !id.starts_with('-'), "an id stands for something", id);
  const bool number = std::ranges::all_of(id, [](char c) { return c >= '0' && c <= '9'; });
  // A string may spell its digits as \u0031.
  if (number && !http.bodies.contains('\\')) {
    require(http.bodies.contains(id), "an id's digits are those in the reply", id);
  }
}

template <typename T, typename Judge>
void try_call(Result<T> result, Effect effect, const EchoingHttp& http, Judge judge) {
  require(http.calls >= 1 && http.calls <= 2, "a call is one request, or two for a fallback");
  if (!result) return require_refused(result.error(), effect, http);
  if constexpr (!std::is_void_v<T>) judge(*result);
}

void require_binding(const Binding& binding, const EchoingHttp& http) {
  require(!binding.vendor_name.empty(), "a domain has a name");
  require(binding.online == (binding.status == "online"), "online is what the vendor calls so");
  require(canonical_name(binding.vendor_name).value_or(binding.name) == binding.name,
          "a name is canonical if it can be",
          binding.name);
  if (binding.stored_id) require_id(*binding.stored_id, http);
}

void require_stored(const StoredCertificate& stored) {
  require_one_line(stored.id, "an id");
  require(!format_time(stored.not_before).starts_with('-') &&
              format_time(stored.not_after).size() == 20,
          "dates are of our era",
          format_time(stored.not_after));
}

void try_lists(DogeCloud& doge, const std::string& call, const EchoingHttp& http) {
  if (call == "list_bindings") {
    try_call(
        testing::finish(doge.list_bindings("cdn")), Effect::kReads, http, [&](const auto& all) {
          for (const Binding& binding : all) require_binding(binding, http);
        });
  } else {
    try_call(testing::finish(doge.list_stored()), Effect::kReads, http, [&](const auto& all) {
      for (const StoredCertificate& stored : all) require_stored(stored);
    });
  }
}

void try_changes(DogeCloud& doge, const std::string& call, const EchoingHttp& http) {
  const auto nothing = [](const auto&...) {};
  if (call == "upload") {
    try_call(testing::finish(doge.upload(bundle(), "certferry-aa")),
             Effect::kChanges,
             http,
             [&](const std::string& id) { require_id(id, http); });
  } else if (call == "bind") {
    BindRequest request{.product = "cdn",
                        .binding = {.name = "cdn.example.com", .vendor_name = "CDN.example.com"},
                        .stored_id = "10001",
                        .bundle = bundle()};
    try_call(testing::finish(doge.bind(std::move(request))), Effect::kChanges, http, nothing);
  } else {
    try_call(testing::finish(doge.remove("10001")), Effect::kChanges, http, nothing);
  }
}

/// What is written as a request and read as a reply is the same.
void require_round_trip(const std::string& id, Effect effect) {
  const Secret written = JsonBody().text("note", id).id("id", id).take();
  const HttpResponse reply{.status = 200, .headers = {}, .body = std::string(written.reveal())};
  const Result<nlohmann::json> read = read_json(reply, effect, Quoting::kAllowed);
  require(read.has_value(), "what is written is JSON", written.reveal());
  require(text_of(*read, "note") == id, "text comes back as it was written", id);
  // A longer number is one that no 64 bits hold, and only ever came to us as text.
  constexpr std::size_t kSurelyFits = 18;
  if (id.size() <= kSurelyFits) {
    require(id_of(*read, "id", effect).value_or("") == id, "an id comes back digit by digit", id);
  }
}

void try_common(const HttpResponse& response, Effect effect) {
  const Result<nlohmann::json> reply = read_json(response, effect, Quoting::kAllowed);
  if (!reply) return require_sound(reply.error(), kCodes);
  text_of(*reply, "msg");
  const std::optional<std::int64_t> code = integer_of(*reply, "code");
  if (code) require(!text_of(*reply, "code").empty(), "a number has digits");
  const Result<std::string> id = id_of(*reply, "id", effect);
  if (!id) return require_sound(id.error(), kCodes);
  require_one_line(*id, "an id");
  require_round_trip(*id, effect);
}

}  // namespace

void try_input(std::string_view bytes) {
  ReplyInput input = read_input(bytes);
  require_one_line(describe(input.response, Quoting::kAllowed), "a reply's description");
  const std::string& call = input.call;
  EchoingHttp http(input.response, BodyForm::kJson);
  DogeCloud doge({.endpoint = "https://api.example",
                  .access_key = "AKEXAMPLE",
                  .secret_key = Secret(std::string(kSecretKey))},
                 http);
  if (call == "list_stored" || call == "list_bindings") {
    try_lists(doge, call, http);
  } else if (call == "upload" || call == "bind" || call == "remove") {
    try_changes(doge, call, http);
  } else {
    try_common(input.response, call == "change" ? Effect::kChanges : Effect::kReads);
  }
}

}  // namespace certferry::fuzz
