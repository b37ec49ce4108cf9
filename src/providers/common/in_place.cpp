#include "providers/common/in_place.h"

#include <string>

namespace certferry {

Error no_store(std::string_view vendor) {
  return Error(ErrorKind::kUnsupported,
               std::string(vendor) + " keeps certificates with their names and nowhere else")
      .with_code("vendor.no_such_call");
}

std::vector<Exemption> without_store() {
  constexpr std::string_view kNothingApart =
      "each name holds its own certificate, so nothing is stored apart from it";
  return {{"OnlyTheSupersededOneIsRetired", kNothingApart},
          {"ManyDomainsShareOneUpload", kNothingApart},
          {"IdenticalCertificateIsAdopted", kNothingApart},
          {"StoreFull", kNothingApart},
          {"DeleteRefused", kNothingApart},
          {"ReplyLostAfterUpload", kNothingApart}};
}

}  // namespace certferry
