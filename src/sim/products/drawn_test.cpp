#include "sim/products/drawn.h"

#include <gtest/gtest.h>

#include <set>

namespace certferry::sim {
namespace {

TEST(DrawnTest, EachProductHasItsTurn) {
  std::set<std::string> seen;
  const std::vector<Product>& all = all_products();
  for (std::uint64_t seed = 1; seed <= all.size(); ++seed) {
    seen.insert(product_of(seed, all).name());
  }
  EXPECT_EQ(seen.size(), all.size());
}

TEST(DrawnTest, ProductsAreNamedByVendorOrByThemselves) {
  EXPECT_EQ(products_named("").size(), all_products().size());
  EXPECT_EQ(products_named("dogecloud/cdn").size(), 1U);
  EXPECT_GT(products_named("aliyun").size(), 5U);
  try {
    products_named("aliyun/cnd");
    FAIL() << "there is no such product";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind, ErrorKind::kInvalidInput);
    EXPECT_NE(error.text().find("aliyun/cdn"), std::string::npos) << error.text();
  }
}

TEST(DrawnTest, TheSameSeedIsTheSameRun) {
  std::set<std::uint64_t> hashes;
  for (const std::uint64_t seed : {1U, 30U, 50U}) {
    const SeedResult first = simulate_product(seed, all_products());
    EXPECT_FALSE(first.violation) << first.violation->sentence;
    EXPECT_EQ(simulate_product(seed, all_products()).hash, first.hash) << "seed " << seed;
    hashes.insert(first.hash);
  }
  EXPECT_EQ(hashes.size(), 3U);
}

}  // namespace
}  // namespace certferry::sim
