// The products of Tencent Cloud that serve from its certificate store, behind one face.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "ports/provider.h"
#include "ports/sleeper.h"
#include "providers/tencentcloud/account.h"
#include "providers/tencentcloud/ssl.h"

namespace certferry {

/// One name of a product, as its list has it.
struct TencentDomain {
  Binding binding;
  std::vector<std::string> certificates;  ///< all that it refers to, whatever became of them
};

/// Lifetime: the account, its store and the sleeper outlive it and its tasks.
class TencentProduct {
 public:
  virtual ~TencentProduct() = default;
  virtual std::string_view id() const = 0;    ///< "eo", as the configuration has it
  virtual std::string_view name() const = 0;  ///< "EdgeOne", for people

  /// Whether a refusal may mean that the account never opened the service, for want of a code that
  /// says so.
  virtual bool may_be_unopened() const { return false; }
  virtual Task<std::vector<TencentDomain>> list() = 0;
  virtual Task<BindDone> bind(BindRequest request) = 0;
};

std::unique_ptr<TencentProduct> make_tencent_cdn(TencentAccount& account);  // cdn.cpp
std::unique_ptr<TencentProduct> make_tencent_eo(TencentAccount& account,
                                                TencentSsl& ssl);           // eo.cpp
std::unique_ptr<TencentProduct> make_tencent_css(TencentAccount& account);  // css.cpp
std::unique_ptr<TencentProduct> make_tencent_vod(TencentAccount& account);  // vod.cpp
std::unique_ptr<TencentProduct> make_tencent_waf(TencentAccount& account);  // waf.cpp
/// `sleeper` null: nobody waits for what comes of a bind.
std::unique_ptr<TencentProduct> make_tencent_cos(TencentAccount& account,
                                                 Sleeper* sleeper);  // cos.cpp
std::unique_ptr<TencentProduct> make_tencent_clb(TencentAccount& account,
                                                 TencentSsl& ssl,
                                                 Sleeper* sleeper);  // clb.cpp

std::unique_ptr<TencentProduct> make_tencent_ssl_deploy(TencentAccount& account,
                                                        Sleeper* sleeper);  // ssl_deploy.cpp

/// What stands for a certificate that a name is set to and does not serve, for its deployment
/// failed: no id, so that it never looks bound, and what the vendor says of it.
std::string failed_deployment(const std::string& id);

/// A certificate that an entry refers to; empty: none. Throws `reply.no_id`.
std::string tencent_reference(const nlohmann::json& value, std::string_view key);

/// Lists a setting, as the vendor writes it, without the keys that lists give away.
void list_tencent_setting(Binding& binding, const std::string& path, const nlohmann::json* value);

/// As names are compared. One that is none stays under its own spelling, which no target matches.
std::string tencent_name(const std::string& spelled);

/// Whether the account never opened the service: then it has no domains there.
bool is_unopened(const Error& error);

/// "pointing cdn.example.com of CDN at certificate abcd1234 of Tencent Cloud", for errors.
std::string tencent_binding(const BindRequest& request, std::string_view product);

}  // namespace certferry
