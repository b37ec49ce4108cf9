#include "signing/canonical.h"

#include <algorithm>
#include <charconv>

#include "base/text.h"
#include "crypto/digest.h"

namespace certferry {

namespace {

bool is_unreserved(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '.' || c == '_' || c == '~';
}

}  // namespace

std::string percent_encode(std::string_view text, std::string_view kept) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    if (is_unreserved(c) || kept.find(c) != std::string_view::npos) {
      out += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    out += '%';
    out += kDigits[byte >> 4];
    out += kDigits[byte & 15];
  }
  return out;
}

std::string percent_decode(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    unsigned char byte = 0;
    const char* digits = text.data() + i + 1;
    if (text[i] == '%' && i + 2 < text.size() &&
        std::from_chars(digits, digits + 2, byte, 16).ptr == digits + 2) {
      out += static_cast<char>(byte);
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

std::string canonical_query(const QueryParameters& query, QueryOrder order) {
  QueryParameters pairs = query;
  if (order == QueryOrder::kAsMeant) std::ranges::sort(pairs);
  for (auto& [name, value] : pairs) {
    name = percent_encode(name);
    value = percent_encode(value);
  }
  if (order == QueryOrder::kAsEncoded) std::ranges::sort(pairs);

  std::string out;
  for (const auto& [name, value] : pairs) {
    if (!out.empty()) out += '&';
    out += name + '=';
    out += value;
  }
  return out;
}

RequestHeaders headers_with(const UnsignedRequest& request, const RequestHeaders& added) {
  RequestHeaders out = request.headers;
  out.emplace_back("host", Secret(request.host));
  out.insert(out.end(), added.begin(), added.end());
  return out;
}

Secret joined(std::span<const std::string_view> texts) {
  // A string that grows leaves copies behind, hence the reserve.
  std::size_t size = 0;
  for (const std::string_view text : texts) size += text.size();
  std::string out;
  out.reserve(size);
  for (const std::string_view text : texts) out += text;
  return Secret(std::move(out));
}

Secret joined(std::initializer_list<std::string_view> texts) {
  return joined(std::span(texts.begin(), texts.size()));
}

CanonicalHeaders canonical_headers(const RequestHeaders& headers, InnerBlanks blanks) {
  std::vector<std::pair<std::string, Secret>> trimmed;
  for (const auto& [name, value] : headers) {
    std::string text(trim(value.reveal()));
    if (blanks == InnerBlanks::kOneEach) {
      std::ranges::replace(text, '\t', ' ');
      const auto rest =
          std::ranges::unique(text, [](char a, char b) { return a == ' ' && b == ' '; });
      text.erase(rest.begin(), rest.end());
    }
    trimmed.emplace_back(to_lower(name), Secret(std::move(text)));
  }
  std::ranges::sort(trimmed, {}, [](const auto& header) {
    return std::pair(std::string_view(header.first), header.second.reveal());
  });

  std::vector<std::string_view> texts;
  std::vector<std::string> names;
  for (const auto& [name, value] : trimmed) {
    texts.insert(texts.end(), {name, ":", value.reveal(), "\n"});
    names.push_back(name);
  }
  return {.lines = joined(texts), .names = join(names, ";")};
}

Secret text_of_lines(std::initializer_list<std::string_view> lines) {
  std::vector<std::string_view> texts;
  for (const std::string_view line : lines) {
    if (!texts.empty()) texts.push_back("\n");
    texts.push_back(line);
  }
  return joined(texts);
}

Secret canonical_request(const UnsignedRequest& request,
                         std::string_view path,
                         std::string_view query,
                         const CanonicalHeaders& headers,
                         std::string_view body_hash) {
  // The lines end in LF themselves, so an empty one comes after them.
  return text_of_lines(
      {request.method, path, query, headers.lines.reveal(), headers.names, body_hash});
}

std::string_view host_without_port(std::string_view host) {
  // Within the brackets of IPv6 there are colons, too.
  return host.substr(0, host.find(':', host.starts_with('[') ? host.find(']') : 0));
}

std::string format_basic_time(Time time) {
  std::string text = format_time(time);
  std::erase_if(text, [](char c) { return c == '-' || c == ':'; });
  return text;
}

std::string format_unix_time(Time time) {
  return std::to_string(std::chrono::floor<seconds>(time).time_since_epoch().count());
}

std::string hmac_sha256_hex(const Secret& key, std::string_view text) {
  const std::string raw = hmac_sha256(key, text);
  return to_hex(std::span(reinterpret_cast<const unsigned char*>(raw.data()), raw.size()));
}

std::string scoped_signature(const ScopedScheme& scheme,
                             const Secret& secret,
                             std::string_view time,
                             std::span<const std::string> scope,
                             const Secret& canonical) {
  Secret key = joined({scheme.key_prefix, secret.reveal()});
  for (const std::string& link : scope) key = Secret(hmac_sha256(key, link));
  const Secret text =
      text_of_lines({scheme.algorithm, time, join(scope, "/"), sha256_hex(canonical.reveal())});
  return hmac_sha256_hex(key, text.reveal());
}

Secret scoped_authorization(const ScopedScheme& scheme,
                            const AccessKey& key,
                            std::string_view time,
                            std::span<const std::string> scope,
                            const CanonicalHeaders& headers,
                            const Secret& canonical) {
  return Secret(std::string(scheme.algorithm) + " Credential=" + key.id + "/" + join(scope, "/") +
                ", SignedHeaders=" + headers.names +
                ", Signature=" + scoped_signature(scheme, key.secret, time, scope, canonical));
}

}  // namespace certferry
