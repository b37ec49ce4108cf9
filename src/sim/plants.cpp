// The list of planted bugs; each stands as one line where it would be made.

#include <array>

#include "sim/campaign.h"

namespace certferry::sim {

namespace {

constexpr std::array kPlants{
    Plant{"gate_begun", "a certificate is bound before it begins", "S1 gate"},
    Plant{"gate_ended", "an expired certificate is bound", "S1 gate"},
    Plant{"gate_margin", "the margin at the end is not kept", "S1 gate"},
    Plant{"gate_names", "a certificate for other names is bound", "nothing lost"},
    Plant{"gate_chain", "a chain that nobody trusts is bound", "S1 gate"},
    Plant{"gate_chain_end", "an issuer that ends first is not minded", "S1 gate"},
    Plant{"gate_key", "a key that the vendor does not take is sent", "S1 gate"},
    Plant{"wildcard_any_depth", "a wildcard covers two labels", "S1 gate"},
    Plant{"label_is_ownership", "what carries our label is taken for ours", "S3 ownership"},
    Plant{"not_newer", "an older bundle replaces a newer one", "S7 no way back"},
    Plant{"served_ignored", "what the edge serves is not compared", "S7 no way back"},
    Plant{"offline_bound", "a domain that is off is bound", "domain off"},
    Plant{"conflict_ignored", "two certificates may want one target", "S15 configuration"},
    Plant{"except_ignored", "an excepted domain is bound", "S15 configuration"},
    Plant{"any_id", "the first stored certificate is bound, whichever it is", "S5 intent first"},
    Plant{"id_through_double", "ids lose their last digits", "S5 intent first"},
    Plant{"blind_repeat", "an upload whose answer was lost is sent again", "S5 no second upload"},
    Plant{"list_at_once", "a list is read before it can show what was done", "S5 no second upload"},
    Plant{"no_wait_after_death", "after a death lists are read at once", "S5 no second upload"},
    Plant{"upload_unnoted", "an upload has no intent", "S5 intent first"},
    Plant{"intent_unflushed", "an intent is not flushed", "S5 intent first"},
    Plant{"no_claim", "an upload that arrived after all is never claimed", "L9 nothing left over"},
    Plant{"yes_is_done", "the vendor's yes is taken for done", "S8 truth"},
    Plant{"one_address", "one good address is enough", "S8 truth"},
    Plant{"one_look", "one good look is enough", "S8 truth"},
    Plant{"partly_is_whole", "addresses without a route do not count", "S8 truth"},
    Plant{"memory_is_truth", "what was confirmed once stays confirmed", "S8 truth"},
    Plant{"old_look_trusted", "a look of yesterday stands for one of today", "S8 truth"},
    Plant{"trouble_forgotten",
          "what was wrong at an edge since it was seen well is forgotten",
          "S8 truth"},
    Plant{"success_anyway", "a run is a success whatever became of its targets", "S8 truth"},
    Plant{"superseded_unconfirmed",
          "a bundle is superseded before its successor is confirmed",
          "S2 in use"},
    Plant{"no_grace", "there is no grace period", "S2 in use"},
    Plant{"delete_in_use", "what a domain points at is deleted", "S2 in use"},
    Plant{"deleted_is_gone", "a delete that was not done is forgotten", "L9 nothing left over"},
    Plant{"never_due", "what was put off never comes due", "L1 all confirmed"},
    Plant{"park_never_ends",
          "two reversals park a target however far apart they were",
          "L1 all confirmed"},
    Plant{"rollback_at_once", "a passing moment of an edge is rolled back", "S7 no way back"},
    Plant{"bad_is_worse", "what was as bad before is rolled back", "S7 no way back"},
    Plant{"clock_ignored", "a wrong clock is not minded", "S10 clock"},
    Plant{"no_lock", "a second instance goes to work beside the first", "S6 one worker"},
    Plant{"only_retires", "a run over some targets retires for all", "S2 in use"},
    Plant{"plan_writes", "a plan writes to the state", "S16 purity"},
    Plant{"retry_after_ignored", "a vendor that asks for patience is asked again", "L6 patience"},
    Plant{"canary_ignored", "all names of a bundle are bound at once", "canary"},
    Plant{"retry_for_ever", "repeating never ends", "S14 bounded"},
    Plant{"key_unmatched", "a key of another issuance is taken", "S11 one generation"},
    Plant{"sync_off", "what is to be on the disk is not waited for", "S12 storage"},
    Plant{"harm_forgotten", "what takes settings with it is sent on", "S15 settings"},
    Plant{"harm_untold", "settings are not compared", "S15 settings"},
    Plant{"taken_back_sent", "what a person took back is sent again", "S7 taken back"},
    Plant{
        "left_open", "what became of an interrupted bind is never settled", "L9 nothing left open"},
};

}  // namespace

std::span<const Plant> all_plants() {
  return kPlants;
}

}  // namespace certferry::sim
