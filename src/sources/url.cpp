// Bundles that a server gives away over https: a vault's agent, another machine, an object store.

#include "base/text.h"
#include "sources/descriptor.h"
#include "sources/fields.h"
#include "sources/web.h"

namespace certferry {

namespace {

// One byte over the cap of crypto's reader, so that it is crypto that says `pem.too_large`.
constexpr std::size_t kReplyBytesMax = std::size_t{256} * 1024 + 1;
constexpr const char* kDefaultHeader = "Authorization";

class UrlSource final : public Source {
 public:
  UrlSource(const SourceInputs& inputs, const SourcePorts& ports)
      : url_(url_field(inputs, "url")),
        key_url_(url_field(inputs, "key_url")),
        header_(text_field(inputs, "header")),
        credential_(secret_field(inputs, "credential")),
        client_(make_client(inputs, ports)),
        reader_(ports.reader) {
    if (header_.empty()) header_ = kDefaultHeader;
    // What RFC 9110 calls a token, as far as anybody uses one.
    if (header_.find_first_not_of(
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") !=
        std::string::npos) {
      throw bad_setting("'header' is no name of an HTTP header", "write it like X-Vault-Token");
    }
  }

  std::string describe() const override { return without_query(url_); }

  Task<BundlePtr> read() override {
    PemInput input{.chain = {}, .key = {}, .chain_name = describe()};
    input.chain = co_await fetch(url_);
    if (!key_url_.empty()) {
      input.key_name = without_query(key_url_);
      input.key = co_await fetch(key_url_);
      // Whoever renewed in between would have given us one of each generation.
      const Secret again = co_await fetch(url_);
      if (!again.same_as(input.chain)) throw torn();
    }
    Result<BundlePtr> bundle = reader_(input);
    if (!bundle) throw std::move(bundle).error();
    co_return *std::move(bundle);
  }

 private:
  /// A query may be a signature, which lets in whoever has it.
  static std::string without_query(const std::string& url) {
    return printable(url.substr(0, url.find('?')), 200);
  }

  Task<Secret> fetch(std::string url) {
    HttpRequest request{.url = url, .max_response_bytes = kReplyBytesMax};
    if (!credential_.empty()) request.headers.emplace_back(header_, credential_);
    HttpResponse response = co_await client_->send(std::move(request));
    if (response.status != 200) throw error_of_status(response, without_query(url));
    co_return Secret(std::move(response.body));
  }

  Error torn() const {
    return Error(ErrorKind::kUnavailable, describe() + " changed while its key was fetched")
        .with_code("source.torn")
        .with_hint("it is being renewed just now: it is asked again");
  }

  std::string url_;
  std::string key_url_;  ///< empty: the chain's address gives the key too
  std::string header_;
  Secret credential_;
  std::unique_ptr<HttpClient> client_;
  BundleReader reader_;
};

std::unique_ptr<Source> make(const SourceInputs& inputs, const SourcePorts& ports) {
  check_fields(url_source().metadata, inputs);
  return std::make_unique<UrlSource>(inputs, ports);
}

}  // namespace

const SourceDescriptor& url_source() {
  static const SourceDescriptor kDescriptor{
      .metadata =
          {.id = "url",
           .help = "PEM text that a server gives over https",
           .fields = {{.key = "url",
                       .help = "Address of the chain; of the key too, unless 'key_url' is given",
                       .required = true,
                       .example = "https://certs.example.com/example.com/bundle.pem"},
                      {.key = "key_url",
                       .help = "Address of the key, where it has one of its own",
                       .example = "https://certs.example.com/example.com/privkey.pem"},
                      {.key = "credential",
                       .help = "The whole value of the header that lets us in: \"Bearer …\"",
                       .secret = true,
                       .example = "{ file: /etc/certferry/certs.token }"},
                      {.key = "header",
                       .help = "That header's name; Authorization when left out",
                       .example = "X-Vault-Token"},
                      {.key = "trust",
                       .help =
                           "PEM file of roots, or of the server's own certificate: to trust these "
                           "and no others",
                       .example = "/etc/certferry/certs-root.pem",
                       .path = true}}},
      .make = &make};
  return kDescriptor;
}

}  // namespace certferry
