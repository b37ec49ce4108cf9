#include "cli/init/findings.h"

#include <algorithm>
#include <filesystem>

#include "base/text.h"
#include "cli/init/draft.h"
#include "engine/attempt.h"
#include "model/name.h"
#include "sources/registry.h"

namespace certferry::cli {

namespace {

Error usage(std::string message, std::string hint) {
  return Error(ErrorKind::kInvalidInput, std::move(message))
      .with_code("usage")
      .with_hint(std::move(hint));
}

std::string absolute_folder(const std::string& folder, const std::string& flag) {
  std::error_code failed;
  std::string out = std::filesystem::absolute(folder, failed).lexically_normal();
  if (failed || folder.empty()) throw usage(flag + " needs a folder", "name one that is there");
  while (out.size() > 1 && out.ends_with('/')) out.pop_back();
  return out;
}

Search search_of(const InitOptions& options, FileSystem& files) {
  Search search{.files = files};
  if (!options.root.empty()) search.root = absolute_folder(options.root, "--root");
  if (search.root == "/") search.root.clear();
  search.homes = usual_homes(files, search.root);
  for (const std::string& folder : options.folders) {
    search.folders.push_back(absolute_folder(folder, "--folder"));
  }
  return search;
}

FoundCertificate read_finding(Finding finding, EdgeParts& edge, Signals& signals) {
  FoundCertificate out{.finding = std::move(finding)};
  if (out.finding.error) {
    out.where = out.finding.path;
    out.error = out.finding.error;
    return out;
  }
  const std::unique_ptr<Source> source = make_source(
      out.finding.kind, {.texts = out.finding.fields}, {.files = edge.files, .clock = edge.clock});
  Result<BundlePtr> bundle = signals.run(edge.io, attempt(source->read()));
  out.where = source->describe();
  if (bundle) {
    out.bundle = *std::move(bundle);
  } else {
    out.error = std::move(bundle).error();
  }
  return out;
}

/// What its tool calls it.
std::string own_name(const Finding& finding) {
  for (const char* key : {"site", "name", "domain", "id", "directory", "chain"}) {
    const auto found = finding.fields.find(key);
    if (found != finding.fields.end()) return found->second;
  }
  return finding.path;
}

bool goes_by(const FoundCertificate& one, const std::string& asked) {
  const std::string own = own_name(one.finding);
  if (asked == own || asked == one.finding.kind + ":" + own) return true;
  const Result<std::string> name = canonical_name(asked);
  return name &&
         std::ranges::find(one.bundle->leaf.dns_names, *name) != one.bundle->leaf.dns_names.end();
}

std::string days_left(const Certificate& leaf, Time now) {
  const auto days = std::chrono::floor<std::chrono::days>(leaf.not_after - now).count();
  return days < 0 ? "expired" : count_of(static_cast<std::size_t>(days), "day");
}

}  // namespace

Found find_on_this_machine(const InitOptions& options, EdgeParts& edge, Signals& signals) {
  Found found;
  for (Finding& one : find_certificates(search_of(options, edge.files))) {
    signals.look();
    const bool is_closed =
        one.fields.empty() && one.error && one.error->kind == ErrorKind::kUnauthorized;
    if (is_closed) {
      found.closed.push_back(one.path);
    } else {
      found.certificates.push_back(read_finding(std::move(one), edge, signals));
    }
  }
  return found;
}

std::vector<std::size_t> usable(const Found& found) {
  std::vector<std::size_t> out;
  for (std::size_t i = 0; i < found.certificates.size(); ++i) {
    if (found.certificates[i].bundle) out.push_back(i);
  }
  return out;
}

std::string found_text(const Found& found, Time now, const Style& style) {
  std::string out;
  Table table({"", "FOR", "ISSUER", "LEFT", "WHERE"});
  std::size_t number = 0;
  for (const FoundCertificate& one : found.certificates) {
    if (!one.bundle) continue;
    const Certificate& leaf = one.bundle->leaf;
    table.add({std::to_string(++number),
               fit(printable(join(leaf.dns_names, " ")), 40),
               fit(issuer_name(leaf.issuer), 28),
               days_left(leaf, now),
               printable(one.where)});
  }
  if (!table.empty()) out += table.text(style, 2);
  for (const FoundCertificate& one : found.certificates) {
    if (one.bundle) continue;
    out += "  " + style(Colour::kYellow, "not usable") + "  " + printable(one.where) + ": " +
           one.error->text() + "\n";
  }
  if (!found.closed.empty()) {
    out += "  " + style(Colour::kYellow, "not looked at") +
           ", for this user may not: " + printable(join(found.closed, ", "), 1000) + "\n";
  }
  return out;
}

Result<std::size_t> the_certificate(const Found& found, const std::string& asked) {
  std::vector<std::size_t> meant;
  std::vector<std::string> names;
  for (const std::size_t i : usable(found)) {
    const FoundCertificate& one = found.certificates[i];
    names.push_back(one.finding.kind + ":" + own_name(one.finding));
    if (goes_by(one, asked)) meant.push_back(i);
  }
  if (meant.size() == 1) return meant.front();
  const std::string shown = "'" + printable(asked, 80) + "'";
  if (meant.empty()) {
    return std::unexpected(usage("no certificate that was found goes by " + shown,
                                 "take one of: " + printable(join(names, ", "), 800)));
  }
  names.clear();
  for (const std::size_t i : meant) {
    const Finding& one = found.certificates[i].finding;
    names.push_back(one.kind + ":" + own_name(one));
  }
  return std::unexpected(usage(count_of(meant.size(), "certificate") + " go by " + shown,
                               "say which: " + printable(join(names, ", "), 800)));
}

}  // namespace certferry::cli
