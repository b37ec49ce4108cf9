// Traefik keeps all that its resolvers have got in one JSON file, acme.json.
//
// What is odd here, each with its evidence:
//  - by resolver: { "le": { "Account": …, "Certificates": [{ "domain": { "main", "sans" },
//    "certificate": base64 of the chain's PEM, "key": base64 of the key's PEM }] } } ..
//    traefik: pkg/provider/acme/local_store.go, provider.go
//  - written in place, with mode 0600, or Traefik refuses to use it ... local_store_unix.go
//  - it holds the ACME account's key too, of which nothing is kept here
//  - version 1 (2019) had no resolvers: { "Account": …, "Certificates": [{ "Domain": … }] } ..
//    traefik 1.7: acme/account.go
// Source: https://github.com/traefik/traefik

#include "sources/traefik.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <set>

#include "base/text.h"
#include "crypto/digest.h"
#include "sources/descriptor.h"
#include "sources/fields.h"
#include "sources/name_choice.h"
#include "sources/whole_file.h"

namespace certferry {

namespace {

using nlohmann::json;

// A certificate with its chain and key takes 8 KiB of it: a thousand of them.
constexpr std::size_t kFileBytesMax = std::size_t{8} * 1024 * 1024;
constexpr int kDepthMax = 16;

Error bad_store(const std::string& which, const std::string& what) {
  return Error(ErrorKind::kInvalidInput, which + " " + what)
      .with_code("traefik.format")
      .with_hint("name the acme.json of Traefik 2 or 3, the file of its 'storage:'");
}

/// The library's texts hold private keys.
void wipe_texts(json& value) {
  if (value.is_string()) return wipe(value.get_ref<std::string&>());
  if (!value.is_structured()) return;
  for (json& inner : value) wipe_texts(inner);
}

struct WipedJson {
  explicit WipedJson(json parsed) : value(std::move(parsed)) {}
  WipedJson(const WipedJson&) = delete;
  WipedJson& operator=(const WipedJson&) = delete;
  ~WipedJson() { wipe_texts(value); }
  json value;
};

/// Deeper than any acme.json is refused while it is read.
json parse(std::string_view text) {
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

std::string text_at(const json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

/// None when it does not decode, or is no text: then it is that certificate's trouble alone.
std::optional<Secret> decoded(const json& object, const char* key) {
  std::string text = text_at(object, key);
  Result<std::string> bytes = base64_decode(text);
  wipe(text);
  if (!bytes) return std::nullopt;
  return Secret(*std::move(bytes));
}

void add_stored(const json& one, const std::string& resolver, std::vector<TraefikEntry>& out) {
  const auto domain = one.is_object() ? one.find("domain") : one.end();
  if (!one.is_object() || domain == one.end() || !domain->is_object()) return;
  out.push_back({.resolver = resolver,
                 .main = text_at(*domain, "main"),
                 .chain = decoded(one, "certificate"),
                 .key = decoded(one, "key")});
}

}  // namespace

Result<std::vector<TraefikEntry>> read_acme_json(std::string_view text, const std::string& which) {
  const WipedJson parsed(parse(text));
  const json& store = parsed.value;
  if (store.is_discarded() || !store.is_object()) {
    return std::unexpected(bad_store(which, "is no JSON object, or is cut short"));
  }
  if (store.contains("Certificates")) {
    return std::unexpected(bad_store(which, "is of Traefik 1, whose form is another one"));
  }
  std::vector<TraefikEntry> out;
  for (const auto& [resolver, inner] : store.items()) {
    if (!inner.is_object()) continue;
    const auto list = inner.find("Certificates");
    if (list == inner.end() || !list->is_array()) continue;
    for (const json& one : *list) add_stored(one, resolver, out);
  }
  return out;
}

namespace {

class TraefikSource final : public Source {
 public:
  TraefikSource(const SourceInputs& inputs, const SourcePorts& ports)
      : path_(path_field(inputs, "file")),
        domain_(to_lower(text_field(inputs, "domain"))),
        resolver_(text_field(inputs, "resolver")),
        files_(ports.files),
        clock_(ports.clock),
        reader_(ports.reader) {}

  std::string describe() const override {
    return "Traefik certificate " + domain_ + " (" + path_ + ")";
  }

  Task<BundlePtr> read() override {
    const std::string which = "'" + path_ + "'";
    const FileContents contents = read_whole_file(files_, path_, kFileBytesMax);
    Result<std::vector<TraefikEntry>> all = read_acme_json(contents.bytes.reveal(), which);
    if (!all) throw fresh_or_wrong(contents, clock_.now(), which, std::move(all).error());
    co_return latest(*all);
  }

  std::vector<WatchPath> watched() const override {
    return watch_pair(files_, {.chain = path_, .key = {}});
  }

 private:
  bool wanted(const TraefikEntry& one) const {
    return to_lower(one.main) == domain_ && (resolver_.empty() || one.resolver == resolver_);
  }

  /// Of several resolvers' the one that ends last, as with Caddy's issuers.
  BundlePtr latest(const std::vector<TraefikEntry>& all) const {
    BundlePtr best;
    std::optional<Error> failed;
    for (const TraefikEntry& one : all) {
      if (!wanted(one)) continue;
      Result<BundlePtr> bundle = bundle_of(one);
      if (!bundle) {
        failed = std::move(bundle).error();
      } else if (!best || (*bundle)->leaf.not_after > best->leaf.not_after) {
        best = *std::move(bundle);
      }
    }
    if (best) return best;
    if (failed) throw *std::move(failed);
    throw missing(all);
  }

  Result<BundlePtr> bundle_of(const TraefikEntry& one) const {
    const std::string which = "the certificate of " + domain_ + " in '" + path_ + "'";
    if (!one.chain || !one.key) {
      return std::unexpected(bad_store(which, "is no base64 text, or not there"));
    }
    return reader_(PemInput{.chain = *one.chain,
                            .key = one.key,
                            .chain_name = which,
                            .key_name = "the key of " + domain_ + " in '" + path_ + "'"});
  }

  Error missing(const std::vector<TraefikEntry>& all) const {
    std::vector<std::string> names;
    for (const TraefikEntry& one : all) {
      if (resolver_.empty() || one.resolver == resolver_) names.push_back(one.main);
    }
    const std::string of =
        resolver_.empty() ? "" : " of resolver '" + printable(resolver_, 60) + "'";
    return missing_name(
        {.what = "certificate",
         .name = domain_,
         .where = of + " in '" + path_ + "'",
         .names = std::move(names),
         .when_none = "'" + path_ + "' holds no certificate" + of,
         .hint_when_none = "let Traefik get one first; its log says why it did not"});
  }

  std::string path_;
  std::string domain_;
  std::string resolver_;  ///< empty: any
  FileSystem& files_;
  const Clock& clock_;
  BundleReader reader_;
};

std::unique_ptr<Source> make(const SourceInputs& inputs, const SourcePorts& ports) {
  check_fields(traefik_source().metadata, inputs);
  return std::make_unique<TraefikSource>(inputs, ports);
}

/// Where packages, guides, and panels that are built on it keep the file.
std::vector<std::string> usual_files(const Search& search) {
  constexpr std::array<const char*, 9> kUsual = {"/etc/traefik/acme.json",
                                                 "/etc/traefik/acme/acme.json",
                                                 "/var/lib/traefik/acme.json",
                                                 "/opt/traefik/acme.json",
                                                 "/opt/traefik/letsencrypt/acme.json",
                                                 "/letsencrypt/acme.json",
                                                 "/acme.json",
                                                 "/data/coolify/proxy/acme.json",
                                                 "/etc/dokploy/traefik/dynamic/acme.json"};
  std::vector<std::string> paths;
  for (const char* usual : kUsual) paths.push_back(search.root + usual);
  for (const std::string& home : search.homes) {
    for (const char* name : {"/traefik/acme.json", "/traefik/letsencrypt/acme.json"}) {
      paths.push_back(home + name);
    }
  }
  return paths;
}

/// Each domain once: of several resolvers' the source takes the one that ends last.
std::vector<Finding> find_in(FileSystem& files, const std::string& path) {
  const Secret text = read_whole_file(files, path, kFileBytesMax).bytes;
  Result<std::vector<TraefikEntry>> all = read_acme_json(text.reveal(), "'" + path + "'");
  if (!all) throw std::move(all).error();
  std::set<std::string> domains;
  for (const TraefikEntry& one : *all) domains.insert(to_lower(one.main));
  std::vector<Finding> found;
  for (const std::string& domain : domains) {
    found.push_back({.fields = {{"file", path}, {"domain", domain}}, .path = path});
  }
  return found;
}

std::vector<Finding> find(const Search& search) {
  std::vector<Finding> found;
  for (const std::string& path : usual_files(search)) {
    try {
      if (search.files.exists(path))
        std::ranges::move(find_in(search.files, path), std::back_inserter(found));
    } catch (const Error& error) {
      if (error.kind != ErrorKind::kUnauthorized) found.push_back({.path = path, .error = error});
    }
  }
  return found;
}

}  // namespace

const SourceDescriptor& traefik_source() {
  static const SourceDescriptor kDescriptor{
      .metadata =
          {.id = "traefik",
           .help = "A certificate in the acme.json of Traefik 2 or 3; of several resolvers' "
                   "the one that ends last",
           .fields = {{.key = "file",
                       .help = "The file of its 'storage:'; as Traefik wants it 0600, "
                               "certferry has to run as its owner or as root",
                       .required = true,
                       .example = "/etc/traefik/acme.json",
                       .path = true},
                      {.key = "domain",
                       .help = "The certificate's main domain",
                       .required = true,
                       .example = "example.com"},
                      {.key = "resolver",
                       .help = "Only what this resolver got; any when left out",
                       .example = "letsencrypt"}},
           .tool = "Traefik",
           .log = "Traefik's log (`docker logs` of its container, or `journalctl -u traefik`)"},
      .make = &make,
      .find = &find};
  return kDescriptor;
}

}  // namespace certferry
