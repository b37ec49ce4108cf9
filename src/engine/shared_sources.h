// The sources of a run: each is read once, whichever account asks first.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "engine/observe.h"
#include "engine/parallel.h"

namespace certferry {

/// Lifetime: outlives the accounts' runs. One source's trouble holds up only those who want it.
class SharedSources {
 public:
  SharedSources(const EngineSettings& settings,
                EnginePorts ports,
                const boost::asio::any_io_executor& executor,
                const std::vector<Job>& jobs);

  /// What the source of the certificate gave, or why it gave nothing; with the retries of a read.
  Task<BundleView> read(std::string certificate);

  /// All that has been read so far.
  std::map<std::string, BundleView> views() const;

 private:
  struct Entry {
    Job job;
    Turnstile one_reader;
    std::optional<BundleView> view;
  };
  Task<BundleView> read_now(Job job);
  void event(Status status,
             const std::string& certificate,
             std::string text,
             std::string fingerprint,
             std::optional<Error> error = {});

  const EngineSettings& settings_;
  EnginePorts ports_;
  std::map<std::string, std::unique_ptr<Entry>> entries_;
};

}  // namespace certferry
