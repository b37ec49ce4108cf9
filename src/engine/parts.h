// A fleet taken apart by account, and the reports put together again.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "engine/fleet.h"
#include "engine/observe.h"
#include "engine/report.h"

namespace certferry {

/// One fleet for each account that has a say in what `only` asks for: the account alone, and what
/// the jobs send there.
std::vector<Fleet> parts_of(const Fleet& fleet, const std::set<std::string>& only);

/// One report, in the configuration's order, from those of the parts.
///
/// A name of `only` that no part knows is a problem (`select.unknown`), and so is then whatever
/// trouble may be the reason. Of sources and accounts that no name asked for leads to nothing is
/// said: they have no say in how the run ends.
Report merge(std::vector<Report> parts,
             const Fleet& fleet,
             const std::map<std::string, BundleView>& bundles,
             const std::set<std::string>& only);

/// Notes of each certificate whether its source should have had a newer one by now, and warns.
void note_stale(Report& report, const Fleet& fleet, Time now);

}  // namespace certferry
