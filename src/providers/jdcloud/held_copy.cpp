#include "providers/jdcloud/held_copy.h"

#include <nlohmann/json.hpp>
#include <optional>
#include <span>

#include "base/text.h"
#include "crypto/pem.h"
#include "providers/common/json_api.h"

namespace certferry {

namespace {

constexpr std::string_view kPrefix = "certferry";
constexpr std::string_view kDigits = "0123456789abcdef";
constexpr std::size_t kFingerprintDigits = 16;

struct Title {
  std::string fingerprint;  ///< its beginning
  std::string stored_id;
};

std::optional<std::string> bytes_of(std::string_view hex) {
  if (hex.empty() || hex.size() % 2 != 0) return std::nullopt;
  if (hex.find_first_not_of(kDigits) != std::string_view::npos) return std::nullopt;
  std::string out;
  for (std::size_t at = 0; at < hex.size(); at += 2) {
    out += static_cast<char>(kDigits.find(hex[at]) * 16 + kDigits.find(hex[at + 1]));
  }
  return out;
}

std::optional<Title> read_title(std::string_view text) {
  if (!text.starts_with(kPrefix)) return std::nullopt;
  text.remove_prefix(kPrefix.size());
  const std::string_view fingerprint = text.substr(0, kFingerprintDigits);
  if (fingerprint.size() < kFingerprintDigits || !bytes_of(fingerprint)) return std::nullopt;
  const std::optional<std::string> bytes = bytes_of(text.substr(kFingerprintDigits));
  if (!bytes) return std::nullopt;
  // Anybody may call a certificate whatever he likes.
  Result<std::string> id = id_of({{"id", *bytes}}, "id", Effect::kReads);
  if (!id || *id != *bytes) return std::nullopt;
  return Title{.fingerprint = std::string(fingerprint), .stored_id = *std::move(id)};
}

}  // namespace

std::string copy_title(const std::string& stored_id, const std::string& fingerprint) {
  const auto* bytes = reinterpret_cast<const unsigned char*>(stored_id.data());
  return std::string(kPrefix) + fingerprint.substr(0, kFingerprintDigits) +
         to_hex(std::span(bytes, stored_id.size()));
}

std::string held_copy(const std::string& title, const std::string& pem) {
  const std::optional<Title> ours = read_title(title);
  const auto chain = read_certificates(pem, "the certificate of a domain");
  const std::string leaf = chain && !chain->empty() ? chain->front().fingerprint : "";
  if (ours && (leaf.empty() || leaf.starts_with(ours->fingerprint))) return ours->stored_id;
  std::string own = "own:" + printable(title, 60);
  // The title may have stayed when the certificate was replaced.
  return leaf.empty() ? own : own + " " + short_fingerprint(leaf);
}

std::string title_for(const BindRequest& request, std::string_view product) {
  if (request.bundle != nullptr && !request.bundle->chain_pem.empty()) {
    return copy_title(request.stored_id, request.bundle->fingerprint());
  }
  throw Error(ErrorKind::kNotFound,
              "a domain of " + std::string(product) +
                  " at JD Cloud takes chain and key themselves, and those of certificate " +
                  printable(request.stored_id, 100) + " are not here")
      .with_code("vendor.not_found");
}

bool is_blank(const nlohmann::json& object, std::string_view key) {
  const nlohmann::json* value = member(object, key);
  return value == nullptr || *value == "";
}

}  // namespace certferry
