// What each of Alibaba Cloud's products does that serves from the certificate store.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "ports/provider.h"
#include "providers/aliyun/account.h"
#include "providers/aliyun/cas.h"

namespace certferry {

/// What a binding's id begins with where a domain has a certificate of CAS without an id, under a
/// name that CAS does not list or none: which one it is nobody knows (kUnknownInStore).
constexpr std::string_view kUnknownInCas = "unknown in CAS:";

class AliyunProduct {
 public:
  virtual ~AliyunProduct() = default;
  virtual std::string_view id() const = 0;    ///< "dcdn", as the configuration has it
  virtual std::string_view name() const = 0;  ///< "DCDN", for people
  virtual Task<std::vector<Binding>> list() = 0;
  /// Whatever has a certificate, each with a single one: what a deletion goes by. More than list()
  /// where a domain may have several.
  virtual Task<std::vector<Binding>> list_users() { return list(); }
  virtual Task<BindDone> bind(BindRequest request) = 0;
};

/// Lifetime: the account outlives it and its tasks.
std::unique_ptr<AliyunProduct> make_aliyun_waf(AliyunAccount& account);  // waf.cpp

/// "pointing cdn.example.com of CDN at certificate 10741304 of Alibaba Cloud", for errors.
std::string doing_bind(const BindRequest& request, std::string_view product);

/// Whether the account has never opened the service that was asked: then it has no domains there.
bool never_opened(const Error& error);

}  // namespace certferry
