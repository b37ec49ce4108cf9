#include "providers/registry.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "base/fixed_random.h"
#include "providers/testing/recording_http.h"
#include "providers/testing/still_clock.h"

namespace certferry {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

ProviderOptions options(std::string secret_key = "SKEXAMPLE") {
  return {.endpoint = "",
          .credentials = {{"access_key", Secret("AKEXAMPLE")},
                          {"secret_key", Secret(std::move(secret_key))}}};
}

Error error_of(const std::string& id, const ProviderOptions& given) {
  testing::RecordingHttp http;
  try {
    const testing::StillClock clock;
    testing::FixedRandom random(7);
    make_provider(id, given, {.http = http, .clock = clock, .random = random});
  } catch (const Error& error) {
    return error;
  }
  return Error(ErrorKind::kInternal, "nothing was thrown");
}

TEST(RegistryTest, EveryVendorSaysWhatAPersonNeeds) {
  std::set<std::string_view> ids;
  for (const ProviderMetadata& one : provider_metadata()) {
    EXPECT_TRUE(ids.insert(one.id).second) << one.id;
    EXPECT_FALSE(one.name.empty());
    if (one.has_api()) {
      EXPECT_TRUE(one.endpoint.starts_with("https://"));
      EXPECT_TRUE(one.keys_url.starts_with("https://"));
    }
    EXPECT_FALSE(one.documents.empty());
    EXPECT_FALSE(one.fields.empty());
    EXPECT_FALSE(one.products.empty());
    EXPECT_GT(one.limits.calls_per_second, 0);
    EXPECT_GE(one.limits.max_in_flight, 1U);
    for (const FieldMetadata& field : one.fields) EXPECT_FALSE(field.help.empty()) << field.key;
    for (const Oddity& oddity : one.oddities) EXPECT_FALSE(oddity.evidence.empty()) << oddity.what;
    for (const ProductMetadata& product : one.products) {
      EXPECT_FALSE(product.proof.empty());
      EXPECT_GE(product.confirm.deadline, product.confirm.spread);
    }
  }
  EXPECT_TRUE(ids.contains("dogecloud"));
  EXPECT_TRUE(ids.contains("aliyun"));
  EXPECT_TRUE(ids.contains("huaweicloud"));
  EXPECT_TRUE(ids.contains("qiniu"));
  EXPECT_TRUE(ids.contains("upyun"));
  EXPECT_TRUE(ids.contains("cloudflare"));
  EXPECT_TRUE(ids.contains("bunny"));
  EXPECT_TRUE(ids.contains("gcore"));
}

TEST(RegistryTest, MakesAnAccountAtTheVendorsOwnEndpointOrAtAnother) {
  for (const std::string endpoint : {"", "http://127.0.0.1:8080", "http://127.0.0.1:8080/"}) {
    testing::RecordingHttp http;
    http.will_answer(200, R"({"code":200,"data":{"domains":[]}})");
    ProviderOptions given = options();
    given.endpoint = endpoint;
    const testing::StillClock clock;
    testing::FixedRandom random(7);
    const auto account =
        make_provider("dogecloud", given, {.http = http, .clock = clock, .random = random});
    EXPECT_EQ(account->metadata().id, "dogecloud");
    ASSERT_TRUE(testing::finish(account->list_bindings("cdn")).has_value());
    EXPECT_EQ(
        http.sent.at(0).url,
        (endpoint.empty() ? std::string("https://api.dogecloud.com") : "http://127.0.0.1:8080") +
            "/cdn/domain/list.json");
  }
}

TEST(RegistryTest, NamesTheVendorMostLikelyMeant) {
  const Error error = error_of("dogeclout", options());
  EXPECT_EQ(error.kind, ErrorKind::kInvalidInput);
  EXPECT_EQ(error.code, "provider.unknown");
  EXPECT_THAT(error.text(), HasSubstr("did you mean dogecloud?"));
  EXPECT_THAT(error_of("zzz", options()).text(), HasSubstr("known are: dogecloud, aliyun"));
}

TEST(RegistryTest, SaysOfAnAccountWhatItsVariationIs) {
  std::size_t variations = 0;
  for (const ProviderMetadata& vendor : provider_metadata()) {
    EXPECT_EQ(&metadata_for(vendor, {}), &vendor);
    for (const Variation& one : variations_of(vendor.id)) {
      ++variations;
      const std::string field(one.field);
      EXPECT_EQ(&metadata_for(vendor, {{field, Secret("none")}}), &vendor);
      const ProviderMetadata& other =
          metadata_for(vendor, {{field, Secret(std::string(one.value))}});
      EXPECT_EQ(&other, &one.metadata());
      EXPECT_EQ(other.id, vendor.id);
      EXPECT_EQ(std::ranges::count(vendor.fields, one.field, &FieldMetadata::key), 1);
      ASSERT_EQ(other.products.size(), vendor.products.size());
      for (std::size_t i = 0; i < other.products.size(); ++i) {
        EXPECT_EQ(other.products[i].id, vendor.products[i].id);
      }
    }
  }
  EXPECT_GT(variations, 0U);
}

TEST(RegistryTest, RefusesMissingAndBrokenKeysWithoutShowingThem) {
  using namespace std::string_literals;
  for (const std::string& bad : {""s, "canary\n"s, "canary\r"s, "can\0ary"s}) {
    const Error error = error_of("dogecloud", options(bad));
    EXPECT_EQ(error.kind, ErrorKind::kInvalidInput);
    EXPECT_EQ(error.code, "provider.credential");
    EXPECT_THAT(error.text(), HasSubstr("secret_key"));
    EXPECT_THAT(error.text(), HasSubstr("https://console.dogecloud.com/user/keys"));
    EXPECT_THAT(error.text(), Not(HasSubstr("can")));
  }
  ProviderOptions none = options();
  none.credentials.erase("access_key");
  EXPECT_THAT(error_of("dogecloud", none).text(), HasSubstr("access_key is missing"));
}

}  // namespace
}  // namespace certferry
