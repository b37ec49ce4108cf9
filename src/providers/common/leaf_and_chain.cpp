#include "providers/common/leaf_and_chain.h"

namespace certferry {

std::pair<std::string_view, std::string_view> leaf_and_chain(std::string_view chain_pem) {
  constexpr std::string_view kBegin = "-----BEGIN CERTIFICATE-----";
  const auto second = chain_pem.find(kBegin, 1);
  if (second == std::string_view::npos) return {chain_pem, {}};
  return {chain_pem.substr(0, second), chain_pem.substr(second)};
}

}  // namespace certferry
