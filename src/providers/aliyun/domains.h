// The domains of one of Alibaba Cloud's content networks, and which certificate each is set to.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "ports/provider.h"
#include "providers/aliyun/account.h"

namespace certferry {

/// What CDN and DCDN call the same things by; their answers differ in no more.
struct AliyunProduct {
  std::string_view id;    ///< "dcdn", as the configuration has it
  std::string_view name;  ///< "DCDN", for people
  AliyunService service;
  std::string_view list_domains;
  std::string_view list_https;
  std::string_view get_certificate;
  std::string_view bind;
  std::string_view https_flag;  ///< of a domain in the list: "on" or "off"
};

extern const AliyunProduct kAliyunCdn;   // cdn.cpp
extern const AliyunProduct kAliyunDcdn;  // dcdn.cpp

/// Lifetime: product and account outlive it and its tasks.
class AliyunDomains {
 public:
  AliyunDomains(const AliyunProduct& product, AliyunAccount& account)
      : product_(product), account_(account) {}

  const AliyunProduct& product() const { return product_; }
  Task<std::vector<Binding>> list();
  Task<void> bind(Binding binding, std::string stored_id);

 private:
  /// What the list of HTTPS domains says of one: enough to see that its certificate was changed.
  struct Row {
    std::string certificate;  ///< by its name in the store
    std::string updated_at;
    std::string whole;
  };
  using Rows = std::map<std::string, Row>;  // by canonical name
  using BoundId = std::optional<std::string>;

  Task<std::vector<nlohmann::json>> list_items(AliyunList list);
  Task<Rows> list_https();
  /// The certificate of one domain: by what was answered before, if its row is as it was then.
  Task<BoundId> ask(std::string name, std::string vendor_name, std::optional<Row> row);
  AliyunCall call(std::string_view action, Effect effect, std::string doing) const;
  Result<BoundId> read_certificate(const nlohmann::json& reply) const;

  const AliyunProduct& product_;
  AliyunAccount& account_;
  std::map<std::string, std::pair<std::string, BoundId>> answered_;  ///< row and answer, by name
};

}  // namespace certferry
