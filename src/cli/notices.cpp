#include "cli/notices.h"

#include "notify/registry.h"

namespace certferry::cli {

namespace {

class BrokenNotifier final : public Notifier {
 public:
  BrokenNotifier(std::string kind, std::string name, Error error)
      : kind_(std::move(kind)), name_(std::move(name)), error_(std::move(error)) {}
  const std::string& kind() const override { return kind_; }
  const std::string& name() const override { return name_; }
  Task<void> send(Notice /*notice*/) override {
    throw Error(*error_);
    co_return;
  }

 private:
  std::string kind_;
  std::string name_;
  std::optional<Error> error_;  ///< always there
};

std::map<std::string, Secret> values_of(const ChannelSettings& settings,
                                        const SecretLimits& limits) {
  std::map<std::string, Secret> values;
  for (const auto& [key, text] : settings.fields) values.emplace(key, Secret(text));
  for (const auto& [key, reference] : settings.secrets) {
    values.insert_or_assign(key, fetch_secret(reference, limits, key, "channel " + settings.name));
  }
  return values;
}

}  // namespace

NotifyParts::NotifyParts(const Settings& settings, EdgeParts& edge)
    : edge_(edge), mail_(edge.io, {.extra_roots = edge.extra_roots}) {
  const SecretLimits limits{.hidden_variables = secret_variables(settings)};
  for (const ChannelSettings& one : settings.channels) add(one, limits);
}

void NotifyParts::add(const ChannelSettings& settings, const SecretLimits& limits) {
  wires_.push_back(std::make_unique<CurlClient>(
      edge_.io, CurlClientOptions{.proxy = settings.proxy, .extra_roots = edge_.extra_roots}));
  std::optional<Error> problem;
  try {
    notifiers_.push_back(notify::make_notifier({.kind = settings.kind,
                                                .name = settings.name,
                                                .values = values_of(settings, limits),
                                                .timeout = settings.timeout},
                                               {*wires_.back(), mail_, edge_.clock}));
  } catch (const Error& error) {
    problem = error;
    notifiers_.push_back(std::make_unique<BrokenNotifier>(settings.kind, settings.name, error));
  }
  problems_.push_back(std::move(problem));
  routes_.push_back({.notifier = notifiers_.back().get(),
                     .levels = settings.levels,
                     .topics = settings.topics,
                     .fallback = settings.fallback.value_or(false)});
}

Announcer NotifyParts::announcer(StateStore& store, EventSink& events) {
  return {routes_,
          {.clock = edge_.clock,
           .random = edge_.random,
           .sleeper = edge_.sleeper,
           .store = store,
           .events = events}};
}

}  // namespace certferry::cli
