// What a script's first line sets beside the versions of the protocols.
#pragma once

#include <string>

#include "base/time.h"
#include "base/types.h"
#include "engine/acceptor_session.h"
#include "engine/options.h"
#include "tests/scenarios/script.h"

namespace gsoaprm::scenarios {

// In virtual time everything happens on the microsecond. A trace of a real run says otherwise (tolerance=SECONDS).
inline constexpr Duration kTolerance;

struct Settings {
  engine::Options engine;
  Duration tolerance = kTolerance;
  bool durable = false;                       // with a store, which outlives the process
  Uri to;                                     // client: the service's address
  engine::ExchangeTraits traits{true, true};  // server: what its program can do
};

// False and a sentence when a setting is unknown or its value is not one of its values.
bool ReadSettings(const Script& script, Settings* settings, std::string* error);

}  // namespace gsoaprm::scenarios
