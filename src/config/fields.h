// Keys made from what a provider or a source says about its fields.
#pragma once

#include "config/keys.h"

namespace certferry {

template <typename T>
void read_secret_field(const Value& value, T& out) {
  SecretReference reference;
  if (value.reference(reference)) out.secrets.emplace(value.key, std::move(reference));
}

template <typename T>
void read_path_field(const Value& value, T& out) {
  std::string path;
  if (value.path(path)) out.fields.emplace(value.key, std::move(path));
}

/// Sources and providers have such fields; a channel has no use for one yet.
template <typename T>
void read_list_field(const Value& value, T& out) {
  if constexpr (requires { out.lists; }) {
    std::vector<std::string> texts;
    bool all_read = true;
    const bool is_list = value.list("[first, second]", [&](const Value& element) {
      all_read &= element.text(texts.emplace_back());
    });
    if (is_list && all_read) out.lists.emplace(value.key, std::move(texts));
  }
}

template <typename T>
void read_url_field(const Value& value, T& out) {
  std::string url;
  if (value.endpoint(url)) out.fields.emplace(value.key, std::move(url));
}

/// What is not secret may be given either way.
template <typename T>
void read_text_field(const Value& value, T& out) {
  if (value.node.kind == YamlNode::Kind::kMap) return read_secret_field(value, out);
  std::string text;
  if (value.text(text)) out.fields.emplace(value.key, std::move(text));
}

/// Lifetime: the key refers to the metadata's texts, which are constants of the program.
template <typename T>
Key<T> key_of(const FieldMetadata& field) {
  Key<T> key;
  key.name = field.key;
  key.help = field.help;
  key.example = field.example;
  key.presence = field.required ? Presence::kRequired : Presence::kOptional;
  if (field.secret) {
    key.form = Form::kSecret;
    key.read = &read_secret_field<T>;
  } else if (field.list) {
    key.form = Form::kDefined;
    key.definition = "command";
    key.read = &read_list_field<T>;
  } else if (field.url) {
    key.form = Form::kText;
    key.read = &read_url_field<T>;
  } else if (field.path) {
    key.form = Form::kPath;
    key.read = &read_path_field<T>;
  } else {
    key.form = Form::kTextOrSecret;
    key.read = &read_text_field<T>;
  }
  return key;
}

/// The ids of providers, products or sources, for suggestions.
template <typename T>
std::vector<std::string> ids_of(const T& metadata) {
  std::vector<std::string> ids;
  for (const auto& one : metadata) ids.emplace_back(one.id);
  return ids;
}

}  // namespace certferry
