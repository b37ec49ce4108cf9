// A vendor, or what stands in front of it, may send back what it was sent. Whatever comes, no error
// may carry the private key, the secret key or a signature.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "base/text.h"
#include "crypto/digest.h"
#include "providers/dogecloud/dogecloud.h"
#include "providers/testing/recording_http.h"
#include "signing/dogecloud_token.h"

namespace certferry {
namespace {

using testing::finish;
using testing::RecordingHttp;

const std::string kSecretKey = "sk5f0CanaryOfTheSecretKey9d31e7b2";
const std::string kKeyLine = "MIGHCanary0OfThePrivateKey1InBase64Letters2AsLongAsALineOfPem3Is";
const std::string kKeyTail = "LastLineCanary==";

std::string key_pem() {
  const std::string label = " PRIVATE KEY-----\n";
  return "-----BEGIN" + label + kKeyLine + "\n" + kKeyLine + "\n" + kKeyTail + "\n-----END" + label;
}

std::string hex(const std::string& text) {
  return to_hex(std::span(reinterpret_cast<const unsigned char*>(text.data()), text.size()));
}

/// Every way in which the secrets are likely to come back.
std::vector<std::string> echoes() {
  std::vector<std::string> out;
  for (const std::string& secret : {key_pem(), kSecretKey}) {
    out.insert(out.end(), {secret, hex(secret), base64_encode(secret)});
    out.push_back("证书解析失败: " + secret);
  }
  const auto header = dogecloud_authorization(
      "AK", Secret(kSecretKey), "/cdn/cert/bind.json", R"({"id":7,"domain":"cdn.example.com"})");
  out.push_back("签名错误, expected " + std::string(header.value().reveal()));
  return out;
}

std::vector<HttpResponse> answers(const std::string& echo) {
  using Json = nlohmann::json;
  std::vector<HttpResponse> out;
  for (const int status : {200, 302, 400, 401, 403, 404, 409, 429, 500, 502}) {
    std::vector<std::string> bodies = {echo,
                                       "<html>" + echo + "</html>",
                                       "{\"code\":400,\"msg\":\"" + echo,
                                       Json{{"msg", echo}}.dump(),
                                       Json{{"code", echo}, {"msg", "x"}}.dump(),
                                       Json{{"code", 200}, {"data", echo}}.dump(),
                                       Json{{"code", 200}, {"data", {{"id", {echo}}}}}.dump()};
    for (const int code : {0, 400, 401, 404, 429, 500}) {
      bodies.push_back(Json{{"code", code}, {"msg", echo}, {"err_code", echo}}.dump());
    }
    for (std::string& body : bodies) {
      out.push_back({.status = status,
                     .headers = {{"content-type", echo}, {"retry-after", echo}},
                     .body = std::move(body)});
    }
  }
  return out;
}

/// The first eight characters or more of a secret that stand in the text; empty when none do.
std::string leak_in(const std::string& text) {
  const auto header = dogecloud_authorization(
      "AK", Secret(kSecretKey), "/cdn/cert/bind.json", R"({"id":7,"domain":"cdn.example.com"})");
  const std::string signature = std::string(header.value().reveal()).substr(9);
  for (const std::string& secret : {kKeyLine, kKeyTail, kSecretKey, signature}) {
    for (const std::string& form : {secret, hex(secret), base64_encode(secret)}) {
      for (std::size_t at = 0; at + 8 <= form.size(); ++at) {
        if (text.contains(form.substr(at, 8))) return form.substr(at, 8);
      }
    }
  }
  return {};
}

/// Text of every call's error when all are answered alike.
std::vector<std::string> errors_for(const HttpResponse& answer) {
  RecordingHttp http;
  for (int i = 0; i < 6; ++i) http.will_answer(answer);
  DogeCloud account({.endpoint = "https://api.dogecloud.com",
                     .access_key = "AK",
                     .secret_key = Secret(kSecretKey)},
                    http);
  auto bundle = std::make_shared<Bundle>();
  bundle->chain_pem = "C";
  bundle->key_pem = Secret(key_pem());
  BindRequest bind{.product = "cdn", .binding = {}, .stored_id = "7", .bundle = bundle};
  bind.binding.vendor_name = "cdn.example.com";

  std::vector<std::string> out;
  const auto keep = [&](const auto& result) {
    if (!result) out.push_back(result.error().what());
  };
  keep(finish(account.list_bindings("cdn")));
  keep(finish(account.list_stored()));
  keep(finish(account.upload(bundle, "label")));
  keep(finish(account.bind(bind)));
  keep(finish(account.remove("7")));
  return out;
}

TEST(DogeCloudSecretsTest, NoErrorCarriesASecretWhateverTheVendorSendsBack) {
  std::size_t looked_at = 0;
  for (const std::string& echo : echoes()) {
    for (const HttpResponse& answer : answers(echo)) {
      for (const std::string& text : errors_for(answer)) {
        ++looked_at;
        ASSERT_EQ(leak_in(text), "") << text;
      }
    }
  }
  EXPECT_GT(looked_at, 4'000U);
}

}  // namespace
}  // namespace certferry
