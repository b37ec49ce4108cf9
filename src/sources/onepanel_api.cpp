// 1Panel's API, for certificates that no site uses and that are pushed to no folder.
//
// What is odd here, each with its evidence:
//  - a call is signed by md5("1panel" + key + seconds since 1970), whatever is in it ..
//    docs: api_manual; worked example in the test
//  - paths begin with /api/v2, on version 1 with /api/v1; the other one answers 404 or a page ..
//    agent/init/router
//  - errors come as HTTP 200 with a code of their own; 401 stands for a refused token, a clock
//    that is off, an address that is not in the white list, and a switched-off API ..
//    core/middleware/session.go
//  - the list gives private keys in clear text ........ agent/app/dto/response/website_ssl.go
//  - the same certificate may be in it many times ..... agent/app/service/website_ssl.go
// Source: https://github.com/1Panel-dev/1Panel

#include "sources/onepanel_api.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/quotable.h"
#include "base/text.h"
#include "crypto/digest.h"
#include "sources/fields.h"
#include "sources/name_choice.h"
#include "sources/web.h"

namespace certferry {

namespace {

using nlohmann::json;

constexpr unsigned kPageSize = 100;
// A panel has tens of certificates; whoever has more than this is not asked for the rest.
constexpr unsigned kPagesMax = 20;
constexpr std::size_t kReplyBytesMax = std::size_t{4} * 1024 * 1024;
constexpr int kDepthMax = 16;

Error bad_reply(std::string message) {
  return Error(ErrorKind::kRejected, std::move(message))
      .with_code("source.reply")
      .with_hint("check that 'server_url' is the panel's own address, without its entrance path");
}

Error refused_token(const std::string& words) {
  return Error(ErrorKind::kUnauthorized, "1Panel refused the call")
      .with_code("source.permission")
      .with_vendor("401", quotable(words))
      .with_hint(
          "in the panel's settings switch the API interface on, compare the key, put this "
          "machine's address into its white list, and compare both clocks");
}

json parse(const std::string& text) {
  bool too_deep = false;
  json value = json::parse(
      text,
      [&too_deep](int depth, json::parse_event_t, json&) {
        too_deep = too_deep || depth > kDepthMax;
        return !too_deep;
      },
      false);
  return too_deep ? json(json::value_t::discarded) : value;
}

std::string take_text(json& object, const char* key) {
  const auto found = object.find(key);
  if (found == object.end() || !found->is_string()) return {};
  return std::move(found->get_ref<std::string&>());
}

std::string search_body(const std::string& domain, unsigned page) {
  return json{{"page", page},
              {"pageSize", kPageSize},
              {"domain", domain},
              {"order", "null"},
              {"orderBy", "expire_date"}}
      .dump(-1, ' ', false, json::error_handler_t::replace);
}

bool is_json(const HttpResponse& response) {
  return response.header("content-type").starts_with("application/json");
}

}  // namespace

OnePanelApiSource::OnePanelApiSource(const SourceInputs& inputs, const SourcePorts& ports)
    : server_url_(url_field(inputs, "server_url")),
      certificate_(to_lower(text_field(inputs, "certificate"))),
      api_key_(secret_field(inputs, "api_key")),
      client_(make_client(inputs, ports)),
      clock_(ports.clock),
      reader_(ports.reader) {
  while (server_url_.ends_with('/')) server_url_.pop_back();
}

std::string OnePanelApiSource::describe() const {
  return "1Panel certificate " + certificate_ + " (" + printable(server_url_, 200) + ")";
}

Task<HttpResponse> OnePanelApiSource::call(std::string version, std::string body) {
  const auto now = std::chrono::duration_cast<seconds>(clock_.now().time_since_epoch());
  const std::string timestamp = std::to_string(now.count());
  const Secret signed_text("1panel" + std::string(api_key_.reveal()) + timestamp);
  HttpRequest request{.method = "POST",
                      .url = server_url_ + "/api/" + version + "/websites/ssl/search",
                      .body = Secret(std::move(body)),
                      .max_response_bytes = kReplyBytesMax};
  request.headers.emplace_back("Content-Type", Secret("application/json"));
  request.headers.emplace_back("1Panel-Timestamp", Secret(timestamp));
  request.headers.emplace_back("1Panel-Token", Secret(md5_hex(signed_text.reveal())));
  co_return co_await client_->send(std::move(request));
}

/// The newer version first; what does not know it answers 404, or with a page. So does a panel that
/// has been made another version since.
Task<HttpResponse> OnePanelApiSource::call_any_version(std::string body) {
  const auto knows = [](const HttpResponse& response) {
    return response.status != 404 && (response.status != 200 || is_json(response));
  };
  if (version_) {
    HttpResponse known = co_await call(*version_, body);
    if (knows(known)) co_return known;
    version_.reset();
  }
  HttpResponse newer = co_await call("v2", body);
  if (knows(newer)) {
    version_ = "v2";
    co_return newer;
  }
  HttpResponse older = co_await call("v1", std::move(body));
  if (older.status == 200 && is_json(older)) version_ = "v1";
  co_return older;
}

OnePanelApiSource::Page OnePanelApiSource::parse_page(std::string& body) const {
  json reply = parse(body);
  wipe(body);
  if (reply.is_discarded() || !reply.is_object())
    throw bad_reply("1Panel's answer is no JSON object");
  const auto code = reply.find("code");
  if (code == reply.end() || !code->is_number_integer())
    throw bad_reply("1Panel's answer has no code");
  if (*code == 401) throw refused_token(take_text(reply, "message"));
  if (*code != 200) {
    throw bad_reply("1Panel refused the call")
        .with_vendor(printable(code->dump(), 20), quotable(take_text(reply, "message")));
  }
  const auto data = reply.find("data");
  Page page;
  if (data == reply.end() || !data->is_object()) return page;
  const auto total = data->find("total");
  if (total != data->end() && total->is_number_unsigned()) page.total = total->get<std::size_t>();
  const auto items = data->find("items");
  if (items == data->end() || !items->is_array()) return page;
  page.received = items->size();
  for (json& item : *items) {
    if (!item.is_object()) continue;
    page.entries.push_back({.primary_domain = to_lower(take_text(item, "primaryDomain")),
                            .chain = Secret(take_text(item, "pem")),
                            .key = Secret(take_text(item, "privateKey"))});
  }
  return page;
}

Task<OnePanelApiSource::Page> OnePanelApiSource::list_page(std::string domain, unsigned number) {
  std::string body = search_body(domain, number);
  HttpResponse response = co_await call_any_version(std::move(body));
  if (response.status != 200) throw error_of_status(response, printable(server_url_, 200));
  co_return parse_page(response.body);
}

Task<std::vector<OnePanelApiSource::Entry>> OnePanelApiSource::list(std::string domain) {
  std::vector<Entry> all;
  std::size_t received = 0;
  for (unsigned number = 1; number <= kPagesMax; ++number) {
    Page page = co_await list_page(domain, number);
    received += page.received;
    std::ranges::move(page.entries, std::back_inserter(all));
    if (page.received < kPageSize || received >= page.total) break;
  }
  co_return all;
}

/// Of several with the domain the one that ends last.
BundlePtr OnePanelApiSource::latest(const std::vector<Entry>& entries) const {
  BundlePtr best;
  std::optional<Error> failed;
  for (const Entry& entry : entries) {
    if (entry.primary_domain != certificate_) continue;
    Result<BundlePtr> bundle = reader_(PemInput{.chain = entry.chain,
                                                .key = entry.key,
                                                .chain_name = describe(),
                                                .key_name = "the key of " + describe()});
    if (!bundle) {
      failed = std::move(bundle).error();
    } else if (!best || (*bundle)->leaf.not_after > best->leaf.not_after) {
      best = *std::move(bundle);
    }
  }
  if (!best && failed) throw *std::move(failed);
  return best;
}

Task<BundlePtr> OnePanelApiSource::read() {
  const std::vector<Entry> matching = co_await list(certificate_);
  BundlePtr bundle = latest(matching);
  if (bundle) co_return bundle;
  const std::vector<Entry> all = co_await list("");
  std::vector<std::string> names;
  for (const Entry& entry : all) names.push_back(entry.primary_domain);
  throw missing_name({.what = "certificate of 1Panel",
                      .name = certificate_,
                      .names = std::move(names),
                      .when_none = "1Panel has no certificate at all",
                      .hint_when_none = "have the panel issue one, under Websites > Certificates"});
}

}  // namespace certferry
