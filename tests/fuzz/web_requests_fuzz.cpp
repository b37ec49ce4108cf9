// Whatever a peer sends to the daemon's own pages, through the server as it is used, but for the
// port: it gets replies that are whole, made of our words alone, and the same however its bytes
// were cut into pieces.
//
// An input is the size of the pieces, in decimal, a line's end, and what the peer sends.

#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <charconv>

#include "properties.h"
#include "target.h"
#include "web/http_server.h"

namespace certferry::fuzz {

namespace {

namespace asio = boost::asio;

// Every reply as it may be, and nothing of a peer's is in it.
constexpr std::array<std::string_view, 6> kBodies = {"figures\n",
                                                     "{\"status\":\"ok\"}\n",
                                                     "there is no such page\n",
                                                     "only GET and HEAD\n",
                                                     "the body is too large\n",
                                                     "not HTTP\n"};
constexpr std::array<std::string_view, 5> kHeaders = {
    "Server", "Content-Type", "Allow", "Connection", "Content-Length"};
constexpr std::string_view kFound = "HTTP/1.1 200 OK";
constexpr std::string_view kTooLarge = "HTTP/1.1 413 Payload Too Large";
constexpr std::string_view kMalformed = "HTTP/1.1 400 Bad Request";
constexpr std::array<std::string_view, 5> kStatuses = {
    kFound, "HTTP/1.1 404 Not Found", "HTTP/1.1 405 Method Not Allowed", kTooLarge, kMalformed};
constexpr int kRequestsMost = 1000;
// Each turn of the loop but a few sends a piece or ends a request.
constexpr std::size_t kPiecesMost = 64;
constexpr int kTurnsMost = 200;

/// What was heard, and how often a page was asked for.
struct Heard {
  std::string bytes;
  int pages = 0;
};

/// The peer's end of a connection that never leaves the process.
class Peer {
 public:
  explicit Peer(asio::ip::tcp::socket& theirs) {
    std::array<int, 2> ends{};
    require(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) == 0, "a pair");
    own_ = ends[0];
    // To what is above it, it is a socket like any other.
    theirs.assign(asio::ip::tcp::v4(), ends[1]);
  }
  ~Peer() { ::close(own_); }
  Peer(const Peer&) = delete;
  Peer& operator=(const Peer&) = delete;

