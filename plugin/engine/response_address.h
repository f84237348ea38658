// Sessions whose answers are posted to an address of the client (WS-RM section 3.4: AcksTo may be any) instead of
// coming on the responses of its exchanges. Only to hosts that the administrator has listed: else any peer could make
// this side connect wherever it wants.
#pragma once

#include "engine/acceptor_session.h"
#include "engine/options.h"
#include "engine/return_path.h"

namespace gsoaprm::engine {

// Whether it is an address of a listed host. Spellings that other programs might read in another way are of none.
bool MayPostTo(const Options& options, const Uri& address);

// An acknowledgement alone, in a session whose AcksTo is this address.
void DirectAcknowledgement(Respond* response, const Uri& acks_to);

// Where the answer to `request` goes in a session whose AcksTo is `acks_to` (empty: anonymous, all answers stay on
// their exchanges): to the request's ReplyTo, faults to its FaultTo where there is one. Acknowledgements go to AcksTo
// alone, as does everything when the two are the same.
void Direct(Respond* response, const Uri& acks_to, const wire::Envelope& request);

ReturnPath ReturnPathOf(const wire::Envelope& request, const Uri& acks_to);

}  // namespace gsoaprm::engine
