// Whatever is sent to the emulated vendor: it answers in its envelope, and its world stays whole.
//
// An input is "METHOD TARGET", a line with the content type, an empty line and the body.

#include <algorithm>
#include <nlohmann/json.hpp>

#include "properties.h"
#include "sandbox/dogecloud_calls.h"
#include "sandbox/fields.h"
#include "target.h"

namespace certferry::fuzz {

namespace {

class StillClock : public Clock {
 public:
  Time now() const override { return Time(hours(24 * 20000)); }
  SteadyTime steady_now() const override { return SteadyTime(hours(1000)); }
};

sandbox::Request read_request(std::string_view bytes) {
  sandbox::Request request;
  std::string_view first = take_line(bytes);
  request.method = take_until(first, " ");
  request.target = first;
  request.content_type = take_line(bytes);
  take_line(bytes);
  request.body = bytes;
  return request;
}

void require_envelope(const sandbox::Answer& answer) {
  const std::string text = sandbox::envelope(answer);
  const nlohmann::json json = nlohmann::json::parse(text, nullptr, false);
  require(json.is_object(), "every answer is a JSON object", text);
  require(
      answer.without_code || json.value("code", 0) == answer.code, "an answer has a code", text);
}

void try_fields(std::string_view text) {
  for (const auto& fields : {sandbox::parse_form(text), sandbox::parse_json_fields(text)}) {
    if (!fields) {
      require_one_line(fields.error().text(), "an error's text");
      continue;
    }
    for (const auto& [name, value] : *fields) {
      const auto number = sandbox::integer_field(*fields, name);
      if (number) require(*number >= 0, "a number is not negative", value);
    }
  }
}

}  // namespace

void try_input(std::string_view bytes) {
  static const StillClock kClock;
  const sandbox::Request request = read_request(bytes);
  try_fields(request.body);
  sandbox::World world({.domains = {"cdn.example.com", "www.example.com"}}, kClock);
  const sandbox::Call call = sandbox::read_call(request);
  const sandbox::Answer checked = sandbox::check_call(call);
  require_envelope(checked);
  if (!checked.ok()) return;
  require_envelope(sandbox::pretend_call(world, call));
  require_envelope(sandbox::run_call(world, call, milliseconds(0)));
  require(world.domains().size() == 2, "calls add no domains");
  for (const auto& [id, entry] : world.entries()) {
    require(entry->id == id && !entry->pair.leaf.der.empty(), "what is stored is a certificate");
  }
}

}  // namespace certferry::fuzz
