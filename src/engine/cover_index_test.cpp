#include "engine/cover_index.h"

#include <gtest/gtest.h>

#include "model/name.h"

namespace certferry {
namespace {

std::vector<std::string> names_of(const std::vector<const Binding*>& bindings) {
  std::vector<std::string> names;
  for (const Binding* one : bindings) names.push_back(one->name);
  return names;
}

TEST(CoverIndexTest, AgreesWithAskingEachDomainInTheListsOrder) {
  const std::vector<std::string> domains = {"www.example.com",
                                            "b.example.com",
                                            "a.example.com",
                                            "deep.a.example.com",
                                            "*.example.com",
                                            "example.com",
                                            "com",
                                            "xexample.com",
                                            "www.example.org",
                                            "192.0.2.7",
                                            "2001:DB8::1",
                                            "a.example.com"};
  std::vector<Binding> bindings;
  for (const std::string& name : domains) bindings.push_back({.name = name});
  const CoverIndex index(bindings);
  const std::vector<std::vector<std::string>> certificates = {{},
                                                              {"*.example.com"},
                                                              {"*.example.com", "a.example.com"},
                                                              {"*.a.example.com", "example.com"},
                                                              {"*.com"},
                                                              {"nothing.example.net"},
                                                              {"192.0.2.7"}};
  for (const auto& names : certificates) {
    for (const std::vector<std::string>& ips :
         {std::vector<std::string>{}, {"192.0.2.7"}, {"2001:db8::1"}}) {
      Certificate leaf;
      leaf.dns_names = names;
      leaf.ip_addresses = ips;
      std::vector<std::string> asked;
      for (const std::string& name : domains) {
        if (any_covers(names, ips, name)) asked.push_back(name);
      }
      EXPECT_EQ(names_of(index.covered_by(leaf)), asked);
    }
  }
}

}  // namespace
}  // namespace certferry
