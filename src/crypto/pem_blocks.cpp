#include "crypto/pem_blocks.h"

#include <algorithm>

#include "base/text.h"
#include "crypto/digest.h"
#include "crypto/private_key.h"
#include "crypto/x509.h"

namespace certferry {

namespace {

constexpr std::string_view kBegin = "-----BEGIN";
constexpr std::string_view kEnd = "-----END";
constexpr std::string_view kDashes = "-----";
constexpr std::size_t kLabelBytesMax = 40;
// A run of indefinite lengths keeps OpenSSL's readers busy: 256 KiB of them for half a second,
// 4 MiB for 8 s. Real archives have a few KiB.
constexpr std::size_t kOtherFormBytesMax = std::size_t{64} * 1024;

Error bad_pem(std::string code, std::string message, std::string hint) {
  return Error(ErrorKind::kInvalidInput, std::move(message))
      .with_code(std::move(code))
      .with_hint(std::move(hint));
}

bool only_blank(std::string_view text) {
  constexpr std::string_view kBlank(" \t\r\n\0", 5);
  return text.find_first_not_of(kBlank) == std::string_view::npos;
}

template <typename Handle, typename Read>
bool reads_as(Read read, std::string_view bytes) {
  const unsigned char* at = openssl::bytes_of(bytes);
  return Handle(read(nullptr, &at, static_cast<long>(bytes.size()))) != nullptr;
}

/// Names the form that the bytes are in and the command that makes PEM of it.
Error other_form(std::string_view text, const std::string& where) {
  const openssl::ErrorQueueGuard guard;
  const std::string_view der = text.size() <= kOtherFormBytesMax ? text : std::string_view();
  const auto convert = [&](std::string form, std::string command) {
    return bad_pem("pem.other_form",
                   where + " is not PEM text but " + std::move(form),
                   "convert it: " + std::move(command));
  };
  if (reads_as<openssl::X509Handle>(d2i_X509, der)) {
    return convert("a certificate in DER form", "openssl x509 -inform DER -in FILE -out chain.pem");
  }
  if (reads_as<openssl::Pkcs12Handle>(d2i_PKCS12, der)) {
    return convert("a PFX archive (PKCS#12)", "openssl pkcs12 -in FILE -nodes -out bundle.pem");
  }
  if (reads_as<openssl::Pkcs7Handle>(d2i_PKCS7, der)) {
    return convert("a PKCS#7 archive",
                   "openssl pkcs7 -inform DER -in FILE -print_certs -out chain.pem");
  }
  if (openssl::key_from_der(der) != nullptr) {
    return convert("a private key in DER form", "openssl pkey -inform DER -in FILE -out key.pem");
  }
  if (text.starts_with("\xff\xfe") || text.starts_with("\xfe\xff")) {
    return convert("text in UTF-16", "iconv -f UTF-16 -t UTF-8 FILE > chain.pem");
  }
  return bad_pem("pem.not_pem",
                 where + " has no PEM block in it",
                 "it must hold lines from -----BEGIN ...----- to -----END ...-----");
}

/// A block's text without its blanks and without header lines (RFC 1421), which only old encrypted
/// keys have.
struct Body {
  std::string base64;
  bool encrypted = false;
};

Body body_of(std::string_view text) {
  Body body;
  if (text.find(':') != std::string_view::npos) {
    body.encrypted = text.find("ENCRYPTED") != std::string_view::npos;
    // Headers end at the first empty line; whatever follows the last colon's line is the body.
    const auto line_end = text.find_first_of("\r\n", text.rfind(':'));
    text = line_end == std::string_view::npos ? std::string_view() : text.substr(line_end);
  }
  body.base64.reserve(text.size());
  for (const char c : text) {
    if (c != ' ' && c != '\t' && c != '\r' && c != '\n') body.base64 += c;
  }
  return body;
}

/// Walks over the text from block to block; every search starts where the last one ended.
class Scanner {
 public:
  Scanner(std::string_view text, const std::string& where) : text_(text), where_(where) {}

  Result<std::vector<PemBlock>> blocks() {
    std::vector<PemBlock> out;
    while (true) {
      const std::size_t begin = text_.find(kBegin, at_);
      const std::size_t stray = text_.substr(0, begin).find(kEnd, at_);
      if (stray != std::string_view::npos) {
        return std::unexpected(truncated(stray, "an END line has no BEGIN line before it"));
      }
      if (begin == std::string_view::npos) return out;
      TRY(PemBlock block, next(begin));
      out.push_back(std::move(block));
    }
  }

 private:
  Result<PemBlock> next(std::size_t begin) {
    const std::size_t label_at = begin + kBegin.size();
    const auto dashes = text_.substr(label_at, kLabelBytesMax + kDashes.size()).find(kDashes);
    if (dashes == std::string_view::npos || dashes < 2 || text_[label_at] != ' ') {
      return std::unexpected(truncated(begin, "the BEGIN line is not whole"));
    }
    const std::string label(text_.substr(label_at + 1, dashes - 1));
    const std::size_t body_at = label_at + dashes + kDashes.size();
    const std::size_t end = text_.find(kDashes, body_at);
    const std::string end_line = "-----END " + label + "-----";
    if (end == std::string_view::npos || !text_.substr(end).starts_with(end_line)) {
      return std::unexpected(truncated(begin, "the block " + printable(label) + " does not end"));
    }
    at_ = end + end_line.size();
    return decode(label, text_.substr(body_at, end - body_at), begin);
  }

  Result<PemBlock> decode(const std::string& label, std::string_view text, std::size_t begin) {
    Body body = body_of(text);
    PemBlock block{.label = label, .der = {}, .encrypted = body.encrypted, .line = line_of(begin)};
    if (label == "ENCRYPTED PRIVATE KEY") block.encrypted = true;
    if (!block.encrypted) {
      auto der = base64_decode(body.base64);
      wipe(body.base64);
      if (!der || der->empty()) {
        return std::unexpected(
            truncated(begin, "the block " + printable(label) + " does not decode"));
      }
      block.der = Secret(*std::move(der));
    }
    return block;
  }

  Error truncated(std::size_t at, std::string what) {
    return bad_pem("pem.truncated",
                   where_ + " is cut short or damaged: " + std::move(what) + " (line " +
                       std::to_string(line_of(at)) + ")",
                   "copy it again, or wait until whatever writes it is done");
  }

  /// Counts on from the last answer, for thousands of blocks must not mean thousands of counts.
  int line_of(std::size_t at) {
    line_ += static_cast<int>(std::ranges::count(text_.substr(counted_, at - counted_), '\n'));
    counted_ = at;
    return line_;
  }

  std::string_view text_;
  const std::string& where_;
  std::size_t at_ = 0;       ///< where the last block ended
  std::size_t counted_ = 0;  ///< up to where `line_` has counted
  int line_ = 1;
};

}  // namespace

bool PemBlock::is_certificate() const {
  return label == "CERTIFICATE" || label == "X509 CERTIFICATE" || label == "TRUSTED CERTIFICATE";
}

bool PemBlock::is_key() const {
  return label == "PRIVATE KEY" || label.ends_with(" PRIVATE KEY");
}

Result<std::vector<PemBlock>> pem_blocks(std::string_view text, const std::string& where) {
  if (only_blank(text)) {
    return std::unexpected(bad_pem(
        "pem.empty", where + " is empty", "check that whatever writes it has finished its work"));
  }
  TRY(std::vector<PemBlock> blocks, Scanner(text, where).blocks());
  if (blocks.empty()) return std::unexpected(other_form(text, where));
  return blocks;
}

}  // namespace certferry
