#include "base/error.h"

#include <cstdio>
#include <cstdlib>

#include "base/text.h"

namespace certferry {

std::string_view to_string(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::kInvalidInput:
      return "invalid_input";
    case ErrorKind::kUnauthorized:
      return "unauthorized";
    case ErrorKind::kNotFound:
      return "not_found";
    case ErrorKind::kConflict:
      return "conflict";
    case ErrorKind::kInUse:
      return "in_use";
    case ErrorKind::kQuota:
      return "quota";
    case ErrorKind::kThrottled:
      return "throttled";
    case ErrorKind::kUnavailable:
      return "unavailable";
    case ErrorKind::kTimedOut:
      return "timed_out";
    case ErrorKind::kMaybeApplied:
      return "maybe_applied";
    case ErrorKind::kRejected:
      return "rejected";
    case ErrorKind::kUnsupported:
      return "unsupported";
    case ErrorKind::kCancelled:
      return "cancelled";
    case ErrorKind::kInternal:
      return "internal";
  }
  return "internal";
}

namespace {

/// In brackets, for the end of a sentence; the vendor's text is foreign, so it is made safe here.
std::string vendor_words(const Error& error) {
  std::string out;
  if (!error.vendor_code.empty()) out += " " + printable(error.vendor_code, 80);
  if (!error.vendor_message.empty()) out += " \"" + printable(error.vendor_message) + "\"";
  if (!out.empty()) out = "the vendor said" + out;
  if (!error.request_id.empty()) {
    out += (out.empty() ? "request " : ", request ") + printable(error.request_id, 80);
  }
  return out.empty() ? out : " (" + out + ")";
}

}  // namespace

std::string Error::text() const {
  std::string out;
  if (!activity.empty()) out += activity + ": ";
  out += message;
  out += vendor_words(*this);
  if (!hint.empty()) out += "; " + hint;
  if (!code.empty()) out += " [" + code + "]";
  return out;
}

const char* Error::what() const noexcept {
  try {
    what_ = text();
    return what_.c_str();
  } catch (...) {
    return "certferry::Error";
  }
}

Error Error::with_code(std::string value) && {
  code = std::move(value);
  return std::move(*this);
}

Error Error::with_hint(std::string value) && {
  hint = std::move(value);
  return std::move(*this);
}

Error Error::with_vendor(std::string code_value, std::string message_value) && {
  vendor_code = std::move(code_value);
  vendor_message = std::move(message_value);
  return std::move(*this);
}

Error Error::with_retry_after(std::optional<std::chrono::milliseconds> value) && {
  retry_after = value;
  return std::move(*this);
}

Error Error::while_doing(std::string value) && {
  activity = activity.empty() ? std::move(value) : std::move(value) + ": " + activity;
  return std::move(*this);
}

void assertion_failed(const char* condition, const char* file, int line) {
  std::fprintf(stderr,
               "certferry: bug: assertion failed: %s (%s:%d). Please report this line.\n",
               condition,
               file,
               line);
  std::abort();
}

}  // namespace certferry
