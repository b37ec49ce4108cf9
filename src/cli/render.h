// Reports as people read them.
#pragma once

#include <string>
#include <vector>

#include "cli/terminal.h"
#include "engine/report.h"
#include "model/records.h"

namespace certferry::cli {

/// "upload > bind > confirm", "nothing to do", "hold".
std::string steps_text(const Plan& plan);
/// What the edge serves, in a few words: "old, ends 2026-12-01", "the new one on 2 addresses".
std::string edge_text(const TargetFacts& facts);
/// What the vendor has it set to, in a few words: "certificate 10001, ends 2026-12-01".
std::string binding_text(const TargetFacts& facts);
/// One line: "1f2e3d4c5b6a  ECDSA P-256  ends 2027-02-21 (in 89 d)  for example.com,
/// *.example.com".
std::string bundle_text(const Bundle& bundle, Time now);
/// A line for each address probed.
std::string addresses_text(const std::vector<JudgedProbe>& probes,
                           const std::string& wanted_fingerprint,
                           const Style& style,
                           std::size_t indent);

std::string plan_text(const Report& report, const Style& style);
std::string apply_text(const Report& report, const Style& style);
/// Those that are not told by an account's error already: its failure breaks each of its selectors.
std::vector<Problem> other_problems(const Report& report);
/// Problems that belong to no single target, and accounts that did not answer; warnings apart.
std::vector<Problem> problems_of(const Report& report);

/// What a journal entry is about: a target, or an account.
std::string subject_text(const JournalEntry& entry);
/// An entry whose outcome is not known: "bind of bundle 1f2e3d4c5b6a (doge/cdn/cdn.example.com)".
std::string open_text(const JournalEntry& entry);

Colour colour_of(Outcome outcome);

}  // namespace certferry::cli
