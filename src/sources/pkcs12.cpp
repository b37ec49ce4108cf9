// PFX archives (.p12, .pfx): what Windows, IIS and Java keystores are fed with.

#include "crypto/pkcs12.h"

#include "sources/descriptor.h"
#include "sources/fields.h"
#include "sources/whole_file.h"

namespace certferry {

namespace {

// One byte over the cap of crypto's reader, so that it is crypto that says what is wrong.
constexpr std::size_t kFileBytesMax = std::size_t{64} * 1024 + 1;

class Pkcs12Source final : public Source {
 public:
  Pkcs12Source(const SourceInputs& inputs, const SourcePorts& ports)
      : path_(path_field(inputs, "file")),
        password_(secret_field(inputs, "password")),
        files_(ports.files),
        clock_(ports.clock),
        reader_(ports.reader) {}

  std::string describe() const override { return "PFX archive " + path_; }

  Task<BundlePtr> read() override {
    const std::string which = "'" + path_ + "'";
    const FileContents contents = read_whole_file(files_, path_, kFileBytesMax);
    Result<Secret> pem = pkcs12_to_pem(contents.bytes, password_, which);
    if (!pem) throw judged(contents, which, std::move(pem).error());
    Result<BundlePtr> bundle = reader_(PemInput{.chain = *pem, .key = {}, .chain_name = which});
    if (!bundle) throw std::move(bundle).error();
    co_return *std::move(bundle);
  }

  std::vector<WatchPath> watched() const override {
    return watch_pair(files_, {.chain = path_, .key = {}});
  }

 private:
  /// An archive that is whole but closed does not open by waiting.
  Error judged(const FileContents& contents, const std::string& which, Error wrong) const {
    const bool may_heal = wrong.code == "pem.empty" || wrong.code == "pkcs12.not_pkcs12";
    if (!may_heal) return wrong;
    return fresh_or_wrong(contents, clock_.now(), which, std::move(wrong));
  }

  std::string path_;
  Secret password_;
  FileSystem& files_;
  const Clock& clock_;
  BundleReader reader_;
};

std::unique_ptr<Source> make(const SourceInputs& inputs, const SourcePorts& ports) {
  check_fields(pkcs12_source().metadata, inputs);
  return std::make_unique<Pkcs12Source>(inputs, ports);
}

}  // namespace

const SourceDescriptor& pkcs12_source() {
  static const SourceDescriptor kDescriptor{
      .metadata = {.id = "pkcs12",
                   .help = "A PFX archive (.p12, .pfx) that something else renews",
                   .fields = {{.key = "file",
                               .help = "The archive, with the chain and the key",
                               .required = true,
                               .example = "/etc/ssl/example.com.pfx",
                               .path = true},
                              {.key = "password",
                               .help = "What opens it; left out when it has none",
                               .secret = true,
                               .example = "{ file: /etc/certferry/pfx.password }"}}},
      .make = &make};
  return kDescriptor;
}

}  // namespace certferry
