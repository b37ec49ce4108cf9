// Everything the commands print, as JSON, for `--output json`.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "engine/report.h"
#include "model/metadata.h"
#include "model/records.h"

namespace certferry::cli {

nlohmann::json to_json(const Error& error);
nlohmann::json to_json(const Report& report);
nlohmann::json to_json(const JournalEntry& entry);
nlohmann::json to_json(const TargetRecord& record);
nlohmann::json to_json(const JudgedProbe& probe);
nlohmann::json to_json(const Certificate& certificate);
nlohmann::json to_json(const Check& check);
nlohmann::json to_json(const ProviderMetadata& provider);
nlohmann::json to_json(const ProductMetadata& product);
nlohmann::json to_json(const FieldMetadata& field);
nlohmann::json to_json(const Oddity& oddity);
nlohmann::json to_json(const Exemption& exemption);
nlohmann::json to_json(const Reason& reason);
nlohmann::json to_json(const Step& step);
nlohmann::json to_json(const AccountReport& account);
nlohmann::json to_json(const CertificateReport& certificate);
nlohmann::json to_json(const TargetReport& target);
nlohmann::json to_json(const RetireReport& retirement);
nlohmann::json to_json(const Problem& problem);

/// Pretty-printed, with foreign bytes that are not UTF-8 replaced, and a line end.
std::string dump(const nlohmann::json& json);

}  // namespace certferry::cli
