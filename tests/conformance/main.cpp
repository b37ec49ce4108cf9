// Runs the cases and tells, product by product, how many it passed and what cannot be had there.

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <fstream>
#include <map>
#include <string>
#include <vector>

#include "sim/products/drawn.h"

namespace certferry::conformance {

namespace {

struct Tally {
  std::size_t passed = 0;
  std::vector<std::string> failed;
  std::vector<std::string> skipped;
};

/// How the cases of "aliyun/cas-deploy" are named: a test's name has letters, digits and "_".
std::string of_tests(std::string product) {
  for (char& one : product) {
    if (one == '/' || one == '-') one = '_';
  }
  return product;
}

/// Counts by the parameter's name: "ConformanceTest", "FirstDeploy/aliyun_cdn".
class Table final : public ::testing::EmptyTestEventListener {
 public:
  void OnTestEnd(const ::testing::TestInfo& test) override {
    const std::string name = test.name();
    const auto slash = name.find('/');
    if (slash == std::string::npos) return;
    Tally& tally = tallies_[name.substr(slash + 1)];
    const std::string what = name.substr(0, slash);
    if (test.result()->Skipped()) {
      tally.skipped.push_back(what);
    } else if (test.result()->Passed()) {
      ++tally.passed;
    } else {
      tally.failed.push_back(what);
    }
  }

  std::string text() const {
    std::string out = "product                  passed  failed  n/a  proved\n";
    std::string reasons;
    for (const sim::Product& one : sim::all_products()) {
      const ProductMetadata& product = *one.product;
      const std::string name = one.name();
      const auto found = tallies_.find(of_tests(name));
      const Tally tally = found == tallies_.end() ? Tally() : found->second;
      std::array<char, 160> line{};
      std::snprintf(line.data(),
                    line.size(),
                    "%-23s %7zu %7zu %4zu  %s\n",
                    name.c_str(),
                    tally.passed,
                    tally.failed.size(),
                    tally.skipped.size(),
                    std::string(product.proof).c_str());
      out += line.data();
      for (const Exemption& exempt : product.exempt) {
        reasons += name + ": " + std::string(exempt.which) + ": " + std::string(exempt.why) + "\n";
      }
    }
    return out + (reasons.empty() ? "" : "not applicable\n" + reasons);
  }

 private:
  std::map<std::string, Tally> tallies_;
};

}  // namespace

}  // namespace certferry::conformance

int main(int argc, char** argv) {
  testing::InitGoogleMock(&argc, argv);
  const std::string_view option = "--table=";
  auto* table = new certferry::conformance::Table;  // gtest's from here on
  testing::UnitTest::GetInstance()->listeners().Append(table);
  const int result = RUN_ALL_TESTS();
  const std::string text = table->text();
  std::fputs(text.c_str(), stdout);
  for (int i = 1; i < argc; ++i) {
    const std::string_view given = argv[i];
    if (given.starts_with(option)) std::ofstream(std::string(given.substr(option.size()))) << text;
  }
  return result;
}