  /// Gives what was taken of it; whoever has closed takes all, as far as we care.
  std::size_t say(std::string_view bytes) const {
    const ssize_t sent = ::send(own_, bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    if (sent >= 0) return static_cast<std::size_t>(sent);
    return errno == EAGAIN ? 0 : bytes.size();
  }
  void say_no_more() const { ::shutdown(own_, SHUT_WR); }

  void hear(std::string& all) const {
    std::array<char, 16384> some{};
    for (;;) {
      const ssize_t got = ::recv(own_, some.data(), some.size(), MSG_DONTWAIT);
      if (got <= 0) return;
      all.append(some.data(), static_cast<std::size_t>(got));
    }
  }

 private:
  int own_ = -1;
};

Heard replies_to(std::string_view bytes, std::size_t piece) {
  asio::io_context loop;
  Heard heard;
  const auto page = [&heard](std::string_view text) {
    return [&heard, text] {
      ++heard.pages;
      return web::HttpReply{.body = std::string(text)};
    };
  };
  web::HttpServer server(loop, {{"/metrics", page(kBodies[0])}, {"/healthz", page(kBodies[1])}});
  asio::ip::tcp::socket socket(loop);
  const Peer peer(socket);
  bool ended = false;
  asio::co_spawn(loop, server.serve(std::move(socket)), [&ended](const std::exception_ptr& thrown) {
    require(thrown == nullptr, "nothing is thrown while the peer is there");
    ended = true;
  });
  bool said = false;
  int turns = 0;
  while (!ended) {
    require(++turns < kTurnsMost, "a connection ends when the peer has said all");
    if (!bytes.empty()) bytes.remove_prefix(peer.say(bytes.substr(0, piece)));
    if (bytes.empty() && !said) peer.say_no_more();
    said = bytes.empty();
    loop.restart();
    loop.poll();
    peer.hear(heard.bytes);
  }
  return heard;
}

std::string_view header_of(std::string_view head, std::string_view name) {
  while (!head.empty()) {
    std::string_view line = take_until(head, "\r\n");
    if (take_until(line, ": ") == name) return line;
  }
  return {};
}

template <typename Words>
bool is_one_of(const Words& words, std::string_view one) {
  return std::ranges::find(words, one) != words.end();
}

/// Takes one reply off the text; gives its status line.
std::string_view take_reply(std::string_view& text) {
  require(text.contains("\r\n\r\n"), "a reply has a whole head", text);
  std::string_view head = take_until(text, "\r\n\r\n");
  const std::string_view status = take_until(head, "\r\n");
  require(is_one_of(kStatuses, status), "a status is one of ours", status);
  for (std::string_view lines = head; !lines.empty();) {
    std::string_view line = take_until(lines, "\r\n");
    const std::string_view name = take_until(line, ": ");
    require(is_one_of(kHeaders, name), "a header is one of ours", name);
  }
  const std::string_view length = header_of(head, "Content-Length");
  std::size_t size = 0;
  const auto [end, failure] = std::from_chars(length.data(), length.data() + length.size(), size);
  require(failure == std::errc() && end == length.data() + length.size(), "a reply has a length");
  // To a HEAD there is no body, and none of ours begins as a reply does.
  if (text.empty() || text.starts_with("HTTP/1.1 ")) return status;
  require(size <= text.size(), "a reply has as many bytes as it says", text);
  require(is_one_of(kBodies, text.substr(0, size)), "a body is one of ours", text.substr(0, size));
  text.remove_prefix(size);
  return status;
}

/// How often the text stands in the bytes.
std::size_t times_in(std::string_view bytes, std::string_view text) {
  std::size_t times = 0;
  for (std::size_t at = bytes.find(text); at != bytes.npos; at = bytes.find(text, at + 1)) ++times;
  return times;
}

/// The replies before the refusal of what was no HTTP, if one ends them.
struct Answers {
  std::string_view text;
  bool refused = false;
};

Answers require_sound_replies(const Heard& heard, std::string_view said) {
  Answers answers{.text = heard.bytes};
  int replies = 0;
  int pages = 0;
  for (std::string_view text = heard.bytes; !text.empty(); ++replies) {
    const std::size_t at = heard.bytes.size() - text.size();
    const std::string_view status = take_reply(text);
    const bool malformed = status == kMalformed;
    require(!(malformed || status == kTooLarge) || text.empty(),
            "nothing is answered after what was no request",
            text);
    if (malformed) answers = {.text = answers.text.substr(0, at), .refused = true};
    if (status == kFound) ++pages;
  }
  require(replies <= kRequestsMost, "a connection is not kept for ever");
  require(pages == heard.pages, "a page is made for whom it is shown to, and for nobody else");
  const std::size_t asked = times_in(said, "/metrics") + times_in(said, "/healthz");
  require(static_cast<std::size_t>(pages) <= asked, "a page is shown only when it is asked for");
  return answers;
}

/// What is no HTTP is refused as soon as Beast 1.81 has enough of it, or never: where it has all
/// bytes it sees a wrong one at once, else it waits for the empty line first; and whether a head of
/// a little more than its bound is one too many depends on where it was cut. So one may end where
/// the other goes on, but for no other reason.
void require_alike(const Answers& one, const Answers& other) {
  const bool alike = one.text == other.text || (one.refused && other.text.starts_with(one.text)) ||
                     (other.refused && one.text.starts_with(other.text));
  require(alike, "pieces make no difference", other.text);
}

}  // namespace

void try_input(std::string_view bytes) {
  const std::string_view number = take_line(bytes);
  std::size_t piece = 0;
  std::from_chars(number.data(), number.data() + number.size(), piece);
  const std::size_t whole = std::max<std::size_t>(bytes.size(), 1);
  const Heard at_once = replies_to(bytes, whole);
  const Heard in_pieces = replies_to(bytes, std::clamp(piece, whole / kPiecesMost + 1, whole));
  require_alike(require_sound_replies(at_once, bytes), require_sound_replies(in_pieces, bytes));
}

}  // namespace certferry::fuzz
