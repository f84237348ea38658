// Takes out of an application's envelope what says nothing: the XML declaration that states the default, and namespace
// declarations of the Envelope element whose prefix occurs nowhere. gSOAP declares its whole table in every message.
#pragma once

#include <string>

namespace gsoaprm::wire {

// Leaves alone: multipart messages, large ones (where it would not matter), other encodings than UTF-8, and messages
// with XML signatures, whose digests may cover the declarations.
void TrimEnvelope(std::string* entity);

}  // namespace gsoaprm::wire
