// Files and folders that belong to one user alone.
#pragma once

#include <string>
#include <utility>

#include "base/error.h"

namespace certferry::state {

/// An open file descriptor, closed when it goes.
class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~Descriptor();

  int get() const { return fd_; }
  bool is_open() const { return fd_ >= 0; }

 private:
  int fd_ = -1;
};

/// The folder a path stands in; "." for a bare file name.
std::string folder_of(const std::string& path);

/// Whether anything at all stands at the path. Throws: unavailable `state.io` when that cannot be
/// told (a folder on the way is closed to us, say).
bool is_there(const std::string& path);

/// Makes an empty file of mode 0600, whatever the umask, unless one is there, and what is missing
/// of its folder with mode 0700; then does as require_private.
///
/// Root makes them in the name of the folder's owner, so that `sudo certferry` does not lock a
/// service out of its own state. New entries are flushed to the disk, nothing is made in a folder
/// that is refused. Throws: invalid_input `state.insecure`, unavailable `state.io`.
void ensure_private_file(const std::string& path);

/// Refuses a file that is not a regular one, and a file or folder that others may write to.
/// Throws: invalid_input `state.insecure` with the command that mends it; unavailable `state.io`.
void require_private(const std::string& path);

/// Takes from others every right to a state file and its companions (`-wal`, `-shm`, `-journal`,
/// `.lock`, `.key`), and to their folder if it holds nothing else.
///
/// A folder that holds something else is shared, as /etc or /tmp, and so may one be that another
/// disk is mounted on: those keep their modes, and the files are closed all the same. What belongs
/// to another user stays as it is, for only its owner may change it. Throws: unavailable
/// `state.io`.
void close_to_others(const std::string& path);

/// An unavailable `state.io` from an errno value.
Error io_error(const std::string& path, int error_number);

}  // namespace certferry::state
