#include "net/tls_prober.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>

#include "crypto/certificate.h"
#include "net/test_peer.h"
#include "net/test_tls.h"

namespace certferry {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using test::kNoThrow;
using testing::HasSubstr;
using Outcome = Probe::Outcome;

/// A TCP peer that says some bytes to each visitor, and then hangs up or waits.
class RawPeer {
 public:
  RawPeer(asio::io_context& io, std::string greeting, test::Reply::Then then)
      : acceptor_(io, {asio::ip::make_address("127.0.0.1"), 0}),
        greeting_(std::move(greeting)),
        then_(then) {
    asio::co_spawn(io, serve(), asio::detached);
  }
  Address address() const { return {"127.0.0.1", acceptor_.local_endpoint().port()}; }

 private:
  Task<void> serve() {
    while (true) {
      auto [error, socket] = co_await acceptor_.async_accept(kNoThrow);
      if (error) co_return;
      // The hello is read first, or hanging up would become a reset.
      std::array<char, 4096> hello{};
      co_await socket.async_read_some(asio::buffer(hello), kNoThrow);
      co_await asio::async_write(socket, asio::buffer(greeting_), kNoThrow);
      if (then_ == test::Reply::Then::kClose) continue;
      while (true) {
        auto [ended, count] = co_await socket.async_read_some(asio::buffer(hello), kNoThrow);
        if (ended) break;
      }
    }
  }

  tcp::acceptor acceptor_;
  std::string greeting_;
  test::Reply::Then then_;
};

/// A TLS peer that knows one name; every other gets the alert that RFC 6066 has for it.
class TlsPeer {
 public:
  TlsPeer(asio::io_context& io, const IssuedLeaf& leaf, std::string known_name)
      : tls(test::server_tls(leaf)),
        acceptor_(io, {asio::ip::make_address("127.0.0.1"), 0}),
        known_name_(std::move(known_name)) {
    SSL_CTX_set_tlsext_servername_callback(tls.native_handle(), &TlsPeer::on_server_name);
    SSL_CTX_set_tlsext_servername_arg(tls.native_handle(), this);
    asio::co_spawn(io, serve(), asio::detached);
  }
  Address address() const { return {"127.0.0.1", acceptor_.local_endpoint().port()}; }

  asio::ssl::context tls;
  std::vector<std::string> asked;     ///< SNI of each visitor; "-" without
  std::vector<std::size_t> received;  ///< bytes that came after each handshake

 private:
  static int on_server_name(SSL* connection, int*, void* self) {
    auto* peer = static_cast<TlsPeer*>(self);
    const char* name = SSL_get_servername(connection, TLSEXT_NAMETYPE_host_name);
    peer->asked.emplace_back(name != nullptr ? name : "-");
    bool known = name == nullptr || name == peer->known_name_;
    return known ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_ALERT_FATAL;
  }

  Task<void> serve() {
    while (true) {
      auto [error, socket] = co_await acceptor_.async_accept(kNoThrow);
      if (error) co_return;
      asio::ssl::stream<tcp::socket> stream(std::move(socket), tls);
      auto [failed] = co_await stream.async_handshake(asio::ssl::stream_base::server, kNoThrow);
      if (failed) continue;
      std::array<char, 256> bytes{};
      auto [ended, count] = co_await stream.async_read_some(asio::buffer(bytes), kNoThrow);
      received.push_back(count);
    }
  }

  tcp::acceptor acceptor_;
  std::string known_name_;
};

class TlsProberTest : public testing::Test {
 protected:
  Probe probe(Address address, std::string name, milliseconds timeout = seconds(20)) {
    Result<Probe> probe = test::await(
        io_, prober_.probe({.server_name = name, .address = address, .timeout = timeout}));
    EXPECT_TRUE(probe) << probe.error().text();
    EXPECT_EQ(probe->address, address);
    return *std::move(probe);
  }

  ThrowawayCa ca_ = test::make_ca();
  IssuedLeaf leaf_ = test::issue(ca_, {"cdn.example.com"});
  asio::io_context io_;
  AsioTlsProber prober_;
};

TEST_F(TlsProberTest, ReportsTheWholeChainThatIsServed) {
  TlsPeer peer(io_, leaf_, "cdn.example.com");
  Probe seen = probe(peer.address(), "cdn.example.com");
  EXPECT_EQ(seen.outcome, Outcome::kServed) << seen.detail;
  EXPECT_EQ(seen.tls_version, "TLSv1.3");
  ASSERT_EQ(seen.chain.size(), 2u);
  EXPECT_EQ(seen.leaf()->dns_names, std::vector<std::string>{"cdn.example.com"});
  EXPECT_TRUE(seen.chain[1].is_ca);
  EXPECT_EQ(seen.chain[0].issuer, seen.chain[1].subject);
  EXPECT_EQ(peer.asked, std::vector<std::string>{"cdn.example.com"});
}

TEST_F(TlsProberTest, NamesTheAlertOfAnEdgeThatDoesNotKnowTheName) {
  TlsPeer peer(io_, leaf_, "cdn.example.com");
  Probe seen = probe(peer.address(), "other.example.com");
  EXPECT_EQ(seen.outcome, Outcome::kAlert);
  EXPECT_THAT(seen.detail, HasSubstr("unrecognized name (112)"));
  EXPECT_EQ(seen.leaf(), nullptr);
}

TEST_F(TlsProberTest, SendsNoServerNameForAnAddress) {
  TlsPeer peer(io_, leaf_, "cdn.example.com");
  EXPECT_EQ(probe(peer.address(), "127.0.0.1").outcome, Outcome::kServed);
  EXPECT_EQ(peer.asked, std::vector<std::string>{"-"});
}

TEST_F(TlsProberTest, ResumesNoSessionAndSendsNothing) {
  TlsPeer peer(io_, leaf_, "cdn.example.com");
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(probe(peer.address(), "cdn.example.com").chain.size(), 2u);
  }
  EXPECT_EQ(SSL_CTX_sess_hits(peer.tls.native_handle()), 0);
  EXPECT_THAT(peer.received, testing::Each(0u));
}

