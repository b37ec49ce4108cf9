// Changes PEM text below its base64: there the certificate is, and libFuzzer's own changes of the
// text seldom leave a block that decodes.

#include <openssl/evp.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "base/text.h"
#include "crypto/digest.h"

// The names are libFuzzer's.
extern "C" std::size_t LLVMFuzzerMutate(  // NOLINT(readability-identifier-naming)
    std::uint8_t* data,
    std::size_t size,
    std::size_t max_size);

namespace certferry::fuzz {

namespace {

struct Base64Body {
  std::size_t at = 0;
  std::size_t size = 0;
};

std::vector<Base64Body> bodies_of(std::string_view text) {
  std::vector<Base64Body> out;
  for (std::size_t at = text.find("-----\n"); at != std::string_view::npos;) {
    const std::size_t begin = at + 6;
    const std::size_t end = text.find("-----END", begin);
    if (end == std::string_view::npos) break;
    if (text.substr(begin, end - begin).find('-') == std::string_view::npos) {
      out.push_back({begin, end - begin});
    }
    at = text.find("-----\n", end + 8);
  }
  return out;
}

std::string without_blanks(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c != '\n' && c != '\r' && c != ' ') out += c;
  }
  return out;
}

std::string in_lines(std::string_view base64) {
  std::string out;
  for (std::size_t at = 0; at < base64.size(); at += 64) {
    out += std::string(base64.substr(at, 64)) + "\n";
  }
  return out;
}

std::string changed_body(std::string_view body) {
  const auto der = base64_decode(without_blanks(body));
  if (!der || der->empty()) return {};
  std::vector<std::uint8_t> bytes(der->begin(), der->end());
  const std::size_t size = bytes.size();
  bytes.resize(size + 64);
  bytes.resize(LLVMFuzzerMutate(bytes.data(), size, bytes.size()));
  return in_lines(base64_encode({reinterpret_cast<const char*>(bytes.data()), bytes.size()}));
}

}  // namespace

/// Empty when nothing could be changed in that way.
std::string change_one_block(std::string_view text, unsigned seed) {
  std::minstd_rand random(seed);
  const std::vector<Base64Body> bodies = bodies_of(text);
  if (bodies.empty()) return {};
  const Base64Body body = bodies[random() % bodies.size()];
  const std::string changed = changed_body(text.substr(body.at, body.size));
  if (changed.empty()) return {};
  return std::string(text.substr(0, body.at)) + changed +
         std::string(text.substr(body.at + body.size));
}

}  // namespace certferry::fuzz

extern "C" std::size_t LLVMFuzzerCustomMutator(  // NOLINT(readability-identifier-naming)
    std::uint8_t* data,
    std::size_t size,
    std::size_t max_size,
    unsigned seed) {
  // Three times out of four: what surrounds the blocks is soon known.
  if (seed % 4 != 0) {
    const std::string changed =
        certferry::fuzz::change_one_block({reinterpret_cast<char*>(data), size}, seed / 4);
    if (!changed.empty() && changed.size() <= max_size) {
      std::ranges::copy(changed, data);
      return changed.size();
    }
  }
  return LLVMFuzzerMutate(data, size, max_size);
}
