// How a load balancer chooses, as AWS documents it. A client that says which name it wants gets one
// of the listener's list that is for that name, or else the default. Of several the order is: an
// ECDSA key before an RSA key; one that has not ended; the better hash; the longer key; "validity
// period". Hashes are not listed and what is meant by the last is not said, so only the first two
// decide here. That an exact name goes before a pattern is not said either: of two that are equal
// the exact one is taken for the name's own, and the edge shows whether it is presented.

#include "providers/aws/presented.h"

#include <algorithm>
#include <set>
#include <utility>

#include "base/text.h"
#include "model/label.h"
#include "model/name.h"

namespace certferry {

namespace {

bool covers(const AwsCertificate& certificate, const std::string& name) {
  return any_covers(certificate.names, {}, name);
}

bool names_exactly(const AwsCertificate& certificate, const std::string& name) {
  return std::ranges::find(certificate.names, name) != certificate.names.end();
}

/// The higher one is presented.
std::pair<bool, bool> rank_of(const AwsCertificate& certificate, Time now) {
  return {certificate.algorithm == KeyType::Algorithm::kEcdsa, certificate.not_after >= now};
}

bool is_ours(const AwsCertificate& certificate) {
  return fingerprint_in_label(certificate.label).has_value();
}

/// Whether the later one can do all that the earlier one did.
bool supersedes(const AwsCertificate& later, const AwsCertificate& earlier) {
  const bool same_kind = later.algorithm == earlier.algorithm || is_ours(earlier);
  return same_kind && !earlier.names.empty() &&
         std::ranges::all_of(earlier.names,
                             [&](const std::string& name) { return covers(later, name); });
}

/// Those of the listener that may be presented for the name, by AWS's order.
std::vector<std::string> candidates_for(const std::vector<AwsAttached>& attached,
                                        const AwsKnown& known,
                                        const std::string& name) {
  std::vector<std::string> best;
  for (const bool from_list : {true, false}) {
    for (const AwsAttached& one : attached) {
      const AwsCertificate* certificate = known.find(one.arn);
      const bool here = from_list ? one.in_list : one.is_default;
      if (!here || certificate == nullptr || !covers(*certificate, name)) continue;
      const auto rank = rank_of(*certificate, known.now);
      const auto best_rank = best.empty() ? rank : rank_of(*known.find(best.front()), known.now);
      if (rank > best_rank) best.clear();
      if (rank >= best_rank) best.push_back(one.arn);
    }
    if (!best.empty()) break;
  }
  const auto is_exact = [&](const std::string& arn) {
    return names_exactly(*known.find(arn), name);
  };
  if (std::ranges::any_of(best, is_exact)) std::erase_if(best, std::not_fn(is_exact));
  return best;
}

/// Whether each of its names has another certificate in the list, or will have the wanted one.
bool is_spare(const AwsAttached& one,
              const std::vector<AwsAttached>& attached,
              const AwsKnown& known,
              const AwsCertificate& wanted) {
  const std::vector<std::string>& names = known.find(one.arn)->names;
  return std::ranges::all_of(names, [&](const std::string& name) {
    return covers(wanted, name) || std::ranges::any_of(attached, [&](const AwsAttached& other) {
             const AwsCertificate* certificate = known.find(other.arn);
             return other.arn != one.arn && other.in_list && certificate != nullptr &&
                    covers(*certificate, name);
           });
  });
}

Error rejected(std::string what, std::string hint) {
  return Error(ErrorKind::kRejected, std::move(what))
      .with_code("vendor.rejected")
      .with_hint(std::move(hint));
}

/// The first name that the certificate has and the wanted one does not.
std::string lacking(const AwsCertificate& wanted, const AwsCertificate& other) {
  const auto name = std::ranges::find_if(
      other.names, [&](const std::string& one) { return !covers(wanted, one); });
  return name == other.names.end() ? "" : *name;
}

/// Why clients would not be presented the wanted one, as long as the other stays.
std::optional<Error> in_the_way(const AwsCertificate& wanted,
                                const AwsCertificate& other,
                                const std::string& other_arn,
                                const std::string& name,
                                Time now) {
  const auto [ours, theirs] = std::pair(rank_of(wanted, now), rank_of(other, now));
  const std::string which = "certificate " + printable(other_arn, 100) + " of the listener";
  if (theirs > ours) {
    return rejected(
        which + " has this name as well, and load balancers present its ECDSA key first",
        "take it off the listener, or renew with an ECDSA key");
  }
  if (theirs < ours || !names_exactly(other, name)) return std::nullopt;
  const std::string more = lacking(wanted, other);
  return rejected(
      which + " has this name as well" +
          (more.empty()
               ? ""
               : ", and also " + printable(more, 100) + ", which this one does not cover") +
          ": which of both is presented AWS does not say",
      "renew a certificate that has all names of that one, or take it off the listener");
}

}  // namespace

const AwsCertificate* AwsKnown::find(const std::string& arn) const {
  const auto found = certificates.find(arn);
  return found == certificates.end() ? nullptr : &found->second;
}

std::optional<std::string> aws_together(const std::vector<std::optional<std::string>>& each) {
  std::set<std::string> different;
  for (const auto& one : each) different.insert(one.value_or("none"));
  if (different.empty()) return std::nullopt;
  if (different.size() == 1) return each.front();
  const std::vector<std::string> words(different.begin(), different.end());
  return printable(join(words, " and "), 250);
}

std::optional<std::string> aws_certificate_for(const std::vector<AwsAttached>& attached,
                                               const AwsKnown& known,
                                               const std::string& name) {
  std::vector<std::string> meant = candidates_for(attached, known, name);
  if (meant.empty()) return std::nullopt;
  const AwsCertificate& presented = *known.find(meant.front());
  for (const AwsAttached& one : attached) {
    const AwsCertificate* other = known.find(one.arn);
    const bool left = other != nullptr && is_ours(presented) && is_ours(*other) &&
                      covers(*other, name) && supersedes(presented, *other);
    if (left) meant.push_back(one.arn);
  }
  return *std::ranges::min_element(
      meant, {}, [&](const std::string& arn) { return known.find(arn)->not_after; });
}

Result<AwsListenerChange> aws_change_for(const std::vector<AwsAttached>& attached,
                                         const AwsKnown& known,
                                         const std::string& wanted,
                                         const std::string& name,
                                         AwsWay way) {
  const AwsCertificate& certificate = *known.find(wanted);
  AwsListenerChange change;
  bool is_default = false;
  bool in_list = false;
  bool others_in_list = false;
  for (const AwsAttached& one : attached) {
    if (one.arn == wanted) {
      is_default = one.is_default;
      in_list = one.in_list;
      continue;
    }
    const AwsCertificate* other = known.find(one.arn);
    if (other == nullptr) continue;  // whatever it is, it stays
    const bool got_away_from = way == AwsWay::kBack && is_ours(*other);
    if (supersedes(certificate, *other) ||
        (got_away_from && is_spare(one, attached, known, certificate))) {
      change.set_default = change.set_default || one.is_default;
      if (one.in_list) change.remove.push_back(one.arn);
      continue;
    }
    if (!one.in_list || !covers(*other, name)) continue;
    others_in_list = true;
    auto error = in_the_way(certificate, *other, one.arn, name, known.now);
    if (error && !got_away_from) return std::unexpected(*std::move(error));
  }
  const bool by_default = (is_default || change.set_default) && !others_in_list;
  change.add = !in_list && !by_default;
  return change;
}

}  // namespace certferry
