// One HTTP request and its reply as curl sees them: settings, callbacks, and what a failure means.
#pragma once

#include <curl/curl.h>

#include <array>
#include <memory>
#include <string>

#include "net/curl_client.h"
#include "ports/http_client.h"

namespace certferry {

/// Holds everything that curl points into while the transfer runs; neither copied nor moved.
class CurlExchange {
 public:
  /// Throws: invalid_input (`http.insecure`, `http.malformed`), before anything is sent.
  CurlExchange(std::shared_ptr<const CurlClientOptions> options, HttpRequest request);
  CurlExchange(const CurlExchange&) = delete;
  CurlExchange& operator=(const CurlExchange&) = delete;

  CURL* easy() const { return easy_.get(); }
  /// The reply, or the Error that the result means. Called once, when the transfer has ended.
  HttpResponse finish(CURLcode result);

 private:
  struct WipeHeaders {
    void operator()(curl_slist* lines) const;  ///< values are credentials
  };

  static std::size_t on_body(char* data, std::size_t, std::size_t size, void* self) noexcept;
  static std::size_t on_header(char* data, std::size_t, std::size_t size, void* self) noexcept;
  static int on_request(void* self, char*, char*, int, int) noexcept;

  void read_url();
  void set_connection();
  void set_request();
  void set_callbacks();
  void append_to_query(std::string_view parameters);
  void add_header(std::string_view name, std::string_view value);
  void append_line(const char* line);
  Error failure(CURLcode result) const;
  Error describe(CURLcode result) const;

  std::shared_ptr<const CurlClientOptions> options_;
  HttpRequest request_;
  std::unique_ptr<curl_slist, WipeHeaders> headers_;
  std::unique_ptr<CURLU, decltype(&curl_url_cleanup)> url_;
  std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> easy_;
  std::string activity_;  ///< method, host and path; a query may carry a signature
  bool loopback_ = false;
  bool may_have_left_ = false;      ///< the request's first byte may be on the wire
  std::size_t exceeded_limit_ = 0;  ///< the size limit that the reply went over; 0 = none
  std::size_t header_bytes_ = 0;
  bool headers_complete_ = false;  ///< the empty line after the last reply's headers was seen
  std::array<char, CURL_ERROR_SIZE> error_text_{};
  std::string body_;
};

}  // namespace certferry
