#include "engine/shared_sources.h"

#include "base/text.h"
#include "engine/attempt.h"

namespace certferry {

SharedSources::SharedSources(const EngineSettings& settings,
                             EnginePorts ports,
                             const boost::asio::any_io_executor& executor,
                             const std::vector<Job>& jobs)
    : settings_(settings), ports_(ports) {
  for (const Job& job : jobs) {
    entries_.emplace(job.certificate,
                     std::make_unique<Entry>(job, Turnstile(executor, 1), std::nullopt));
  }
}

void SharedSources::event(Status status,
                          const std::string& certificate,
                          std::string text,
                          std::string fingerprint,
                          std::optional<Error> error) {
  ports_.events.on_event({.at = ports_.clock.now(),
                          .stage = Stage::kSource,
                          .status = status,
                          .certificate = certificate,
                          .text = std::move(text),
                          .fingerprint = std::move(fingerprint),
                          .error = std::move(error)});
}

Task<BundleView> SharedSources::read_now(Job job) {
  BundleView view;
  std::function<Task<BundlePtr>()> call = [source = job.source] { return source->read(); };
  Result<BundlePtr> read =
      co_await attempt_read(std::move(call),
                            settings_.retry,
                            &ports_.random,
                            &ports_.sleeper,
                            [this, name = job.certificate](const Error& error, milliseconds wait) {
                              event(Status::kProgress,
                                    name,
                                    "again in " + format_duration(wait) + ": " + error.text(),
                                    {},
                                    error);
                            });
  if (!read) {
    view.error = std::move(read).error().while_doing("reading " + job.source->describe());
    event(Status::kFailed, job.certificate, view.error->text(), {}, view.error);
    co_return view;
  }
  view.bundle = *std::move(read);
  std::vector<Certificate> chain = {view.bundle->leaf};
  chain.insert(chain.end(), view.bundle->chain.begin(), view.bundle->chain.end());
  view.chain = ports_.verifier.verify(chain, ports_.clock.now());
  event(Status::kDone,
        job.certificate,
        "read " + short_fingerprint(view.bundle->fingerprint()) + ", ends " +
            format_date(view.bundle->leaf.not_after) + ", from " + job.source->describe(),
        view.bundle->fingerprint());
  co_return view;
}

Task<BundleView> SharedSources::read(std::string certificate) {
  Entry& entry = *entries_.at(certificate);
  const Turnstile::Place place = co_await entry.one_reader.enter();
  if (!entry.view) entry.view = co_await read_now(entry.job);
  co_return *entry.view;
}

std::map<std::string, BundleView> SharedSources::views() const {
  std::map<std::string, BundleView> views;
  for (const auto& [certificate, entry] : entries_) {
    if (entry->view) views.emplace(certificate, *entry->view);
  }
  return views;
}

}  // namespace certferry
