// gSOAP's other plugins that cannot work beside this one, each with the sentence that says why; and the order in which
// plugins end.
#pragma once

#include <stdsoap2.h>

#include <string>

namespace gsoaprm::binding {

// A sentence when one is registered with `soap`, before or after ours; else empty.
std::string IncompatiblePlugin(struct soap* soap);

// Puts ours at the head of gSOAP's list: it is then the first to be deleted. Ending it sends messages on copies of the
// context, through the hooks of plugins that share their data with the copies (logging), so those must still be there.
void EndBeforeOthers(struct soap* soap);

}  // namespace gsoaprm::binding
