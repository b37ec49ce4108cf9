#include "config/parse.h"

#include <array>

#include "config/document.h"
#include "config/example.h"
#include "config/tables.h"

namespace certferry {

namespace {

// Accounts first: targets are checked against them.
constexpr std::array<Key<Settings>, 4> kRootKeys = {
    Key<Settings>{{.name = "accounts",
                   .help = "Credentials at vendors, by a name of your own",
                   .form = Form::kDefined,
                   .presence = Presence::kRequired,
                   .definition = "accounts",
                   .example = kSmallestFile},
                  &read_accounts},
    Key<Settings>{{.name = "certificates",
                   .help = "What is renewed, by a name of your own: where from and where to",
                   .form = Form::kDefined,
                   .presence = Presence::kRequired,
                   .definition = "certificates",
                   .example = kSmallestFile},
                  &read_certificates},
    Key<Settings>{{.name = "notify",
                   .help = "Who is told of changes and failures: a list of channels",
                   .form = Form::kDefined,
                   .definition = "notify",
                   .example = "[{ ntfy: { topic: { env: NTFY_TOPIC } } }]"},
                  &read_notify},
    Key<Settings>{{.name = "settings",
                   .help = "Everything else; all optional",
                   .form = Form::kDefined,
                   .definition = "settings",
                   .example = "{ retire_after: 24h }"},
                  &read_options},
};

void read_root(const YamlNode& root, Reading& reading) {
  if (root.kind == YamlNode::Kind::kNull ||
      (root.kind == YamlNode::Kind::kMap && root.entries.empty())) {
    reading.problems.add({1, 1},
                         {"config.missing",
                          "the file configures nothing",
                          "a small whole file is:\n\n" + std::string(kSmallestFile)});
    return;
  }
  const MapReading map{root, {1, 1}, "at the top level", "", reading};
  read_map(map, root_keys(), reading.settings);
  check_waiting_times(root, reading);
}

}  // namespace

std::span<const Key<Settings>> root_keys() {
  return kRootKeys;
}

ParsedSettings parse_settings(std::string text, std::string file_name, const Catalogue& catalogue) {
  ParsedSettings out;
  Result<Document> document = parse_document(text, file_name);
  if (!document) {
    out.problems.push_back(std::move(document).error());
    return out;
  }
  Reading reading(std::move(file_name), catalogue);
  for (PlacedError& duplicate : document->duplicates) reading.problems.add(std::move(duplicate));
  read_root(document->root, reading);
  out.settings = std::move(reading.settings);
  out.problems = std::move(reading.problems).take();
  return out;
}

}  // namespace certferry
