#include "net/cares_resolver.h"

#include <ares.h>
#include <netdb.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "base/text.h"
#include "model/name.h"
#include "net/socket_watch.h"

namespace certferry {

namespace asio = boost::asio;

namespace {

/// One name being looked up, for everybody who asks for it meanwhile.
struct Lookup {
  using Waiter = std::shared_ptr<asio::steady_timer>;  ///< expires at the asker's own deadline

  int missing = 2;  ///< answers to come: A and AAAA
  int failure = ARES_SUCCESS;
  std::set<Address> found;
  std::chrono::steady_clock::time_point asked = std::chrono::steady_clock::now();
  std::vector<Waiter> waiting;  ///< cancelled to wake the askers when the lookup has ended

  bool done() const { return missing == 0; }
};

/// No such name (or none that can be asked for) and no such record are answers; everything else
/// leaves the list incomplete.
bool is_answer(int status) {
  return status == ARES_SUCCESS || status == ARES_ENODATA || status == ARES_ENOTFOUND ||
         status == ARES_EBADNAME;
}

void add_addresses(std::set<Address>& found, const ares_addrinfo& result) {
  for (const ares_addrinfo_node* node = result.nodes; node != nullptr; node = node->ai_next) {
    std::array<char, NI_MAXHOST> text{};
    int failed = getnameinfo(
        node->ai_addr, node->ai_addrlen, text.data(), text.size(), nullptr, 0, NI_NUMERICHOST);
    if (failed != 0) continue;
    if (std::optional<std::string> ip = canonical_ip(text.data())) found.insert({.ip = *ip});
  }
}

Error lookup_error(int status, const std::string& name) {
  std::string activity = "looking up " + printable(name);
  switch (status) {
    case ARES_ENODATA:
      return Error(ErrorKind::kNotFound, "the name has no address")
          .with_code("dns.no_address")
          .with_hint("Check its DNS records")
          .while_doing(activity);
    case ARES_ETIMEOUT:
      return Error(ErrorKind::kTimedOut, "no name server answered in time").while_doing(activity);
    case ARES_EBADRESP:
      return Error(ErrorKind::kUnavailable, "the name server's answer is malformed")
          .with_code("dns.malformed")
          .while_doing(activity);
    default:
      return Error(ErrorKind::kUnavailable, ares_strerror(status))
          .with_hint("Check the name servers in /etc/resolv.conf")
          .while_doing(activity);
  }
}

}  // namespace

/// c-ares on the loop: its sockets, its one timer, and the lookups under way.
class CaresResolver::Channel : public std::enable_shared_from_this<Channel> {
 public:
  Channel(asio::io_context& io, const CaresResolverOptions& options);
  ~Channel() { ares_destroy(channel_); }
  Channel(const Channel&) = delete;
  Channel& operator=(const Channel&) = delete;

  static Task<std::vector<Address>> resolve(std::shared_ptr<Channel> channel,
                                            std::string name,
                                            milliseconds timeout);

 private:
  /// What c-ares hands back with one of the two answers.
  struct Question {
    Channel* channel;
    std::string name;
    std::shared_ptr<Lookup> lookup;
  };

  static void on_socket(void* self, ares_socket_t socket, int read, int write) noexcept;
  static void on_answer(void* question, int status, int timeouts, ares_addrinfo* result) noexcept;

  std::shared_ptr<Lookup> lookup(const std::string& name);
  void ask(const std::string& name, int family, const std::shared_ptr<Lookup>& lookup);
  void process(ares_socket_t read, ares_socket_t write);
  void set_timer();

