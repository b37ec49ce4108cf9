// Bundles that a program prints: a secret manager's client, a script of one's own.

#include "base/text.h"
#include "sources/descriptor.h"
#include "sources/fields.h"

namespace certferry {

namespace {

// One byte over the cap of crypto's reader, so that it is crypto that says `pem.too_large`.
constexpr std::size_t kOutputBytesMax = std::size_t{256} * 1024 + 1;
constexpr milliseconds kDeadlineDefault = seconds(30);
constexpr milliseconds kDeadlineMax = minutes(10);

milliseconds deadline_field(const SourceInputs& inputs) {
  const std::string text = text_field(inputs, "timeout");
  if (text.empty()) return kDeadlineDefault;
  const Result<milliseconds> deadline = parse_duration(text);
  if (deadline && *deadline >= seconds(1) && *deadline <= kDeadlineMax) return *deadline;
  throw bad_setting("'timeout' is '" + printable(text, 40) + "', which is no time from 1s to 10m",
                    "write it with its unit, like timeout: 30s");
}

std::vector<std::string> command_field(const SourceInputs& inputs) {
  std::vector<std::string> arguments = inputs.lists.at("command");
  const std::string& program = arguments.front();
  if (!program.contains('/') || program.starts_with('/')) return arguments;
  throw bad_setting("'command' names its program by a relative path",
                    "write the whole path, or a bare name to be found by PATH");
}

class CommandSource final : public Source {
 public:
  CommandSource(const SourceInputs& inputs, const SourcePorts& ports)
      : request_{.arguments = command_field(inputs),
                 .deadline = deadline_field(inputs),
                 .output_bytes_max = kOutputBytesMax},
        commands_(*ports.commands),
        reader_(ports.reader) {}

  /// The arguments may name what is nobody's business; the program is enough to find it.
  std::string describe() const override {
    return "the output of " + printable(request_.arguments.front(), 200);
  }

  Task<BundlePtr> read() override {
    PemInput input{.chain = {}, .key = {}, .chain_name = describe()};
    input.chain = co_await run();
    Result<BundlePtr> bundle = reader_(input);
    if (!bundle) throw std::move(bundle).error();
    co_return *std::move(bundle);
  }

 private:
  /// A program that failed is not run again in the same run: nobody knows what it did.
  Task<Secret> run() {
    try {
      CommandRequest request = request_;
      co_return co_await commands_.run(std::move(request));
    } catch (Error& error) {
      if (error.kind == ErrorKind::kCancelled) throw;
      error.kind = ErrorKind::kRejected;
      throw std::move(error).with_code("source.command");
    }
  }

  CommandRequest request_;
  CommandRunner& commands_;
  BundleReader reader_;
};

std::unique_ptr<Source> make(const SourceInputs& inputs, const SourcePorts& ports) {
  check_fields(command_source().metadata, inputs);
  ASSERT(ports.commands != nullptr);
  return std::make_unique<CommandSource>(inputs, ports);
}

}  // namespace

const SourceDescriptor& command_source() {
  static const SourceDescriptor kDescriptor{
      .metadata = {.id = "command",
                   .help = "A program that prints the chain and the key as PEM text",
                   .fields = {{.key = "command",
                               .help = "The program and its arguments; no shell",
                               .required = true,
                               .example = "[/usr/local/bin/print-bundle, example.com]",
                               .list = true},
                              {.key = "timeout",
                               .help = "How long it may take; 30s when left out, 10m at most",
                               .example = "30s"}}},
      .make = &make};
  return kDescriptor;
}

}  // namespace certferry
