// Files of a server on this machine: each name's pair stands where the server reads it.
//
// What is odd here, each with its evidence (all of it in metadata.cpp):
//  - two files cannot be replaced at once; a link that both lead through can ..... generations.h
//  - a server goes on with what it has loaded, so files that nobody reloaded are not served: until
//    the reload was a success the pair before it counts as what the name is set to
//  - a reload returns before the server serves the new pair, and "yes" is said by a server that
//    then refuses it; only the handshake decides ................................ nginx: control
//
// A server that refuses the pair, or cannot be reloaded, gets the one before it back.

#include "providers/local/local.h"

#include <unistd.h>

#include <cstdlib>

#include "base/text.h"
#include "crypto/digest.h"
#include "model/name.h"
#include "providers/common/in_place.h"
#include "providers/local/metadata.h"

namespace certferry {

namespace {

constexpr milliseconds kCommandDeadline = minutes(1);
constexpr std::size_t kOutputBytesMax = std::size_t{256} * 1024;
constexpr std::string_view kPlaceholder = "{name}";

void check_product(const std::string& product) {
  if (product == "files") return;
  throw Error(ErrorKind::kUnsupported,
              "a server on this machine has no product '" + printable(product, 60) + "'")
      .with_hint("its products are: files");
}

std::string for_name(const std::string& path, const std::string& name) {
  const std::string file = name.starts_with("*.") ? "_" + name.substr(1) : name;
  std::string out = path;
  for (std::size_t at = out.find(kPlaceholder); at != std::string::npos;
       at = out.find(kPlaceholder, at + file.size())) {
    out.replace(at, kPlaceholder.size(), file);
  }
  return out;
}

/// Who is told, for a file's name: a server is known by how it is checked and reloaded.
std::string server_of(const LocalConfig& config) {
  constexpr std::string_view kEnd("\0", 1);
  std::string text = join(config.check, std::string(kEnd)) + std::string(kEnd) + std::string(kEnd) +
                     join(config.reload, std::string(kEnd));
  return sha256_hex(text).substr(0, 12);
}

/// A bare name that PATH does not lead to, where servers' programs are: cron's PATH has none of
/// these.
std::string whole_path(const std::string& program) {
  if (program.contains('/')) return program;
  const char* path = std::getenv("PATH");
  std::vector<std::string> folders = split(path == nullptr ? "" : path, ':');
  for (const char* more : {"/usr/local/sbin", "/usr/sbin", "/sbin"}) folders.emplace_back(more);
  for (const std::string& folder : folders) {
    std::string whole = folder;
    whole.append("/").append(program);
    if (folder.starts_with('/') && ::access(whole.c_str(), X_OK) == 0) return whole;
  }
  return program;
}

/// Puts back what has not been checked when whoever waits for the check goes away.
class Unchecked {
 public:
  explicit Unchecked(Generations& place) : place_(&place) {}
  Unchecked(const Unchecked&) = delete;
  Unchecked& operator=(const Unchecked&) = delete;
  ~Unchecked() {
    try {
      if (place_ != nullptr) place_->go_back();
    } catch (const Error&) {
      place_ = nullptr;  // it counts as not told, and the next run goes on from there
    }
  }
  void release() { place_ = nullptr; }

