#include "config/document.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <map>
#include <optional>
#include <sstream>

#include "base/text.h"
#include "config/characters.h"

namespace certferry {

namespace {

constexpr std::size_t kLargestFile = std::size_t{1} << 20;
constexpr std::size_t kDeepest = 64;

/// Thrown through yaml-cpp, which has no other way to be stopped; never leaves this file.
struct Refused {
  PlacedError problem;
};

/// Turns the parser's events into the tree.
class Builder : public YAML::EventHandler {
 public:
  Builder(const Lines& lines, const std::string& file_name)
      : lines_(lines), file_name_(file_name) {}

  Document take() && { return {std::move(root_), std::move(duplicates_)}; }

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (documents_++ > 0) {
      refuse(place(mark), "a second document begins here", "keep one document in the file");
    }
  }
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    check_plain(mark, anchor, "");
    add(YamlNode{.kind = YamlNode::Kind::kNull, .at = place(mark)});
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
    refuse(place(mark), "an alias (*name) is not allowed", "write the value out");
  }

  void OnScalar(const YAML::Mark& mark,
                const std::string& tag,
                YAML::anchor_t anchor,
                const std::string& value) override {
    check_plain(mark, anchor, tag);
    // yaml-cpp hands quoted and block scalars over with the tag "!", plain ones with "?".
    add(YamlNode{
        .kind = YamlNode::Kind::kScalar, .at = place(mark), .quoted = tag == "!", .text = value});
  }

  void OnSequenceStart(const YAML::Mark& mark,
                       const std::string& tag,
                       YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    check_plain(mark, anchor, tag);
    open(YamlNode{.kind = YamlNode::Kind::kSequence, .at = place(mark)});
  }
  void OnSequenceEnd() override { close(); }

  void OnMapStart(const YAML::Mark& mark,
                  const std::string& tag,
                  YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    check_plain(mark, anchor, tag);
    open(YamlNode{.kind = YamlNode::Kind::kMap, .at = place(mark)});
  }
  void OnMapEnd() override { close(); }

 private:
  /// A sequence or map whose end has not come yet.
  struct Open {
    YamlNode node;
    std::optional<YamlNode> key;  ///< of a map: read, its value not yet
    std::map<std::string, Position> seen;
  };

  Position place(const YAML::Mark& mark) const {
    return lines_.place(mark.pos < 0 ? 0 : static_cast<std::size_t>(mark.pos));
  }

  [[noreturn]] void refuse(Position at, std::string message, std::string hint) const {
    throw Refused{
        problem_at(file_name_, at, {"config.parse", std::move(message), std::move(hint)})};
  }

  void check_plain(const YAML::Mark& mark, YAML::anchor_t anchor, const std::string& tag) const {
    if (anchor != 0) {
      refuse(place(mark), "an anchor (&name) is not allowed", "write the value out at each place");
    }
    const bool implied = tag.empty() || tag == "?" || tag == "!";
    // `! text` comes with the same tag as quoted text, so the file itself tells them apart.
    const bool written = mark.pos >= 0 && lines_.byte(static_cast<std::size_t>(mark.pos)) == '!';
    if (!implied || written) {
      refuse(place(mark), "a tag (!name) is not allowed", "remove the tag; the value stays");
    }
  }

  bool awaits_key() const {
    return !open_.empty() && open_.back().node.kind == YamlNode::Kind::kMap && !open_.back().key;
  }

  void open(YamlNode node) {
    if (awaits_key()) refuse(node.at, "a key must be plain text", "put the key in quotes");
    if (open_.size() >= kDeepest) {
      refuse(node.at, "nested deeper than " + std::to_string(kDeepest) + " levels", "");
    }
    open_.push_back({std::move(node), std::nullopt, {}});
  }

  void close() {
    YamlNode node = std::move(open_.back().node);
    open_.pop_back();
    add(std::move(node));
  }

  void add(YamlNode node) {
    if (open_.empty()) {
      root_ = std::move(node);
      return;
    }
    Open& parent = open_.back();
    if (parent.node.kind == YamlNode::Kind::kSequence) {
      parent.node.items.push_back(std::move(node));
    } else if (parent.key) {
      add_entry(parent, std::move(node));
    } else {
      if (node.kind != YamlNode::Kind::kScalar) {
        refuse(node.at, "a key must be plain text", "put the key in quotes");
      }
      parent.key = std::move(node);
    }
  }

  void add_entry(Open& parent, YamlNode value) {
    YamlNode key = *std::move(parent.key);
    parent.key.reset();
    // yaml-cpp says of an empty value that it stands where the next thing does.
    if (value.kind == YamlNode::Kind::kNull) value.at = key.at;
    const auto [first, fresh] = parent.seen.emplace(key.text, key.at);
    if (fresh) {
      parent.node.entries.push_back({std::move(key.text), key.at, std::move(value)});
      return;
    }
    if (duplicates_.size() > Problems::kLimit) return;
    duplicates_.push_back(
        problem_at(file_name_,
                   key.at,
                   {"config.duplicate",
                    "key " + in_quotes(key.text) + " stands here a second time",
                    "keep one; the first is in line " + std::to_string(first->second.line)}));
  }

  const Lines& lines_;
  const std::string& file_name_;
  int documents_ = 0;
  std::vector<Open> open_;
  YamlNode root_;
  std::vector<PlacedError> duplicates_;
};

/// yaml-cpp 0.7 notices a missing closing quote only when no blank comes before the end of the
/// file.
std::string without_blank_end(std::string_view text) {
  const auto last = text.find_last_not_of(" \r\n");
  return std::string(text.substr(0, last == std::string_view::npos ? 0 : last + 1));
}

Error parse_error(const std::string& file_name, Position at, std::string what, std::string hint) {
  return problem_at(file_name, at, {"config.parse", std::move(what), std::move(hint)}).error;
}

}  // namespace

const YamlNode* YamlNode::find(std::string_view key) const {
  const auto found = std::ranges::find(entries, key, &Entry::key);
  return found == entries.end() ? nullptr : &found->value;
}

Result<Document> parse_document(const std::string& text, const std::string& file_name) {
  if (text.size() > kLargestFile) {
    return std::unexpected(
        parse_error(file_name, {1, 1}, "the file is larger than 1 MiB", "is it the right file?"));
  }
  const Lines lines(text);
  if (const auto bad = first_bad_character(text)) {
    return std::unexpected(parse_error(file_name, lines.place(bad->offset), bad->what, bad->hint));
  }
  Builder builder(lines, file_name);
  try {
    std::istringstream in(without_blank_end(lines.text()));
    YAML::Parser parser(in);
    while (parser.HandleNextDocument(builder)) {
    }
  } catch (Refused& refused) {
    return std::unexpected(std::move(refused.problem.error));
  } catch (const YAML::Exception& problem) {
    const Position at = lines.place(
        problem.mark.is_null() ? 0 : static_cast<std::size_t>(std::max(problem.mark.pos, 0)));
    return std::unexpected(parse_error(file_name,
                                       at,
                                       "this is not YAML: " + printable(problem.msg),
                                       "look at the indentation, quotes and brackets before it"));
  }
  return std::move(builder).take();
}

}  // namespace certferry
