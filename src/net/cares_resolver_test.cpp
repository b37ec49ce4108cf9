#include "net/cares_resolver.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/ip/udp.hpp>

#include "net/test_peer.h"

namespace certferry {
namespace {

namespace asio = boost::asio;
using asio::ip::udp;
using test::await;
using test::kNoThrow;
using testing::ElementsAre;

/// A name server on 127.0.0.1 that knows a few records and answers as it is told.
class NameServer {
 public:
  enum class Answer { kRecords, kNoSuchName, kServerFailure, kSilence, kTruncatedRecord };
  struct Question {
    std::string name;
    int type = 0;  ///< 1 = A, 28 = AAAA
    auto operator<=>(const Question&) const = default;
  };

  explicit NameServer(asio::io_context& io)
      : socket_(io, {asio::ip::make_address("127.0.0.1"), 0}) {
    asio::co_spawn(io, serve(), asio::detached);
  }
  std::string server() const {
    return "127.0.0.1:" + std::to_string(socket_.local_endpoint().port());
  }
  /// Answers what silence was kept about.
  void break_silence() {
    silent = false;
    for (const auto& [packet, from] : std::exchange(kept_, {})) {
      socket_.send_to(asio::buffer(reply_to(packet)), from);
    }
  }

  std::map<Question, std::vector<std::string>> records;
  std::map<Question, Answer> answers;  ///< where it is not kRecords
  bool silent = false;
  std::vector<Question> asked;

 private:
  Task<void> serve() {
    while (true) {
      std::string packet(512, '\0');
      udp::endpoint from;
      auto [error, size] =
          co_await socket_.async_receive_from(asio::buffer(packet), from, kNoThrow);
      if (error) co_return;
      packet.resize(size);
      Question question = question_of(packet);
      asked.push_back(question);
      if (silent || answers[question] == Answer::kSilence) {
        kept_.emplace_back(packet, from);
        continue;
      }
      std::string reply = reply_to(packet);
      co_await socket_.async_send_to(asio::buffer(reply), from, kNoThrow);
    }
  }

  static std::size_t end_of_question(const std::string& packet) {
    return packet.find('\0', 12) + 5;
  }

  static Question question_of(const std::string& packet) {
    Question question;
    std::size_t at = 12;
    while (packet[at] != '\0') {
      auto length = static_cast<unsigned char>(packet[at]);
      if (!question.name.empty()) question.name += '.';
      question.name += packet.substr(at + 1, length);
      at += length + 1;
    }
    question.type = static_cast<unsigned char>(packet[at + 2]);
    return question;
  }

  std::string reply_to(const std::string& packet) {
    Question question = question_of(packet);
    Answer answer = answers[question];
    const std::vector<std::string>& ips = records[question];
    const int code = answer == Answer::kNoSuchName ? 3 : answer == Answer::kServerFailure ? 2 : 0;
    std::string reply =
        packet.substr(0, 2) + "\x81" + static_cast<char>(static_cast<unsigned char>(0x80 | code));
    reply += std::string("\0\x01\0", 3) + static_cast<char>(ips.size()) + std::string(4, '\0');
    reply += packet.substr(12, end_of_question(packet) - 12);
    for (const std::string& ip : ips) {
      std::string bytes = bytes_of(ip);
      reply += std::string("\xc0\x0c\0", 3) + static_cast<char>(question.type);
      reply += std::string("\0\x01\0\0\0\x3c\0", 7) + static_cast<char>(bytes.size()) + bytes;
    }
    if (answer == Answer::kTruncatedRecord) reply.resize(reply.size() - 2);
    return reply;
  }

  static std::string bytes_of(const std::string& ip) {
    asio::ip::address address = asio::ip::make_address(ip);
    if (address.is_v4()) {
      auto bytes = address.to_v4().to_bytes();
      return {bytes.begin(), bytes.end()};
    }
    auto bytes = address.to_v6().to_bytes();
    return {bytes.begin(), bytes.end()};
  }

