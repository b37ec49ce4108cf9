#include "sandbox/dogecloud_calls.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "sandbox/pair.h"

namespace certferry::sandbox {

namespace {

using Json = nlohmann::json;

constexpr std::size_t kNoteCharactersMax = 80;

constexpr std::array kEndpoints{
    Endpoint{"/cdn/cert/list.json", Action::kListCertificates, false},
    Endpoint{"/cdn/cert/upload.json", Action::kUpload, true},
    Endpoint{"/cdn/cert/bind.json", Action::kBind, true},
    Endpoint{"/cdn/cert/delete.json", Action::kDelete, true},
    Endpoint{"/cdn/domain/list.json", Action::kListDomains, false},
    Endpoint{"/cdn/domain/config.json", Action::kConfigure, true},
};

const Endpoint* find_endpoint(std::string_view path) {
  const auto found = std::ranges::find(kEndpoints, path, &Endpoint::path);
  return found == kEndpoints.end() ? nullptr : &*found;
}

Answer failure(int code, std::string error, std::string message) {
  return {.code = code, .message = std::move(message), .error = std::move(error), .data = {}};
}

Answer bad_parameter(std::string_view what) {
  return failure(400, "INVALID_PARAMETER", "参数错误: " + std::string(what));
}

Answer success(const Json& data) {
  return {.message = {}, .error = {}, .data = data.dump()};
}

Answer answer_for(Outcome outcome) {
  switch (outcome) {
    case Outcome::kDone:
      return {};
    case Outcome::kUnknownCertificate:
      return failure(404, "CERT_NOT_EXIST", "证书不存在");
    case Outcome::kUnknownDomain:
      return failure(404, "DOMAIN_NOT_EXIST", "域名不存在");
    case Outcome::kNotCovered:
      return failure(400, "CERT_DOMAIN_MISMATCH", "证书与域名不匹配");
    case Outcome::kInUse:
      return failure(400, "CERT_IN_USE", "证书已绑定域名，正在使用中，无法删除");
  }
  return {};
}

/// Printable, and of a length that callers are known to have used.
bool acceptable_note(std::string_view note) {
  std::size_t characters = 0;
  for (const char c : note) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7f) return false;
    if ((byte & 0xc0) != 0x80) ++characters;
  }
  return characters > 0 && characters <= kNoteCharactersMax;
}

std::int64_t unix_seconds(Time time) {
  return std::chrono::duration_cast<seconds>(time.time_since_epoch()).count();
}

std::string json_text(std::string_view text) {
  const bool plain = std::ranges::all_of(
      text, [](char c) { return c >= 0x20 && c < 0x7f && c != '"' && c != '\\'; });
  return plain ? "\"" + std::string(text) + "\"" : Json(text).dump();
}

std::string json_texts(const std::vector<std::string>& texts) {
  std::string out = "[";
  for (const std::string& text : texts) out += (out.size() > 1 ? "," : "") + json_text(text);
  return out + "]";
}

// Lists are what is asked for most, of many entries: they are written without a tree of them.

std::string certificate_json(const Entry& entry, std::size_t domain_count) {
  const Certificate& leaf = entry.pair.leaf;
  const auto days = std::chrono::duration_cast<std::chrono::days>(leaf.not_after - leaf.not_before);
  std::vector<std::string> names = leaf.dns_names;
  names.insert(names.end(), leaf.ip_addresses.begin(), leaf.ip_addresses.end());
  return "{\"domainCount\":" + std::to_string(domain_count) +
         ",\"expire\":" + std::to_string(unix_seconds(leaf.not_after)) +
         ",\"id\":" + std::to_string(entry.id) + ",\"info\":{\"SAN\":" + json_texts(names) +
         ",\"period\":\"" + std::to_string(days.count()) +
         " 天\",\"type\":\"DV\"},\"issue\":" + std::to_string(unix_seconds(leaf.not_before)) +
         ",\"name\":" + json_text(names.empty() ? std::string() : names.front()) +
         ",\"note\":" + json_text(entry.note) + "}";
}

std::string domain_json(const Domain& domain, const EntryPtr& entry) {
  return "{\"cert_id\":" + std::to_string(entry ? entry->id : 0) +
         ",\"cname\":" + json_text(domain.cname) +
         ",\"ctime\":" + json_text(format_time(domain.created_at)) +
         ",\"id\":" + std::to_string(domain.id) + ",\"name\":" + json_text(domain.name) +
         R"(,"service_type":"web","source":{"content":)" + json_text(domain.origin) +
         R"(,"type":"domain"},"status":)" + (domain.online ? R"("online")" : R"("offline")") + "}";
}

Answer list_of(const std::string& what, const std::string& items) {
  return {.message = {}, .error = {}, .data = "{\"" + what + "\":[" + items + "]}"};
}

Answer list_certificates(const World& world, milliseconds view_age) {
  const SteadyTime moment = world.steady_now() - view_age;
  const auto counts = world.use_counts();
  std::string items;
  for (const auto& [id, entry] : world.entries_at(moment)) {
    const auto count = counts.find(id);
    if (!items.empty()) items += ',';
    items += certificate_json(*entry, count == counts.end() ? 0 : count->second);
  }
  return list_of("certs", items);
}

