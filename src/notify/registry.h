// Every channel certferry knows.
#pragma once

#include <map>
#include <memory>
#include <span>
#include <string>

#include "base/clock.h"
#include "model/metadata.h"
#include "ports/http_client.h"
#include "ports/mail_client.h"
#include "ports/notifier.h"

namespace certferry::notify {

struct NotifierOptions {
  std::string kind;                      ///< "telegram"
  std::string name;                      ///< what messages call it
  std::map<std::string, Secret> values;  ///< by the key of the metadata's fields
  milliseconds timeout = seconds(10);    ///< of one try
};

/// Outlives the notifiers made with it.
struct NotifierPorts {
  HttpClient& http;
  MailClient& mail;
  const Clock& clock;
};

/// What each channel says about itself, in the order of the documents.
std::span<const ChannelMetadata> channel_metadata();

/// Throws: invalid_input `notify.options` for fields that cannot be right; the error names the
/// channel and repeats no secret.
std::unique_ptr<Notifier> make_notifier(const NotifierOptions& options, NotifierPorts ports);

}  // namespace certferry::notify
