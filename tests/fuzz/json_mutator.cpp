// Changes one value within the JSON of a vendor's reply: libFuzzer's own changes of the text seldom
// leave JSON, and a parser's caller sees only what is JSON.

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <random>
#include <string>
#include <string_view>
#include <vector>

// The names are libFuzzer's.
extern "C" std::size_t LLVMFuzzerMutate(  // NOLINT(readability-identifier-naming)
    std::uint8_t* data,
    std::size_t size,
    std::size_t max_size);

namespace certferry::fuzz {

namespace {

using Json = nlohmann::json;

/// Every value within, itself too, parents first.
std::vector<Json*> values_of(Json& whole) {
  std::vector<Json*> out = {&whole};
  for (std::size_t at = 0; at < out.size(); ++at) {
    if (!out[at]->is_structured()) continue;
    for (Json& one : *out[at]) out.push_back(&one);
  }
  return out;
}

/// Where a vendor's "one value or several" is read: any entry may be there twice, or be gone.
void change_list(Json& list, std::minstd_rand& random) {
  const std::size_t at = random() % list.size();
  if (random() % 2 == 0) {
    list.erase(at);
  } else {
    list.insert(list.begin(), Json(list[at]));
  }
}

void change_object(Json& object, std::minstd_rand& random) {
  const auto at = std::next(object.begin(), static_cast<std::ptrdiff_t>(random() % object.size()));
  object.erase(at);
}

std::string changed_text(const std::string& text, std::minstd_rand& random) {
  // A mark that turns the direction of text, a cursor's jump, a second line, a name's dot.
  static constexpr std::array<std::string_view, 6> kEnds = {
      "\u200f", "\x1b[2J", "\n", ".", " ", "0"};
  const std::size_t kind = random() % (kEnds.size() + 1);
  if (kind == kEnds.size()) return std::string(5000, text.empty() ? 'a' : text.front());
  return text + std::string(kEnds[kind]);
}

/// Of the kinds that a vendor sends where its own documents promise another.
Json odd_value(const Json& before, std::minstd_rand& random) {
  switch (random() % 10) {
    case 0:
      return nullptr;
    case 1:
      return "";
    case 2:
      return 0;
    case 3:
      return -1;
    case 4:
      return 18446744073709551615U;
    case 5:
      return 1e300;
    case 6:
      return Json::array();
    case 7:
      return Json::object();
    case 8:
      return Json::array({before});
    default:
      return before.is_string() ? Json("0") : Json(before.dump());
  }
}

void change(Json& value, std::minstd_rand& random) {
  if (value.is_array() && !value.empty()) return change_list(value, random);
  if (value.is_object() && !value.empty() && random() % 2 == 0) return change_object(value, random);
  if (value.is_string() && random() % 2 == 0) {
    value = changed_text(value.get<std::string>(), random);
    return;
  }
  value = odd_value(value, random);
}

}  // namespace

/// Empty when the input's body is no JSON, or JSON without anything in it.
std::string change_one_value(std::string_view input, unsigned seed) {
  const std::size_t body = input.find("\n\n");
  if (body == std::string_view::npos) return {};
  Json whole = Json::parse(input.substr(body + 2), nullptr, /*allow_exceptions=*/false);
  if (!whole.is_structured() || whole.empty()) return {};
  std::minstd_rand random(seed);
  const std::vector<Json*> values = values_of(whole);
  change(*values[random() % values.size()], random);
  return std::string(input.substr(0, body + 2)) +
         whole.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace certferry::fuzz

extern "C" std::size_t LLVMFuzzerCustomMutator(  // NOLINT(readability-identifier-naming)
    std::uint8_t* data,
    std::size_t size,
    std::size_t max_size,
    unsigned seed) {
  // Half of the time: what no JSON is must be tried as well.
  if (seed % 2 != 0) {
    const std::string changed =
        certferry::fuzz::change_one_value({reinterpret_cast<char*>(data), size}, seed / 2);
    if (!changed.empty() && changed.size() <= max_size) {
      std::ranges::copy(changed, data);
      return changed.size();
    }
  }
  return LLVMFuzzerMutate(data, size, max_size);
}