TEST_F(TlsProberTest, SeesWhatOldProtocolsServe) {
  TlsPeer peer(io_, leaf_, "cdn.example.com");
  SSL_CTX_set_security_level(peer.tls.native_handle(), 0);
  SSL_CTX_set_min_proto_version(peer.tls.native_handle(), TLS1_VERSION);
  SSL_CTX_set_max_proto_version(peer.tls.native_handle(), TLS1_VERSION);
  Probe seen = probe(peer.address(), "cdn.example.com");
  EXPECT_EQ(seen.outcome, Outcome::kServed) << seen.detail;
  EXPECT_EQ(seen.tls_version, "TLSv1");
}

TEST_F(TlsProberTest, BoundsWhatAnEdgeMayPresent) {
  TlsPeer peer(io_, leaf_, "cdn.example.com");
  X509* intermediate = test::read_pem(ca_.intermediate_pem());
  for (int i = 0; i < 500; ++i) SSL_CTX_add1_chain_cert(peer.tls.native_handle(), intermediate);
  X509_free(intermediate);
  Probe seen = probe(peer.address(), "cdn.example.com");
  EXPECT_EQ(seen.outcome, Outcome::kNotTls);
  EXPECT_THAT(seen.detail, HasSubstr("excessive message size"));
}

TEST_F(TlsProberTest, CallsARefusedConnectionUnreachable) {
  Probe seen = probe({"127.0.0.1", test::refusing_port(io_)}, "cdn.example.com");
  EXPECT_EQ(seen.outcome, Outcome::kUnreachable);
  EXPECT_THAT(seen.detail, HasSubstr("refused"));
}

struct OddPeer {
  const char* name;
  std::string greeting;
  test::Reply::Then then;
  Outcome outcome;
  const char* detail;
};

void PrintTo(const OddPeer& peer, std::ostream* out) {
  *out << peer.name;
}

class OddPeerTest : public TlsProberTest, public testing::WithParamInterface<OddPeer> {};

TEST_P(OddPeerTest, GetsABoundedOutcome) {
  RawPeer peer(io_, GetParam().greeting, GetParam().then);
  milliseconds timeout(200);
  Probe seen = probe(peer.address(), "cdn.example.com", timeout);
  EXPECT_EQ(seen.outcome, GetParam().outcome) << seen.detail;
  EXPECT_THAT(seen.detail, HasSubstr(GetParam().detail));
  if (seen.outcome == Outcome::kUnreachable && GetParam().then != test::Reply::Then::kClose) {
    EXPECT_GE(seen.elapsed, timeout);
  }
}

using enum test::Reply::Then;
INSTANTIATE_TEST_SUITE_P(
    Peers,
    OddPeerTest,
    testing::Values(
        OddPeer{"Silence", "", kSaySilence, Outcome::kUnreachable, "no handshake within 200 ms"},
        OddPeer{"HangsUp", "", kClose, Outcome::kUnreachable, "closed during the handshake"},
        OddPeer{"PlainHttp",
                "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n",
                kClose,
                Outcome::kNotTls,
                "wrong version number"},
        OddPeer{"EndlessGarbage",
                std::string(1 << 20, '\xee'),
                kSaySilence,
                Outcome::kNotTls,
                "not proper TLS"},
        OddPeer{"RecordThatNeverEnds",
                std::string("\x16\x03\x03\x40\x00\x02", 6),
                kSaySilence,
                Outcome::kUnreachable,
                "no handshake"},
        OddPeer{"FatalAlert",
                std::string("\x15\x03\x03\x00\x02\x02\x28", 7),
                kClose,
                Outcome::kAlert,
                "handshake failure (40)"}),
    [](const auto& info) { return info.param.name; });

TEST_F(TlsProberTest, ThrowsOnlyWhenCancelled) {
  RawPeer peer(io_, "", kSaySilence);
  asio::cancellation_signal signal;
  std::optional<ErrorKind> kind;
  auto ended = [&](std::exception_ptr failure, const Probe&) {
    try {
      if (failure) std::rethrow_exception(failure);
    } catch (const Error& error) {
      kind = error.kind;
    }
    io_.stop();
  };
  ProbeRequest request{.server_name = "cdn.example.com", .address = peer.address()};
  asio::co_spawn(io_,
                 prober_.probe(std::move(request)),
                 asio::bind_cancellation_slot(signal.slot(), std::move(ended)));
  asio::post(io_, [&] { signal.emit(asio::cancellation_type::terminal); });
  io_.run();
  EXPECT_EQ(kind, ErrorKind::kCancelled);
}

TEST_F(TlsProberTest, TakesManyProbesAtOnce) {
  TlsPeer peer(io_, leaf_, "cdn.example.com");
  int served = 0;
  int left = 50;
  for (int i = left; i > 0; --i) {
    ProbeRequest request{.server_name = "cdn.example.com", .address = peer.address()};
    asio::co_spawn(
        io_, prober_.probe(std::move(request)), [&](std::exception_ptr failure, const Probe& seen) {
          if (!failure && seen.outcome == Outcome::kServed) ++served;
          if (--left == 0) io_.stop();
        });
  }
  io_.run();
  EXPECT_EQ(served, 50);
}

}  // namespace
}  // namespace certferry
