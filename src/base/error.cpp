#include "base/error.h"

#include <cstdio>
#include <cstdlib>

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

std::string Error::text() const {
  std::string out;
  if (!activity.empty()) out += activity + ": ";
  out += message;
  if (!vendor_code.empty() || !vendor_message.empty()) {
    out += " (the vendor said";
    if (!vendor_code.empty()) out += " " + vendor_code;
    if (!vendor_message.empty()) out += " \"" + vendor_message + "\"";
    if (!request_id.empty()) out += ", request " + request_id;
    out += ")";
  }
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
