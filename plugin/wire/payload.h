// The application's own envelope, which the engine carries and never opens.
#pragma once

#include <cstddef>
#include <memory>
#include <string>

namespace gsoaprm::wire {

// The application's message, kept without any RM header block, never as transport bytes. Immutable and shared: a
// retransmission writes fresh header blocks around the same payload.
struct Payload {
  std::string content_type;   // whole value of the HTTP header, parameters (boundary, start) included
  std::string entity;         // the envelope, or the whole multipart when content_type says so
  std::size_t insert_at = 0;  // offset in entity at which header blocks are written
  bool has_header = false;    // false: the blocks need a Header element of their own
  std::string soap_prefix;    // prefix that entity binds to the SOAP namespace; may be empty (default namespace)
  // What the application (wsaapi) wrote itself, so that the writer adds only what is missing.
  bool has_action = false, has_message_id = false, has_to = false, has_reply_to = false, has_relates_to = false;
  bool is_fault = false;  // Body holds a SOAP Fault
  // Neither "r" nor "a" is a prefix in scope at the Header element: the writer may declare them on its start tag, once
  // for all blocks, without changing the meaning of anything that is there.
  bool prefixes_free = false;
};
using PayloadPointer = std::shared_ptr<const Payload>;

}  // namespace gsoaprm::wire
