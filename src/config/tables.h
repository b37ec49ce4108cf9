// Every key there is, in tables: parse.cpp reads by them, schema.cpp describes them.
#pragma once

#include <span>
#include <vector>

#include "config/keys.h"

namespace certferry {

std::span<const Key<Settings>> root_keys();
/// Of `settings:`.
std::span<const Key<Settings>> option_keys();
std::span<const Key<ConfirmOverrides>> confirm_keys();
std::span<const Key<HealthSettings>> health_keys();
std::span<const Key<PaceSettings>> pace_keys();
std::span<const Key<CertificateSettings>> certificate_keys();
std::span<const Key<TargetSelector>> target_keys();
std::span<const Key<SecretReference>> reference_keys();

/// The keys of every account, and those of its provider; without one, the former alone.
std::vector<Key<AccountSettings>> account_keys(const ProviderMetadata* provider);
/// The keys of every channel, and those of its kind.
std::vector<Key<ChannelSettings>> channel_keys(const ChannelMetadata& channel);
/// The keys of one kind of source; it has no others.
std::vector<Key<SourceSettings>> source_keys(const SourceMetadata& source);

/// What `on:` of a channel may name.
std::span<const NoticeTopic> choosable_topics();

// The readers of the sections, for root_keys().
void read_accounts(const Value& value, Settings& out);
void read_certificates(const Value& value, Settings& out);
void read_options(const Value& value, Settings& out);
void read_notify(const Value& value, Settings& out);

/// Checks what no single key can: that waiting times fit each other and the vendors in use.
void check_waiting_times(const YamlNode& root, Reading& reading);

/// Reads a map whose keys are names of the user's own: accounts, certificates.
///
/// `noun` is what one entry is ("account"). Bad names are reported and skipped.
void read_named(const Value& value,
                std::string_view noun,
                const std::function<void(const Entry&)>& read);

}  // namespace certferry
