// The list of planted bugs; each stands as one line where it would be made.

#include <array>

#include "sim/campaign.h"

namespace certferry::sim {

namespace {

constexpr std::array kPlants{
    Plant{"gate_begun", "a certificate is bound before it begins"},
    Plant{"gate_ended", "an expired certificate is bound"},
    Plant{"gate_margin", "the margin at the end is not kept"},
    Plant{"gate_names", "a certificate for other names is bound"},
    Plant{"gate_chain", "a chain that nobody trusts is bound"},
    Plant{"gate_chain_end", "an issuer that ends first is not minded"},
    Plant{"gate_key", "a key that the vendor does not take is sent"},
    Plant{"wildcard_any_depth", "a wildcard covers two labels"},
    Plant{"label_is_ownership", "what carries our label is taken for ours"},
    Plant{"not_newer", "an older bundle replaces a newer one"},
    Plant{"served_ignored", "what the edge serves is not compared"},
    Plant{"offline_bound", "a domain that is off is bound"},
    Plant{"conflict_ignored", "two certificates may want one target"},
    Plant{"except_ignored", "an excepted domain is bound"},
    Plant{"any_id", "the first stored certificate is bound, whichever it is"},
    Plant{"id_through_double", "ids lose their last digits"},
    Plant{"blind_repeat", "an upload whose answer was lost is sent again"},
    Plant{"list_at_once", "a list is read before it can show what was done"},
    Plant{"no_wait_after_death", "after a death lists are read at once"},
    Plant{"upload_unnoted", "an upload has no intent"},
    Plant{"intent_unflushed", "an intent is not flushed"},
    Plant{"no_claim", "an upload that arrived after all is never claimed"},
    Plant{"yes_is_done", "the vendor's yes is taken for done"},
    Plant{"one_address", "one good address is enough"},
    Plant{"one_look", "one good look is enough"},
    Plant{"partly_is_whole", "addresses without a route do not count"},
    Plant{"memory_is_truth", "what was confirmed once stays confirmed"},
    Plant{"old_look_trusted", "a look of yesterday stands for one of today"},
    Plant{"trouble_forgotten", "what was wrong at an edge since it was seen well is forgotten"},
    Plant{"success_anyway", "a run is a success whatever became of its targets"},
    Plant{"superseded_unconfirmed", "a bundle is superseded before its successor is confirmed"},
    Plant{"no_grace", "there is no grace period"},
    Plant{"delete_in_use", "what a domain points at is deleted"},
    Plant{"deleted_is_gone", "a delete that was not done is forgotten"},
    Plant{"never_due", "what was put off never comes due"},
    Plant{"park_never_ends", "two reversals park a target however far apart they were"},
    Plant{"rollback_at_once", "a passing moment of an edge is rolled back"},
    Plant{"bad_is_worse", "what was as bad before is rolled back"},
    Plant{"clock_ignored", "a wrong clock is not minded"},
    Plant{"no_lock", "a second instance goes to work beside the first"},
    Plant{"only_retires", "a run over some targets retires for all"},
    Plant{"plan_writes", "a plan writes to the state"},
    Plant{"retry_after_ignored", "a vendor that asks for patience is asked again"},
    Plant{"canary_ignored", "all names of a bundle are bound at once"},
    Plant{"retry_for_ever", "repeating never ends"},
};

}  // namespace

std::span<const Plant> all_plants() {
  return kPlants;
}

}  // namespace certferry::sim