  asio::io_context& io_;
  SocketWatch watch_;
  asio::steady_timer timer_;
  ares_channel channel_ = nullptr;
  std::map<std::string, std::shared_ptr<Lookup>> lookups_;  ///< under way, or ended well
};

CaresResolver::Channel::Channel(asio::io_context& io, const CaresResolverOptions& options)
    : io_(io),
      watch_(io.get_executor(),
             [this](int socket, bool readable, bool writable) {
               process(readable ? socket : ARES_SOCKET_BAD, writable ? socket : ARES_SOCKET_BAD);
             }),
      timer_(io) {
  static const int kInitialised = ares_library_init(ARES_LIB_INIT_ALL);
  ASSERT(kInitialised == ARES_SUCCESS);
  ares_options settings{};
  settings.flags = ARES_FLAG_NOSEARCH;
  settings.timeout = static_cast<int>(options.server_timeout.count());
  settings.tries = options.server_tries;
  settings.sock_state_cb = &Channel::on_socket;
  settings.sock_state_cb_data = this;
  int mask = ARES_OPT_FLAGS | ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_SOCK_STATE_CB;
  int status = ares_init_options(&channel_, &settings, mask);
  if (status == ARES_SUCCESS && !options.servers.empty()) {
    status = ares_set_servers_ports_csv(channel_, join(options.servers, ",").c_str());
  }
  if (status == ARES_SUCCESS) return;
  ares_destroy(channel_);
  throw Error(ErrorKind::kUnavailable, ares_strerror(status)).while_doing("starting name lookup");
}

Task<std::vector<Address>> CaresResolver::Channel::resolve(std::shared_ptr<Channel> channel,
                                                           std::string name,
                                                           milliseconds timeout) {
  std::shared_ptr<Lookup> lookup = channel->lookup(name);
  if (!lookup->done()) {
    auto deadline = std::make_shared<asio::steady_timer>(channel->io_, timeout);
    lookup->waiting.push_back(deadline);
    auto [error] = co_await deadline->async_wait(asio::as_tuple(asio::use_awaitable));
    if (!lookup->done()) {
      // The question itself goes on, for others who wait for it.
      if (error) throw Error(ErrorKind::kCancelled, "the name lookup was cancelled");
      throw lookup_error(ARES_ETIMEOUT, name);
    }
  }
  if (lookup->failure != ARES_SUCCESS) throw lookup_error(lookup->failure, name);
  if (lookup->found.empty()) throw lookup_error(ARES_ENODATA, name);
  co_return std::vector<Address>(lookup->found.begin(), lookup->found.end());
}

std::shared_ptr<Lookup> CaresResolver::Channel::lookup(const std::string& name) {
  // A thousand targets behind one edge name share an answer; a confirm of half an hour must not.
  constexpr auto kShared = std::chrono::seconds(5);
  if (auto known = lookups_.find(name); known != lookups_.end()) {
    const bool fresh = std::chrono::steady_clock::now() - known->second->asked < kShared;
    if (fresh || !known->second->done()) return known->second;
    lookups_.erase(known);
  }
  auto lookup = std::make_shared<Lookup>();
  lookups_.emplace(name, lookup);
  // Two questions and not one for "any family": that one succeeds although half of it failed.
  ask(name, AF_INET, lookup);
  ask(name, AF_INET6, lookup);
  set_timer();
  return lookup;
}

void CaresResolver::Channel::ask(const std::string& name,
                                 int family,
                                 const std::shared_ptr<Lookup>& lookup) {
  ares_addrinfo_hints hints{};
  hints.ai_flags = ARES_AI_NOSORT;  // sorting would open a socket towards every address
  hints.ai_family = family;
  auto question = std::make_unique<Question>(this, name, lookup);
  ares_getaddrinfo(
      channel_, name.c_str(), nullptr, &hints, &Channel::on_answer, question.release());
}

void CaresResolver::Channel::on_answer(void* raw, int status, int, ares_addrinfo* result) noexcept {
  std::unique_ptr<Question> question(static_cast<Question*>(raw));
  Lookup& lookup = *question->lookup;
  if (result != nullptr) {
    add_addresses(lookup.found, *result);
    ares_freeaddrinfo(result);
  }
  if (!is_answer(status)) lookup.failure = status;
  if (--lookup.missing > 0) return;
  // Only what was found is kept: who asks again after a failure gets a fresh answer.
  bool failed = lookup.failure != ARES_SUCCESS || lookup.found.empty();
  if (failed) question->channel->lookups_.erase(question->name);
  for (const Lookup::Waiter& waiter : lookup.waiting) waiter->cancel();
  lookup.waiting.clear();
}

void CaresResolver::Channel::on_socket(void* self,
                                       ares_socket_t socket,
                                       int read,
                                       int write) noexcept {
  static_cast<Channel*>(self)->watch_.want(socket, read != 0, write != 0);
}

void CaresResolver::Channel::process(ares_socket_t read, ares_socket_t write) {
  ares_process_fd(channel_, read, write);
  set_timer();
}

void CaresResolver::Channel::set_timer() {
  timeval buffer{};
  timeval* next = ares_timeout(channel_, nullptr, &buffer);
  if (next == nullptr) {
    timer_.cancel();
    return;
  }
  timer_.expires_after(seconds(next->tv_sec) + std::chrono::microseconds(next->tv_usec));
  timer_.async_wait([weak = weak_from_this()](boost::system::error_code error) {
    if (error) return;
    if (auto alive = weak.lock()) alive->process(ARES_SOCKET_BAD, ARES_SOCKET_BAD);
  });
}

CaresResolver::CaresResolver(asio::io_context& io, CaresResolverOptions options)
    : overrides_(std::move(options.resolve)), channel_(std::make_shared<Channel>(io, options)) {
  for (auto& [name, addresses] : overrides_) {
    std::ranges::sort(addresses);
    auto repeated = std::ranges::unique(addresses);
    addresses.erase(repeated.begin(), repeated.end());
  }
}

CaresResolver::~CaresResolver() = default;

const std::vector<Address>* CaresResolver::override_for(const std::string& name) const {
  auto found = overrides_.find(name);
  const auto dot = name.find('.');
  if (found == overrides_.end() && dot != std::string::npos) {
    found = overrides_.find("*" + name.substr(dot));
  }
  return found == overrides_.end() ? nullptr : &found->second;
}

bool CaresResolver::overridden(const std::string& name) const {
  return override_for(name) != nullptr;
}

Task<std::vector<Address>> CaresResolver::resolve(std::string name, milliseconds timeout) {
  if (const std::vector<Address>* fixed = override_for(name)) co_return *fixed;
  if (std::optional<std::string> ip = canonical_ip(name)) {
    std::vector<Address> itself;
    itself.push_back({.ip = *std::move(ip)});
    co_return itself;
  }
  co_return co_await Channel::resolve(channel_, std::move(name), timeout);
}

}  // namespace certferry
