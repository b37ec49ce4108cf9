// What the engine works on and what it works with.
#pragma once

#include <string>
#include <vector>

#include "engine/events.h"
#include "policy/retry.h"
#include "policy/staleness.h"
#include "ports/provider.h"
#include "ports/resolver.h"
#include "ports/sleeper.h"
#include "ports/source.h"
#include "ports/state_store.h"
#include "ports/tls_prober.h"
#include "ports/vault.h"

namespace certferry {

class PacedHttpClient;

struct Account {
  std::string name;
  Provider* provider = nullptr;
  PacedHttpClient* pace = nullptr;  ///< none: nobody slows it down
};

/// One certificate of the configuration: where it comes from and where it goes.
struct Job {
  std::string certificate;
  Source* source = nullptr;
  std::vector<TargetSelector> to;
  Renewer renewer = {};  ///< to tell when it did not
};

/// Everything pointed at outlives the engine.
struct Fleet {
  std::vector<Account> accounts;
  std::vector<Job> jobs;
};

struct EngineSettings {
  ConfirmOverrides confirm;
  milliseconds retire_after = hours(24);
  RetryLimits retry;
  std::size_t probes_at_once = 64;
  milliseconds probe_timeout = seconds(10);
  milliseconds resolve_timeout = seconds(10);
};

struct EnginePorts {
  Clock& clock;
  Random& random;
  Sleeper& sleeper;
  TlsProber& prober;
  ChainVerifier& verifier;
  Resolver& resolver;
  StateStore& store;
  EventSink& events;
  Vault* vault = nullptr;  ///< none: nothing is kept where a product replaces in place
};

}  // namespace certferry
