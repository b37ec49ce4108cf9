// The one error type of the program.
//
// Adapters throw it, parsers and policy return it in a Result, the engine turns the one into the
// other in a single place (engine/attempt.h). `kind` is for code, everything else is for people.
#pragma once

#include <chrono>
#include <exception>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

namespace certferry {

/// A kind exists only where some caller acts differently; policy/retry.h says how.
enum class ErrorKind {
  kInvalidInput,  ///< bytes, configuration or a bundle that cannot be right
  kUnauthorized,  ///< credentials refused
  kNotFound,
  kConflict,
  kInUse,  ///< a delete was refused because something still refers to the record
  kQuota,
  kThrottled,
  kUnavailable,   ///< nothing was changed: refused, reset before sending, 5xx of a read
  kTimedOut,      ///< nothing was changed: a read that took too long
  kMaybeApplied,  ///< a change was sent and no usable answer came; never repeat, read first
  kRejected,      ///< understood and refused
  kUnsupported,
  kCancelled,
  kInternal,
};

std::string_view to_string(ErrorKind kind);

/// What went wrong, where, and what to do. Never holds a secret or a body of a request.
struct Error : std::exception {
  ErrorKind kind = ErrorKind::kInternal;
  std::string code;      ///< stable, for machines and documents: `pem.truncated`; may be empty
  std::string activity;  ///< what was being done: "uploading bundle 1f2e… to account doge"
  std::string message;   ///< what went wrong, one sentence without a full stop
  std::string hint;      ///< what to do about it, one sentence; may be empty
  std::string vendor_code;
  std::string vendor_message;
  std::string request_id;
  std::optional<std::chrono::milliseconds> retry_after;

  Error(ErrorKind kind, std::string message) : kind(kind), message(std::move(message)) {}

  /// The whole story in one line: activity, message, vendor's words, hint.
  std::string text() const;
  const char* what() const noexcept override;

  /// Fluent setters, so that a throw stays one expression.
  Error with_code(std::string value) &&;
  Error with_hint(std::string value) &&;
  Error with_vendor(std::string code, std::string message) &&;
  Error with_retry_after(std::optional<std::chrono::milliseconds> value) &&;
  /// Says what was being done; an outer layer's words go in front of an inner one's.
  Error while_doing(std::string value) &&;

 private:
  mutable std::string what_;
};

template <typename T>
using Result = std::expected<T, Error>;

}  // namespace certferry

// Passes an error up, as a statement: TRY(Chain chain, parse_chain(pem));
#define CERTFERRY_JOIN_(a, b) a##b
#define CERTFERRY_JOIN(a, b) CERTFERRY_JOIN_(a, b)
#define TRY(declaration, ...)                                                  \
  auto CERTFERRY_JOIN(try_, __LINE__) = (__VA_ARGS__);                         \
  if (!CERTFERRY_JOIN(try_, __LINE__)) {                                       \
    return std::unexpected(std::move(CERTFERRY_JOIN(try_, __LINE__)).error()); \
  }                                                                            \
  declaration = *std::move(CERTFERRY_JOIN(try_, __LINE__))

// The same for a Result<void>: TRY_VOID(check(x));
#define TRY_VOID(...)                                                     \
  do {                                                                    \
    auto try_void_ = (__VA_ARGS__);                                       \
    if (!try_void_) return std::unexpected(std::move(try_void_).error()); \
  } while (false)

// Stays on in release builds: for our own bugs, never for what a peer sent.
#define ASSERT(condition)                                                            \
  do {                                                                               \
    if (!(condition)) ::certferry::assertion_failed(#condition, __FILE__, __LINE__); \
  } while (false)

namespace certferry {
[[noreturn]] void assertion_failed(const char* condition, const char* file, int line);
}
