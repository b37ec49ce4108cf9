#include "crypto/openssl.h"

#include <openssl/err.h>

namespace certferry::openssl {

ErrorQueueGuard::~ErrorQueueGuard() {
  ERR_clear_error();
}

Bio memory_bio() {
  Bio bio(BIO_new(BIO_s_secmem()));
  ASSERT(bio != nullptr);
  return bio;
}

std::string_view text_of(const Bio& bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &data);
  return size > 0 ? std::string_view(data, static_cast<std::size_t>(size)) : std::string_view();
}

}  // namespace certferry::openssl