Answer list_domains(const World& world, milliseconds view_age) {
  const SteadyTime moment = world.steady_now() - view_age;
  std::string items;
  for (const Domain& domain : world.domains()) {
    if (!items.empty()) items += ',';
    items += domain_json(domain, domain.bound_at(moment));
  }
  return list_of("domains", items);
}

Answer upload(World& world, const Fields& body) {
  for (const std::string_view name : {"note", "cert", "private"}) {
    if (text_field(body, name).empty()) return bad_parameter(name);
  }
  const std::string note(text_field(body, "note"));
  if (!acceptable_note(note)) return bad_parameter("note");
  std::string chain(text_field(body, "cert"));
  Secret key(std::string(text_field(body, "private")));
  const PairReader& reader = world.pair_reader();
  Result<UploadedPair> pair = reader ? reader(std::move(chain), std::move(key))
                                     : read_pair(std::move(chain), std::move(key));
  if (!pair) {
    return failure(400, "CERT_INVALID", "证书或私钥解析失败: " + pair.error().message);
  }
  if (world.is_full()) return failure(400, "CERT_LIMIT", "证书数量已达上限");
  return success({{"id", world.upload(note, *std::move(pair))}});
}

Answer bind(World& world, const Fields& body) {
  const auto id = integer_field(body, "id");
  if (!id) return bad_parameter("id");
  const std::string_view domain = text_field(body, "domain");
  if (domain.empty()) return bad_parameter("domain");
  return answer_for(world.bind(*id, domain));
}

/// Only the keys sent are changed, and `cert_id` is the only one the sandbox
/// knows.
Answer configure(World& world, const Call& call) {
  const std::string_view domain = text_field(call.query, "domain");
  if (domain.empty()) return bad_parameter("domain");
  if (!call.content_type.starts_with("application/json")) return bad_parameter("content type");
  if (world.find_domain(domain) == nullptr) return answer_for(Outcome::kUnknownDomain);
  const auto id = integer_field(call.body, "cert_id");
  if (!id) return bad_parameter("cert_id");
  return answer_for(world.bind(*id, domain));
}

Answer remove(World& world, const Fields& body) {
  const auto id = integer_field(body, "id");
  if (!id) return bad_parameter("id");
  return answer_for(world.remove(*id));
}

void keep(Fields& into, std::string& problem, Result<Fields> fields) {
  if (fields) {
    into = *std::move(fields);
  } else {
    problem = fields.error().message;
  }
}

}  // namespace

std::string_view Call::domain() const {
  const bool in_query = endpoint != nullptr && endpoint->action == Action::kConfigure;
  return text_field(in_query ? query : body, "domain");
}

CallShape Call::shape() const {
  const bool changes = endpoint != nullptr && endpoint->changes;
  const bool binds = changes && (endpoint->action == Action::kBind ||  //
                                 endpoint->action == Action::kConfigure);
  return {.endpoint = path,
          .domain = domain(),
          .changes = changes,
          .lists = endpoint != nullptr && !changes,
          .binds = binds};
}

Call read_call(const Request& request) {
  const std::string_view target = request.target;
  const auto mark = target.find('?');
  Call call;
  call.path = target.substr(0, mark);
  call.endpoint = find_endpoint(call.path);
  call.method = request.method;
  call.content_type = request.content_type;
  if (mark != std::string_view::npos) {
    keep(call.query, call.problem, parse_form(target.substr(mark + 1)));
  }
  keep(call.body, call.problem, parse_body(request.content_type, request.body));
  return call;
}

Answer check_call(const Call& call) {
  if (call.endpoint == nullptr) return failure(404, std::string(kNoSuchEndpoint), "接口不存在");
  const bool method_fits =
      call.method == "POST" || (call.method == "GET" && !call.endpoint->changes);
  if (!method_fits) return failure(405, "METHOD_NOT_ALLOWED", "请求方法不支持");
  if (!call.problem.empty()) return bad_parameter(call.problem);
  return {};
}

Answer run_call(World& world, const Call& call, milliseconds view_age) {
  switch (call.endpoint->action) {
    case Action::kListCertificates:
      return list_certificates(world, view_age);
    case Action::kUpload:
      return upload(world, call.body);
    case Action::kBind:
      return bind(world, call.body);
    case Action::kDelete:
      return remove(world, call.body);
    case Action::kListDomains:
      return list_domains(world, view_age);
    case Action::kConfigure:
      return configure(world, call);
  }
  return {};
}

Answer pretend_call(World& world, const Call& call) {
  if (call.endpoint->action == Action::kUpload) return success({{"id", world.spend_id()}});
  if (!call.endpoint->changes) return run_call(world, call, {});
  return {};
}

std::string envelope(const Answer& answer) {
  // Written by hand so that a list of thousands of domains is serialised once.
  std::string out = "{";
  if (!answer.without_code) out += "\"code\":" + std::to_string(answer.code) + ",";
  out += "\"msg\":";
  out += answer.message.empty()
             ? "\"\""
             : Json(answer.message).dump(-1, ' ', false, Json::error_handler_t::replace);
  if (!answer.error.empty()) out += ",\"err_code\":" + Json(answer.error).dump();
  if (!answer.data.empty()) out += ",\"data\":" + answer.data;
  return out + "}";
}

}  // namespace certferry::sandbox
