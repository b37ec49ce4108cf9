// Any answers of a panel to the calls of the source `1panel`, through the source as it is used.
//
// An input is one reply after another, a form feed between them; the last one is given to every
// further call. A reply is "STATUS", header lines, an empty line, the body. ${key} stands for the
// key of the panel's API and ${token} for the call's own signature: a panel that sends them back is
// not quoted with them. Nor with ${pem}, a line of a private key, which a list of certificates has.

#include <algorithm>
#include <array>
#include <charconv>
#include <nlohmann/json.hpp>

#include "base/clock.h"
#include "base/text.h"
#include "crypto/digest.h"
#include "properties.h"
#include "sources/fake_files.h"
#include "sources/registry.h"
#include "sources/run_task.h"
#include "target.h"

namespace certferry::fuzz {

namespace {

// Those that onepanel_api.h, web.h and pem.h promise.
constexpr std::array<std::string_view, 19> kCodes = {"source.reply",
                                                     "source.permission",
                                                     "source.missing",
                                                     "source.redirect",
                                                     "source.status",
                                                     "pem.empty",
                                                     "pem.not_pem",
                                                     "pem.other_form",
                                                     "pem.truncated",
                                                     "pem.too_large",
                                                     "pem.no_key",
                                                     "pem.no_certificate",
                                                     "pem.key_encrypted",
                                                     "pem.many_keys",
                                                     "cert.key_unsupported",
                                                     "cert.mismatch",
                                                     "cert.chain",
                                                     "cert.names",
                                                     "cert.dates"};
constexpr std::string_view kApiKey = "Zq7TbW2nXcL9sRfV4gHkM6pYdJ3uAeC8";
constexpr std::string_view kServer = "https://panel.example:10086";
constexpr std::string_view kName = "www.example.com";
// Two lists, of 20 pages each, and of each page both versions.
constexpr int kCallsMost = 80;

/// Looks like a line of a key, and is none.
std::string key_line() {
  return base64_encode("this is no private key, but as many bytes as are in one line");
}

HttpResponse read_reply(std::string_view bytes) {
  HttpResponse reply;
  const std::string_view status = take_line(bytes);
  std::from_chars(status.data(), status.data() + status.size(), reply.status);
  for (std::string_view line = take_line(bytes); !line.empty(); line = take_line(bytes)) {
    const std::string_view name = take_until(line, ": ");
    reply.headers.emplace_back(to_lower(name), line);
  }
  reply.body = bytes;
  return reply;
}

class Panel : public HttpClient {
 public:
  explicit Panel(std::string_view replies) : replies_(replies) {}

  Task<HttpResponse> send(HttpRequest request) override {
    require(++calls <= kCallsMost, "reading a list ends");
    require_sendable(request);
    if (calls == 1 || !replies_.empty()) last_ = take_until(replies_, "\f");
    HttpResponse reply = read_reply(last_);
    for (auto& [name, value] : reply.headers) value = filled(value);
    reply.body = filled(reply.body);
    co_return reply;
  }

  int calls = 0;
  std::string token;  ///< of the last call

 private:
  void require_sendable(const HttpRequest& request) {
    const std::string path = "/websites/ssl/search";
    const std::string server(kServer);
    require(request.url == server + "/api/v2" + path || request.url == server + "/api/v1" + path,
            "no answer turns a call elsewhere",
            request.url);
    require(request.max_response_bytes <= std::size_t{4} * 1024 * 1024, "an answer has a bound");
    require(!request.changes_state, "a source changes nothing");
    const nlohmann::json body = nlohmann::json::parse(request.body.reveal(), nullptr, false);
    require(body.is_object() && body["page"] >= 1 && body["page"] <= 20, "what is sent is a page");
    for (const auto& [name, value] : request.headers) {
      require(!value.reveal().contains(kApiKey), "the key itself is never sent");
      if (name == "1Panel-Token") token = value.reveal();
    }
    require(!token.empty(), "every call is signed");
  }

  std::string filled(std::string_view text) const {
    std::string out;
    while (!text.empty()) {
      out += take_until(text, "${");
      if (text.empty()) break;
      const std::string_view what = take_until(text, "}");
      if (what == "key") out += kApiKey;
      if (what == "token") out += token;
      // Nowhere else: a list is where the panel itself shows one.
      if (what == "pem" && out.ends_with("\"privateKey\":\"")) {
        out += "-----BEGIN PRIVATE KEY-----\\n" + key_line() + "\\n-----END PRIVATE KEY-----\\n";
      }
    }
    return out;
  }

  std::string_view replies_;
  std::string_view last_;
};

/// So that the source, which owns its client, asks the one that counts.
class Line : public HttpClient {
 public:
  explicit Line(Panel& panel) : panel_(panel) {}
  Task<HttpResponse> send(HttpRequest request) override { return panel_.send(std::move(request)); }

 private:
  Panel& panel_;
};

std::unique_ptr<Source> make(Panel& panel, FakeFiles& files, const Clock& clock) {
  return make_source(
      "1panel",
      {.texts = {{"server_url", std::string(kServer)}, {"certificate", std::string(kName)}},
       .secrets = {{"api_key", Secret(std::string(kApiKey))}}},
      {.files = files, .clock = clock, .http = [&panel](const std::string&) {
         return std::make_unique<Line>(panel);
       }});
}

void require_refused(const Error& error, const Panel& panel) {
  require_sound(error, kCodes);
  const std::string shown = error.text() + error.vendor_code + error.vendor_message;
  require_hidden(shown, key_line(), "a private key");
  // Which certificates there are is shown as the panel says it.
  if (error.code == "source.missing") return;
  require_hidden(shown, kApiKey, "the key of the API");
  require_hidden(shown, panel.token, "a call's signature");
}

}  // namespace

void try_input(std::string_view bytes) {
  static FakeClock clock;
  FakeFiles files;
  Panel panel(bytes);
  const auto source = make(panel, files, clock);
  try {
    const BundlePtr bundle = finish(source->read());
    require(bundle != nullptr && !bundle->key_pem.empty(), "what is read is a pair");
    require(bundle->leaf.fingerprint == sha256_hex(bundle->leaf.der), "a leaf is what it says");
  } catch (const Error& error) {
    require_refused(error, panel);
  }
  require(panel.calls >= 1, "the panel was asked");
}

}  // namespace certferry::fuzz
