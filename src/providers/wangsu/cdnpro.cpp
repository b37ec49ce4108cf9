// CDN Pro: a hostname belongs to a property, which names a certificate. That has versions, one of
// which is deployed at a time.
//
// How it is bound. The certificate stays the one that the property names: a bundle becomes a new
// version of it, and a task deploys that. What it serves changes for every hostname of every
// property that names it, so a bundle that does not cover all of them is refused before anything is
// sent. A property without a certificate, or that is to have another one, would need a new version
// of the property, with all its settings: that is left to the console, and such a hostname counts
// as not online.
//
// What is odd here, each with its evidence (all of it in metadata.cpp):
//  - a list of certificates says which version is deployed, and a call for each version whose it is
//    ................................................................... SDK: ngcertificate
//  - versions stay, and never change: one that is there already is only deployed again
//  - certificates may renew themselves by Let's Encrypt, or be what an origin knows a property by:
//    those are left alone
// API: https://www.wangsu.com/document/api-doc/27034

#include "providers/wangsu/cdnpro.h"

#include <algorithm>

#include "base/quotable.h"
#include "base/text.h"
#include "model/label.h"
#include "model/name.h"
#include "providers/common/json_api.h"
#include "providers/common/spelled_name.h"

namespace certferry {

/// A hostname in the list, and what it is set to serve.
struct WangsuCdnPro::Held {
  Binding binding;
  CdnProVersionId version;  ///< number 0: none
};

namespace {

/// A deployment takes minutes. It is looked at for one, which shows those that fail at once; after
/// that the list tells how far it is.
constexpr int kLooksMost = 24;
constexpr milliseconds kBetweenLooks = seconds(3);

/// What nobody can point at another name.
std::string entry_of(const std::string& hostname) {
  return "cdnpro/" + printable(hostname, 253);
}

/// The vendor's word for a hostname, by its certificate in the list, if it is there.
std::string status_of(const CdnProHostname& hostname, const CdnProCertificate* certificate) {
  if (!hostname.deployed) return "offline";  // its owner has it in staging alone
  if (hostname.certificate.empty()) return "deployed, without a certificate";
  if (certificate == nullptr) return "deployed, with a certificate that is not told";
  if (certificate->renews_itself) return "deployed, with a certificate that CDN Pro renews";
  return "deployed";
}

Error left_alone(std::string what, std::string hint, std::string_view code = "vendor.rejected") {
  return Error(ErrorKind::kRejected, std::move(what))
      .with_code(std::string(code))
      .with_hint(std::move(hint));
}

/// Whoever binds one hostname of a certificate binds all that have it. Throws: rejected, that it is
/// left alone; `reply.shape`.
void require_to_be_ours(const CdnProCertificate& certificate,
                        const std::string& hostname,
                        const Certificate& leaf) {
  if (certificate.renews_itself) {
    throw left_alone("CDN Pro renews the certificate by itself",
                     "switch its auto renewal off in the console of CDN Pro");
  }
  if (certificate.shown_to_origins) {
    throw left_alone("an origin knows a property by the certificate",
                     "give the hostnames a certificate of their own in the console of CDN Pro",
                     "vendor.client_certificate");
  }
  if (std::ranges::find(certificate.hostnames, hostname) == certificate.hostnames.end()) {
    throw bad_shape("the certificate does not name the hostname among those that have it",
                    Effect::kReads);
  }
  for (const std::string& name : certificate.hostnames) {
    if (any_covers(leaf.dns_names, leaf.ip_addresses, name)) continue;
    throw left_alone("the certificate is that of " + printable(name, 80) +
                         " as well, which this one does not cover",
                     "take a certificate that covers them all, or give the hostname one of its own "
                     "in the console of CDN Pro");
  }
}

}  // namespace

Task<std::vector<WangsuCdnPro::Held>> WangsuCdnPro::held(std::string doing) {
  const std::vector<CdnProHostname> hostnames = co_await calls_.hostnames(doing);
  if (hostnames.empty()) co_return std::vector<Held>{};
  // Before the certificates, which say what became of those that end in between.
  const std::map<std::string, CdnProDeployment> deployments =
      co_await calls_.deployments("", doing);
  const std::map<std::string, CdnProCertificate> certificates = co_await calls_.certificates(doing);
  std::vector<Held> all;
  for (const CdnProHostname& one : hostnames) {
    const auto row = certificates.find(one.certificate);
    const CdnProCertificate* certificate = row == certificates.end() ? nullptr : &row->second;
    Held& held = all.emplace_back();
    held.binding = {.name = canonical_of_spelled(one.spelled), .vendor_name = one.spelled};
    held.binding.status = status_of(one, certificate);
    held.binding.online = held.binding.status == "deployed";
    held.version = {one.certificate, certificate == nullptr ? 0 : certificate->deployed};
    const auto next = deployments.find(one.certificate);
    if (next != deployments.end()) held.version.second = next->second.version;
    if (held.version.second > 0) held.binding.stored_id = entry_of(one.spelled);
  }
  co_return all;
}

Task<CdnProVersion> WangsuCdnPro::version(CdnProVersionId id, std::string doing) {
  if (const auto before = versions_.find(id); before != versions_.end()) co_return before->second;
  const CdnProVersion told = co_await calls_.version(id, doing);
  co_return versions_.emplace(std::move(id), told).first->second;
}

Task<std::vector<Binding>> WangsuCdnPro::list() {
  std::vector<Held> all = co_await held("listing the hostnames of CDN Pro at Wangsu");
  std::vector<Binding> bindings;
  for (Held& one : all) bindings.push_back(std::move(one.binding));
  co_return bindings;
}

Task<std::vector<StoredCertificate>> WangsuCdnPro::list_stored() {
  const std::string doing = "listing the certificates of CDN Pro at Wangsu";
  const std::vector<Held> all = co_await held(doing);
  std::vector<StoredCertificate> stored;
  for (const Held& one : all) {
    if (!one.binding.stored_id) continue;
    StoredCertificate entry{.id = *one.binding.stored_id, .label = {}, .in_use = 1U};
    // Of what CDN Pro does not list, another account's say, nothing more can be asked.
    if (one.binding.online) {
      const CdnProVersion told = co_await version(one.version, doing);
      const auto seen = known_.find(one.version);
      const std::string fingerprint = seen == known_.end() ? told.fingerprint() : seen->second;
      if (!fingerprint.empty()) entry.label = "certferry-" + fingerprint;
      entry.names = told.names;
      entry.not_after = told.not_after;
    }
    stored.push_back(std::move(entry));
  }
  co_return stored;
}

Task<void> WangsuCdnPro::watch(std::string id, std::string doing) {
  for (int look = 0; look < (sleeper_ == nullptr ? 1 : kLooksMost); ++look) {
    if (look > 0) co_await sleeper_->sleep(kBetweenLooks);
    CdnProTask task;
    try {
      task = co_await calls_.task(id, doing);
    } catch (const Error& error) {
      // The change was taken; that its outcome could not be read says nothing of it.
      if (error.kind == ErrorKind::kCancelled) throw;
    }
    if (task.status == "succeeded") co_return;
    if (task.status != "failed") continue;
    throw Error(ErrorKind::kRejected, "the task that was to deploy the certificate failed")
        .with_code("vendor.rejected")
        .with_vendor("failed", quotable(task.details))
        .while_doing(doing);
  }
}

Task<void> WangsuCdnPro::bind(Binding binding, BundlePtr bundle, std::string label) {
  const std::string doing =
      "setting the certificate of " + printable(binding.vendor_name, 100) + " of CDN Pro at Wangsu";
  if (account_.api_key().empty()) {
    throw Error(ErrorKind::kInvalidInput, "the account has no `api_key`")
        .with_code("vendor.api_key")
        .with_hint(
            "CDN Pro takes private keys encrypted by the API key of the user whose AccessKey "
            "it is; give it to the account")
        .while_doing(doing);
  }
  const CdnProHostname hostname = co_await calls_.hostname(binding.vendor_name, doing);
  const std::string id = hostname.certificate;
  if (id.empty()) {
    throw left_alone("its property names no certificate in production",
                     "give the property a certificate in the console of CDN Pro and deploy it; its "
                     "next versions come from here")
        .while_doing(doing);
  }
  const std::shared_ptr<void> turn = co_await turns_[id].enter(sleeper_, doing);
  const std::map<std::string, CdnProDeployment> deployments =
      co_await calls_.deployments(id, doing);
  const CdnProCertificate certificate = co_await calls_.certificate(id, doing);
  try {
    require_to_be_ours(certificate, canonical_of_spelled(binding.vendor_name), bundle->leaf);
  } catch (Error& error) {
    throw std::move(error).while_doing(doing);
  }
  CdnProVersionId version{id, certificate.number_of(bundle->leaf)};
  if (version.second == 0) {
    version.second = co_await calls_.make_version(id, bundle, label, doing);
  }
  known_[version] = bundle->fingerprint();
  // Something else that is on its way there would come after what is there now.
  const auto next = deployments.find(id);
  std::string task;
  if (next != deployments.end() && next->second.version == version.second) {
    task = next->second.task;
  } else if (next != deployments.end() || certificate.deployed != version.second) {
    const std::string name = "certferry " + short_fingerprint(bundle->fingerprint());
    task = co_await calls_.deploy(version, name, doing);
  }
  if (!task.empty()) co_await watch(task, doing);
}

}  // namespace certferry
