#include "config/schema.h"

#include <nlohmann/json.hpp>

#include "config/fields.h"
#include "config/tables.h"

namespace certferry {

namespace {

// Keys in the order they are put in: the schema is read by people too.
using Json = nlohmann::ordered_json;

Json definition(std::string_view name) {
  return {{"$ref", "#/$defs/" + std::string(name)}};
}

/// 3, not 3.0.
Json number(double value) {
  const auto whole = static_cast<std::int64_t>(value);
  return static_cast<double>(whole) == value ? Json(whole) : Json(value);
}

/// An editor's YAML reader turns `no` and `0777` into other types; we take them as the text they
/// are.
Json text_schema() {
  return {{"type", Json::array({"string", "number", "boolean"})}, {"minLength", 1}};
}

Json form_of(const KeyInfo& key) {
  switch (key.form) {
    case Form::kText:
      return text_schema();
    case Form::kPath:
      return {{"type", "string"}, {"pattern", "^/"}};
    case Form::kDuration:
      return {{"type", "string"}, {"pattern", "^[0-9]+(ms|s|m|h|d)$"}};
    case Form::kCount:
      return {{"type", "integer"},
              {"minimum", number(key.range.least)},
              {"maximum", number(key.range.most)}};
    case Form::kSwitch:
      return {{"type", "boolean"}};
    case Form::kRate:
      return {{"type", "number"},
              {"minimum", number(key.range.least)},
              {"maximum", number(key.range.most)}};
    case Form::kSecret:
      return definition("secret");
    case Form::kTextOrSecret:
      return {{"oneOf", Json::array({text_schema(), definition("secret")})}};
    case Form::kDefined:
      return definition(key.definition);
  }
  return Json::object();
}

Json describe(const KeyInfo& key) {
  Json out = form_of(key);
  if (!key.help.empty()) out["description"] = key.help;
  const bool shown_as_text = key.form != Form::kCount && key.form != Form::kRate &&
                             key.form != Form::kSwitch && key.form != Form::kDefined &&
                             key.form != Form::kSecret;
  // A provider may show a reference as its example; as text it would mislead.
  if (shown_as_text && !key.example.empty() && !key.example.starts_with('{'))
    out["examples"] = Json::array({key.example});
  return out;
}

/// A map of these keys and no others.
template <typename Keys>
Json object_of(const Keys& keys) {
  Json properties = Json::object();
  Json required = Json::array();
  for (const KeyInfo& key : keys) {
    properties[std::string(key.name)] = describe(key);
    if (key.presence == Presence::kRequired) required.push_back(key.name);
  }
  Json out = {{"type", "object"}, {"properties", properties}, {"additionalProperties", false}};
  if (!required.empty()) out["required"] = required;
  return out;
}

/// A map with exactly one of these keys.
Json one_of(Json properties) {
  return {{"type", "object"},
          {"properties", std::move(properties)},
          {"additionalProperties", false},
          {"minProperties", 1},
          {"maxProperties", 1}};
}

Json map_of(Json value) {
  return {{"type", "object"}, {"minProperties", 1}, {"additionalProperties", std::move(value)}};
}

Json list_of(Json element) {
  return {{"type", "array"}, {"minItems", 1}, {"items", std::move(element)}};
}

std::string account_definition(const ProviderMetadata& provider) {
  return "account_" + std::string(provider.id);
}

/// Which keys an account has depends on its provider.
Json account_schema(const Catalogue& catalogue) {
  Json branches = Json::array();
  for (const ProviderMetadata& provider : catalogue.providers) {
    branches.push_back({{"if", {{"properties", {{"provider", {{"const", provider.id}}}}}}},
                        {"then", definition(account_definition(provider))}});
  }
  Json provider = {{"enum", ids_of(catalogue.providers)}};
  Json out = {{"type", "object"},
              {"required", Json::array({"provider"})},
              {"properties", {{"provider", std::move(provider)}}}};
  if (!branches.empty()) out["allOf"] = std::move(branches);
  return out;
}

Json source_schema(const Catalogue& catalogue) {
  Json kinds = Json::object();
  for (const SourceMetadata& source : catalogue.sources) {
    Json keys = object_of(source_keys(source));
    keys["description"] = source.help;
    kinds[std::string(source.id)] = std::move(keys);
  }
  return one_of(std::move(kinds));
}

Json channel_schema(const Catalogue& catalogue) {
  Json kinds = Json::object();
  for (const ChannelMetadata& channel : catalogue.channels) {
    Json keys = object_of(channel_keys(channel));
    keys["title"] = channel.name;
    keys["description"] = channel.help;
    kinds[std::string(channel.id)] = std::move(keys);
  }
  return one_of(std::move(kinds));
}

template <typename Words>
Json words_schema(const Words& words) {
  Json known = Json::array();
  for (const auto word : words) known.push_back(to_string(word));
  return list_of({{"enum", std::move(known)}});
}

Json secret_schema() {
  Json out = one_of(object_of(reference_keys())["properties"]);
  out["description"] = "Where the secret is; never the secret itself";
  return out;
}

Json definitions(const Catalogue& catalogue) {
  const Json text = text_schema();
  Json out;
  out["accounts"] = map_of(definition("account"));
  out["account"] = account_schema(catalogue);
  for (const ProviderMetadata& provider : catalogue.providers) {
    Json account = object_of(account_keys(&provider));
    account["title"] = "Account at " + std::string(provider.name);
    out[account_definition(provider)] = std::move(account);
  }
  out["pace"] = object_of(pace_keys());
  out["certificates"] = map_of(definition("certificate"));
  out["certificate"] = object_of(certificate_keys());
  out["source"] = source_schema(catalogue);
  out["targets"] = list_of(definition("target"));
  out["target"] = object_of(target_keys());
  out["domains"] = {{"oneOf", Json::array({{{"const", "covered"}}, definition("names")})}};
  out["names"] = list_of(text);
  out["notify"] = list_of(definition("channel"));
  out["channel"] = channel_schema(catalogue);
  out["notice_levels"] = words_schema(kNoticeLevels);
  out["notice_topics"] = words_schema(choosable_topics());
  out["settings"] = object_of(option_keys());
  out["confirm"] = object_of(confirm_keys());
  out["resolve"] = {{"type", "object"}, {"additionalProperties", list_of(text)}};
  out["health"] = object_of(health_keys());
  out["secret"] = secret_schema();
  out["command"] = list_of(text);
  return out;
}

}  // namespace

std::string json_schema(const Catalogue& catalogue) {
  Json out = {{"$schema", "https://json-schema.org/draft/2020-12/schema"},
              {"title", "certferry configuration"}};
  out.update(object_of(root_keys()));
  out["$defs"] = definitions(catalogue);
  return out.dump(2) + "\n";
}

}  // namespace certferry