 private:
  Generations* place_;
};

}  // namespace

const ProviderMetadata& Local::metadata() const {
  return local_metadata();
}

Generations Local::place_of(const std::string& name) const {
  return Generations({.chain = for_name(config_.paths.chain, name),
                      .key = for_name(config_.paths.key, name),
                      .bundle = for_name(config_.paths.bundle, name)},
                     config_.access,
                     server_of(config_));
}

Task<std::vector<Binding>> Local::list_bindings(std::string product) {
  check_product(product);
  std::vector<Binding> bindings;
  for (const std::string& name : config_.names) {
    const Generations place = place_of(name);
    Binding binding{.name = name, .vendor_name = name, .online = true, .status = "in place"};
    if (place.is_there()) binding.stored_id = name;
    if (!place.told()) binding.status = "not reloaded yet";
    bindings.push_back(std::move(binding));
  }
  co_return bindings;
}

Task<std::vector<StoredCertificate>> Local::list_stored() {
  std::vector<StoredCertificate> stored;
  for (const std::string& name : config_.names) {
    const Generations place = place_of(name);
    if (!place.is_there()) continue;
    StoredCertificate entry{.id = name, .label = {}, .in_use = 1U};
    const BundlePtr pair = place.told() ? place.read() : place.read_told();
    // A leaf that somebody put there without its issuers is not known as the one it is, so that a
    // whole chain takes its place.
    const bool whole = pair && (!pair->chain.empty() || pair->leaf.self_issued || place.all_ours());
    if (whole) {
      entry.label = "certferry-" + pair->fingerprint();
      entry.names = pair->leaf.dns_names;
      entry.not_before = std::max(pair->leaf.not_before, Time{});
      entry.not_after = std::max(pair->leaf.not_after, Time{});
    }
    stored.push_back(std::move(entry));
  }
  co_return stored;
}

Task<std::string> Local::upload(BundlePtr /*bundle*/, std::string /*label*/) {
  throw no_store("a server on this machine");
  co_return std::string();
}

void Local::require_for_all(const BindRequest& request) const {
  if (config_.paths.anchor().contains(kPlaceholder)) return;
  const Certificate& leaf = request.bundle->leaf;
  for (const std::string& name : config_.names) {
    if (any_covers(leaf.dns_names, leaf.ip_addresses, name)) continue;
    throw Error(ErrorKind::kRejected,
                "one file serves several names, and this certificate is not for " + name)
        .with_code("local.shared")
        .with_hint(
            "write {name} into the paths, so that each name has files of its own, or "
            "take the name off 'names'");
  }
}

/// What the command said against it; nothing when all is well.
Task<std::optional<Error>> Local::refusal(std::vector<std::string> arguments, std::string code) {
  if (arguments.empty()) co_return std::nullopt;
  // The arguments may name what is nobody's business; the program is enough to find it.
  const std::string program = printable(arguments.front(), 200);
  arguments.front() = whole_path(arguments.front());
  try {
    CommandRequest request{.arguments = std::move(arguments),
                           .deadline = kCommandDeadline,
                           .output_bytes_max = kOutputBytesMax,
                           .quotes_errors = true,
                           .may_leave_programs = true};
    co_await commands_.run(std::move(request));
  } catch (const Error& error) {
    if (error.kind == ErrorKind::kCancelled) throw;
    co_return Error(ErrorKind::kRejected, "'" + program + "' refused: " + error.message)
        .with_code(std::move(code))
        .with_hint(error.hint);
  }
  co_return std::nullopt;
}

Task<void> Local::load(Generations* place) {
  Unchecked unchecked(*place);
  std::optional<Error> wrong = co_await refusal(config_.check, "local.check");
  unchecked.release();
  const bool checked = !wrong;
  if (checked) wrong = co_await refusal(config_.reload, "local.reload");
  if (!wrong) {
    place->settle();
    co_return;
  }
  if (!place->go_back()) {
    wrong->message +=
        "; the new files stay, for there is no whole pair that was loaded before them";
    throw Error(*wrong);
  }
  wrong->message += "; the files are again those that were loaded before";
  if (checked && co_await refusal(config_.reload, "local.reload")) {
    wrong->message += ", and could not be loaded either";
  }
  throw Error(*wrong);
}

Task<BindDone> Local::bind(BindRequest request) {
  check_product(request.product);
  ASSERT(request.bundle != nullptr);
  const std::string& name = request.binding.vendor_name;
  try {
    require_for_all(request);
    Generations place = place_of(name);
    const bool changed = place.put(*request.bundle);
    if (changed || !place.told()) co_await load(&place);
  } catch (Error& error) {
    throw std::move(error).while_doing("putting the certificate of " + printable(name, 100) +
                                       " in place on this machine");
  }
  co_return BindDone{};
}

Task<void> Local::remove(std::string /*stored_id*/) {
  throw no_store("a server on this machine");
  co_return;
}

}  // namespace certferry
