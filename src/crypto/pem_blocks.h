// Private to this room: PEM text taken apart into its blocks.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/secret.h"

namespace certferry {

/// One `-----BEGIN label-----` … `-----END label-----`.
struct PemBlock {
  std::string label;
  Secret der;              ///< decoded; empty when `encrypted`
  bool encrypted = false;  ///< PKCS#8 or the old `Proc-Type: 4,ENCRYPTED`
  int line = 0;            ///< where the block begins, from 1

  bool is_certificate() const;
  bool is_key() const;
};

/// Finds every block, in time linear in the text's length.
///
/// Takes what real files hold: a UTF-8 byte order mark, CR or CRLF line ends, blanks, bag headers
/// and other text around blocks, all of a block on one line, an END and a BEGIN on one line.
/// `where` names the text in messages. Error: invalid_input `pem.empty`, `pem.truncated` (a block
/// without its end or begin, or that does not decode), `pem.not_pem`, `pem.other_form` (whole, and
/// in a form that a command converts: DER, PFX, UTF-16). Source: RFC 7468.
Result<std::vector<PemBlock>> pem_blocks(std::string_view text, const std::string& where);

}  // namespace certferry
