// Private to this room: a certificate that 1Panel has in its database alone.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "ports/http_client.h"
#include "ports/source.h"
#include "sources/source_ports.h"

namespace certferry {

/// One entry of the panel's certificate list, by its primary domain, over the panel's API.
///
/// Throws beside what HttpClient and read_bundle do: unauthorized `source.permission` (with what
/// the panel wants to be set), not_found `source.missing`, rejected `source.reply`.
class OnePanelApiSource : public Source {
 public:
  /// Throws: invalid_input `source.settings`, and what reading `trust` does.
  OnePanelApiSource(const SourceInputs& inputs, const SourcePorts& ports);

  std::string describe() const override;
  Task<BundlePtr> read() override;

 private:
  struct Entry {
    std::string primary_domain;
    Secret chain;
    Secret key;
  };
  struct Page {
    std::vector<Entry> entries;
    std::size_t received = 0;
    std::size_t total = 0;
  };
  Task<std::vector<Entry>> list(std::string domain);
  Task<Page> list_page(std::string domain, unsigned number);
  Task<HttpResponse> call(std::string version, std::string body);
  Task<HttpResponse> call_any_version(std::string body);
  Page parse_page(std::string& body) const;
  BundlePtr latest(const std::vector<Entry>& entries) const;

  std::string server_url_;
  std::string certificate_;
  Secret api_key_;
  std::optional<std::string> version_;  ///< of the API, once it has answered
  std::unique_ptr<HttpClient> client_;
  const Clock& clock_;
  BundleReader reader_;
};

}  // namespace certferry