  udp::socket socket_;
  std::vector<std::pair<std::string, udp::endpoint>> kept_;
};

constexpr int kA = 1;
constexpr int kAaaa = 28;
using Answer = NameServer::Answer;

class CaresResolverTest : public testing::Test {
 protected:
  Result<std::vector<Address>> resolve(std::string name, milliseconds timeout = seconds(20)) {
    return await(io_, resolver_.resolve(std::move(name), timeout));
  }

  asio::io_context io_;
  NameServer server_{io_};
  CaresResolver resolver_{
      io_,
      {.resolve = {{"fixed.example.com", {{"192.0.2.9", 8443}, {"192.0.2.1", 443}}},
                   {"*.many.example", {{"192.0.2.30", 443}}},
                   {"own.many.example", {{"192.0.2.31", 443}}}},
       .servers = {server_.server()}}};
};

TEST_F(CaresResolverTest, FindsAddressesOfBothFamiliesSorted) {
  server_.records[{"cdn.example.com", kA}] = {"192.0.2.20", "192.0.2.3", "192.0.2.3"};
  server_.records[{"cdn.example.com", kAaaa}] = {"2001:db8::1"};
  Result<std::vector<Address>> found = resolve("cdn.example.com");
  ASSERT_TRUE(found) << found.error().text();
  EXPECT_THAT(*found,
              ElementsAre(Address{"192.0.2.20"}, Address{"192.0.2.3"}, Address{"2001:db8::1"}));
}

TEST_F(CaresResolverTest, IsContentWithOneFamilyWhenTheOtherHasNone) {
  server_.records[{"four.example.com", kA}] = {"192.0.2.4"};
  server_.records[{"six.example.com", kAaaa}] = {"2001:db8::6"};
  EXPECT_THAT(resolve("four.example.com").value(), ElementsAre(Address{"192.0.2.4"}));
  EXPECT_THAT(resolve("six.example.com").value(), ElementsAre(Address{"2001:db8::6"}));
}

TEST_F(CaresResolverTest, SaysWhyThereAreNoAddresses) {
  struct {
    Answer a;
    Answer aaaa;
    ErrorKind kind;
    const char* code;
  } cases[] = {
      {Answer::kNoSuchName, Answer::kNoSuchName, ErrorKind::kNotFound, "dns.no_address"},
      {Answer::kServerFailure, Answer::kServerFailure, ErrorKind::kUnavailable, ""},
      {Answer::kTruncatedRecord,
       Answer::kTruncatedRecord,
       ErrorKind::kUnavailable,
       "dns.malformed"},
      // Half an answer is none: the other half may be where the old certificate is still served.
      {Answer::kRecords, Answer::kServerFailure, ErrorKind::kUnavailable, ""},
      {Answer::kServerFailure, Answer::kRecords, ErrorKind::kUnavailable, ""},
  };
  int number = 0;
  for (const auto& [a, aaaa, kind, code] : cases) {
    std::string name = "case" + std::to_string(++number) + ".example.com";
    if (a != Answer::kNoSuchName) {
      server_.records[{name, kA}] = {"192.0.2.1"};
      server_.records[{name, kAaaa}] = {"2001:db8::1"};
    }
    server_.answers = {{{name, kA}, a}, {{name, kAaaa}, aaaa}};
    Result<std::vector<Address>> found = resolve(name);
    ASSERT_FALSE(found) << name;
    EXPECT_EQ(found.error().kind, kind) << name << ": " << found.error().text();
    EXPECT_EQ(found.error().code, code) << name;
  }
}

TEST_F(CaresResolverTest, KeepsWhatWasFoundButNoFailure) {
  server_.answers = {{{"new.example.com", kA}, Answer::kNoSuchName},
                     {{"new.example.com", kAaaa}, Answer::kNoSuchName}};
  EXPECT_FALSE(resolve("new.example.com"));
  server_.answers.clear();
  server_.records[{"new.example.com", kA}] = {"192.0.2.1"};
  EXPECT_TRUE(resolve("new.example.com"));
  EXPECT_TRUE(resolve("new.example.com"));
  EXPECT_EQ(server_.asked.size(), 4u);
}

TEST_F(CaresResolverTest, AsksOnceForAllWhoAskAtOnce) {
  server_.records[{"cdn.example.com", kA}] = {"192.0.2.1"};
  int good = 0;
  int left = 10;
  for (int i = left; i > 0; --i) {
    asio::co_spawn(io_,
                   resolver_.resolve("cdn.example.com", seconds(20)),
                   [&](std::exception_ptr failure, const std::vector<Address>& found) {
                     if (!failure && found.size() == 1) ++good;
                     if (--left == 0) io_.stop();
                   });
  }
  io_.run();
  EXPECT_EQ(good, 10);
  EXPECT_EQ(server_.asked.size(), 2u);
}

TEST_F(CaresResolverTest, GivesUpWhenTheDeadlinePassesWhileOthersWaitOn) {
  server_.records[{"slow.example.com", kA}] = {"192.0.2.1"};
  server_.silent = true;
  std::optional<std::size_t> patient;
  asio::co_spawn(io_,
                 resolver_.resolve("slow.example.com", seconds(20)),
                 [&](std::exception_ptr failure, const std::vector<Address>& found) {
                   if (!failure) patient = found.size();
                   io_.stop();
                 });
  Result<std::vector<Address>> hasty = resolve("slow.example.com", milliseconds(50));
  ASSERT_FALSE(hasty);
  EXPECT_EQ(hasty.error().kind, ErrorKind::kTimedOut);
  EXPECT_FALSE(patient);
  server_.break_silence();
  io_.restart();
  io_.run();
  EXPECT_EQ(patient, 1u);
  EXPECT_EQ(server_.asked.size(), 2u);
}

TEST_F(CaresResolverTest, StopsAskingASilentServer) {
  server_.silent = true;
  CaresResolver hasty(io_,
                      {.resolve = {},
                       .servers = {server_.server()},
                       .server_timeout = milliseconds(50),
                       .server_tries = 2});
  Result<std::vector<Address>> found = await(io_, hasty.resolve("a.example.com", seconds(20)));
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().kind, ErrorKind::kTimedOut);
  EXPECT_EQ(server_.asked.size(), 4u);
}

TEST_F(CaresResolverTest, AWildcardIsForTheNamesDirectlyBelow) {
  EXPECT_TRUE(resolver_.overridden("one.many.example"));
  EXPECT_THAT(resolve("one.many.example").value(), ElementsAre(Address{"192.0.2.30"}));
  EXPECT_THAT(resolve("own.many.example").value(), ElementsAre(Address{"192.0.2.31"}));
  EXPECT_FALSE(resolver_.overridden("many.example"));
  EXPECT_FALSE(resolver_.overridden("a.one.many.example"));
  EXPECT_FALSE(resolver_.overridden("localhost"));
}

TEST_F(CaresResolverTest, AnswersOverridesAndAddressesWithoutAsking) {
  EXPECT_TRUE(resolver_.overridden("fixed.example.com"));
  EXPECT_FALSE(resolver_.overridden("cdn.example.com"));
  EXPECT_THAT(resolve("fixed.example.com").value(),
              ElementsAre(Address{"192.0.2.1", 443}, Address{"192.0.2.9", 8443}));
  EXPECT_THAT(resolve("192.0.2.7").value(), ElementsAre(Address{"192.0.2.7"}));
  EXPECT_THAT(resolve("2001:DB8:0::7").value(), ElementsAre(Address{"2001:db8::7"}));
  EXPECT_TRUE(server_.asked.empty());
}

TEST_F(CaresResolverTest, ThrowsCancelledWhenCancelled) {
  server_.silent = true;
  asio::cancellation_signal signal;
  std::optional<ErrorKind> kind;
  auto ended = [&](std::exception_ptr failure, const std::vector<Address>&) {
    try {
      if (failure) std::rethrow_exception(failure);
    } catch (const Error& error) {
      kind = error.kind;
    }
    io_.stop();
  };
  asio::co_spawn(io_,
                 resolver_.resolve("cdn.example.com", seconds(20)),
                 asio::bind_cancellation_slot(signal.slot(), std::move(ended)));
  asio::post(io_, [&] { signal.emit(asio::cancellation_type::terminal); });
  io_.run();
  EXPECT_EQ(kind, ErrorKind::kCancelled);
}

}  // namespace
}  // namespace certferry
