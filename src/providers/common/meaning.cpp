#include "providers/common/meaning.h"

#include <array>
#include <utility>

namespace certferry {

namespace {

std::string filled(std::string_view text, const RefusedCall& call) {
  const std::array<std::pair<std::string_view, std::string_view>, 5> values{
      {{"{vendor}", call.vendor},
       {"{id}", call.id},
       {"{keys_url}", call.keys_url},
       {"{permission}", call.permission},
       {"{call}", call.call}}};
  std::string out(text);
  for (const auto& [name, value] : values) {
    for (std::size_t at = out.find(name); at != std::string::npos; at = out.find(name, at)) {
      out.replace(at, name.size(), value);
      at += value.size();
    }
  }
  return out;
}

std::string_view hint_of(const Meaning& meaning, Effect effect) {
  if (meaning.kind || !meaning.hint.empty()) return meaning.hint;
  return effect == Effect::kChanges ? "the account is read before anything is sent again"
                                    : "nothing was changed; try again later";
}

}  // namespace

Error refusal(const Meaning& meaning,
              const RefusedCall& call,
              const std::string& came,
              std::optional<ErrorKind> kind) {
  const ErrorKind decided = kind.value_or(meaning.kind.value_or(unusable(call.effect)));
  const std::string code = meaning.code.empty() ? "vendor." + std::string(to_string(decided))
                                                : std::string(meaning.code);
  return Error(decided, filled(meaning.sentence, call) + (came.empty() ? "" : " (" + came + ")"))
      .with_code(code)
      .with_hint(filled(hint_of(meaning, call.effect), call));
}

}  // namespace certferry
