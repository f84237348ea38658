// What a server reads off its connections, before gSOAP makes anything of it: nothing but HTTP, each message within
// read_timeout, and every body whole and held against the limits, whatever its header calls it. gSOAP itself would also
// parse XML without an HTTP header, after a response's header, of any type, and within DIME.
#pragma once

#include <stdsoap2.h>

#include <cstddef>
#include <string>

#include "gsoap/context.h"

namespace gsoaprm::binding {

// A new message begins. Not SOAP_OK: what gSOAP has read of it already is no HTTP.
int BeginInput(Context& context);
// frecv
std::size_t ServerReceive(Context& context, char* buffer, std::size_t capacity);

// The header of a request has been parsed, with this result.
enum class RequestKind {
  kEntity,     // its body is gSOAP's to parse, and is to be read here
  kOthers,     // GET, PUT, a form: of the application's handlers
  kNoRequest,  // of no method that there is; soap->error says so
};
RequestKind KindOfRequest(Context& context, int error);

}  // namespace gsoaprm::binding
