// Any reply to any of DogeCloud's calls, through the adapter as it is used; and a vendor that sends
// our own secrets back in every spelling does not get them into an error.
//
// An input is a reply: "STATUS CALL", header lines, an empty line, the body. In the body ${key},
// ${secret} and ${authorization} stand for what the request carried, ${key:hex} for its spelling in
// hexadecimal; :base64, :url and :json likewise. An unknown call goes through what every vendor
// that speaks JSON shares.

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <nlohmann/json.hpp>

#include "base/text.h"
#include "crypto/digest.h"
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
constexpr std::string_view kSecretKey = "5f2c8e1b7a9d4036c2e18f5b7d9a0c34";
constexpr std::size_t kLongestId = 128;

/// Looks like a line of a key, and is none.
std::string key_line() {
  return base64_encode("this is no private key, but as many bytes as are in one line");
}

std::string key_text() {
  return "-----BEGIN PRIVATE KEY-----\n" + key_line() + "\n-----END PRIVATE KEY-----\n";
}

BundlePtr bundle() {
  auto out = std::make_shared<Bundle>();
  out->leaf.fingerprint = std::string(64, 'a');
  out->chain_pem = "-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n";
  out->key_pem = Secret(key_text());
  return out;
}

struct ReplyInput {
  std::string call;
  HttpResponse response;
};

ReplyInput read_input(std::string_view bytes) {
  ReplyInput out;
  std::string_view first = take_line(bytes);
  const std::string_view status = take_until(first, " ");
  std::from_chars(status.data(), status.data() + status.size(), out.response.status);
  out.call = first;
  for (std::string_view line = take_line(bytes); !line.empty(); line = take_line(bytes)) {
    const std::string_view name = take_until(line, ": ");
    out.response.headers.emplace_back(to_lower(name), line);
  }
  out.response.body = bytes;
  return out;
}

std::string spelled(std::string_view secret, std::string_view how) {
  if (how == "hex") {
    return to_hex({reinterpret_cast<const unsigned char*>(secret.data()), secret.size()});
  }
  if (how == "base64") return base64_encode(secret);
  if (how == "url") return url_encode(secret);
  if (how == "json") {
    const std::string quoted = nlohmann::json(secret).dump();
    return quoted.substr(1, quoted.size() - 2);
  }
  return std::string(secret);
}

/// Answers every call with the same reply, with the request's own secrets filled in.
class EchoingHttp : public HttpClient {
 public:
  explicit EchoingHttp(HttpResponse response) : response_(std::move(response)) {}

  Task<HttpResponse> send(HttpRequest request) override {
    ++calls;
    require_sendable(request);
    HttpResponse response = response_;
    response.body = filled(response.body, request);
    bodies += response.body;
    co_return response;
  }

  int calls = 0;
  std::string authorization;  ///< of the last request
  std::string bodies;         ///< of all replies

 private:
  void require_sendable(const HttpRequest& request) {
    for (const char c : request.url) {
      require(c > 0x20 && c < 0x7f, "a URL has no blanks or foreign bytes", request.url);
    }
    for (const auto& [name, value] : request.headers) {
      if (name == "Authorization") authorization = value.reveal();
    }
    require(!authorization.empty(), "every request is signed");
    if (request.method == "GET") return;
    require(nlohmann::json::accept(request.body.reveal()), "what is sent is JSON");
  }

  std::string filled(std::string_view body, const HttpRequest& request) {
    std::string out;
    while (!body.empty()) {
      out += take_until(body, "${");
      if (body.empty()) break;
      std::string_view how = take_until(body, "}");
      const std::string_view what = take_until(how, ":");
      if (what == "key") out += spelled(key_text(), how);
      if (what == "secret") out += spelled(kSecretKey, how);
      if (what == "authorization") out += spelled(authorization, how);
      if (what == "request") out += spelled(request.body.reveal(), how);
    }
    return out;
  }

  HttpResponse response_;
};

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
  EchoingHttp http(input.response);
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
