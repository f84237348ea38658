// What a server says to a message that it cannot take: a fault in the SOAP version of the request, which its
// Content-Type tells where the envelope was not read.
#pragma once

#include <stdsoap2.h>

#include <cstddef>
#include <cstdint>
#include <string>

#include "engine/listener.h"
#include "wire/envelope_reader.h"

namespace gsoaprm::binding {

engine::Respond TooLargeRefusal(const struct soap* soap, std::size_t max_message_size);
// It was not read within read_timeout.
engine::Respond TooSlowRefusal(const struct soap* soap, std::int64_t read_timeout);
engine::Respond DimeRefusal(const struct soap* soap);
// Its gzip or deflate cannot be undone.
engine::Respond DamagedRefusal(const struct soap* soap);
// Where reading ended before the name of the envelope, its version is not known from there.
void AdoptSoapVersion(const struct soap* soap, wire::Envelope* unreadable);
// A plugin was registered after ours; `sentence` says which and why.
engine::Respond IncompatiblePluginRefusal(const struct soap* soap, const std::string& sentence);

}  // namespace gsoaprm::binding
