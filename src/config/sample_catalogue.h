// For tests: one provider, three kinds of source and two channels, as the real ones describe
// themselves.
#pragma once

#include "config/catalogue.h"

namespace certferry {

inline const Catalogue& sample_catalogue() {
  static const std::vector<ProviderMetadata> kProviders = {
      {.id = "dogecloud",
       .name = "DogeCloud",
       .fields = {{.key = "access_key", .help = "AccessKey", .required = true, .example = "AK"},
                  {.key = "secret_key", .help = "SecretKey", .secret = true, .required = true}},
       .products = {{.id = "cdn",
                     .title = "DogeCloud CDN",
                     .confirm = {.spread = minutes(2), .deadline = minutes(30)}}}},
  };
  static const std::vector<SourceMetadata> kSources = {
      {.id = "files",
       .help = "PEM files",
       .fields = {{.key = "chain", .help = "Leaf and chain", .required = true, .path = true},
                  {.key = "key", .help = "Private key", .required = true, .path = true}}},
      {.id = "1panel",
       .help = "A site of 1Panel",
       .fields = {{.key = "site", .help = "Domain of the site", .required = true}}},
      {.id = "command",
       .help = "What a program prints",
       .fields = {{.key = "command", .help = "Its arguments", .required = true, .list = true}}},
  };
  static const std::vector<ChannelMetadata> kChannels = {
      {.id = "telegram",
       .name = "Telegram",
       .help = "A bot",
       .fields = {{.key = "token", .help = "The bot's token", .secret = true, .required = true},
                  {.key = "chat", .help = "The chat", .required = true, .example = "-100123"},
                  {.key = "endpoint", .help = "Another server", .url = true}}},
      {.id = "ntfy",
       .name = "ntfy",
       .help = "Push by topic",
       .fields = {{.key = "topic", .help = "The topic", .required = true}}},
  };
  static const Catalogue kCatalogue{kProviders, kSources, kChannels};
  return kCatalogue;
}

}  // namespace certferry
