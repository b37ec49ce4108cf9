// The domains of one of Alibaba Cloud's content networks, and which certificate each is set to.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "providers/aliyun/products.h"

namespace certferry {

/// What CDN, DCDN, Live and VOD call the same things by, and which of them each has.
struct AliyunNetwork {
  std::string_view id;    ///< "dcdn", as the configuration has it
  std::string_view name;  ///< "DCDN", for people
  AliyunService service;
  std::string_view list_domains;
  std::string_view list_https;       ///< empty: no list says which certificates there are
  std::string_view get_certificate;  ///< empty: by the list of HTTPS, which has names, not ids
  std::string_view bind;
  std::string_view https_flag;  ///< of a domain in the list: "on" or "off"; empty: it has none
  std::string_view status = "DomainStatus";
  unsigned domains_a_page = 500;
};

extern const AliyunNetwork kAliyunCdn;   // cdn.cpp
extern const AliyunNetwork kAliyunDcdn;  // dcdn.cpp
extern const AliyunNetwork kAliyunLive;  // live.cpp
extern const AliyunNetwork kAliyunVod;   // vod.cpp

/// Lifetime: network, account and store outlive it and its tasks.
class AliyunDomains final : public AliyunProduct {
 public:
  AliyunDomains(const AliyunNetwork& network, AliyunAccount& account, AliyunCas& cas)
      : network_(network), account_(account), cas_(cas) {}

  std::string_view id() const override { return network_.id; }
  std::string_view name() const override { return network_.name; }
  Task<std::vector<Binding>> list() override;
  Task<BindDone> bind(BindRequest request) override;

 private:
  /// What the list of HTTPS domains says of one: enough to see that its certificate was changed.
  struct Row {
    std::string certificate;  ///< by its name in the store
    std::string updated_at;
    std::string whole;
    std::string type;  ///< "upload": a copy that the store may know nothing of
  };
  using Rows = std::map<std::string, Row>;  // by canonical name
  using BoundId = std::optional<std::string>;
  /// What a call for one domain says.
  struct Answer {
    BoundId id;
    std::string certificate;  ///< its name

    /// Whether the row is about the same certificate, and not about one that was there before.
    bool is_of(const Row& row) const {
      return !certificate.empty() && certificate == row.certificate;
    }
  };
  using Bindings = std::vector<Binding>;

  Task<std::vector<nlohmann::json>> list_items(AliyunList list);
  Task<Rows> list_https();
  Task<Bindings> name_certificates(Bindings bindings, Rows rows);
  Task<Bindings> ask_for_certificates(Bindings bindings, Rows rows);
  /// The certificate of one domain: by what was answered before, if its row is as it was then.
  Task<Answer> ask(std::string name, std::string vendor_name, std::optional<Row> row);
  AliyunCall call(std::string_view action, Effect effect, std::string doing) const;
  Task<Answer> read_certificate(nlohmann::json reply);

  const AliyunNetwork& network_;
  AliyunAccount& account_;
  AliyunCas& cas_;
  std::map<std::string, std::pair<std::string, BoundId>> answered_;  ///< row and answer, by name
};

}  // namespace certferry
