// A message on its way: the bytes that the plugin writes, and a digest of them as a transport with integrity protection
// would carry. What the plugin's reader refuses or the digest finds altered has not arrived.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>

#include "tests/support/chance.h"
#include "wire/envelope.h"
#include "wire/envelope_writer.h"

namespace gsoaprm::simulation {

struct Message {
  wire::WrittenMessage bytes;
  std::size_t digest = 0;
  bool creates = false;   // a sequence
  bool is_reply = false;  // with Sequence and the application's content
};
using MessagePointer = std::shared_ptr<const Message>;

MessagePointer Write(const wire::Envelope& envelope);
// A copy with one to three flipped bits.
MessagePointer Damage(const Message& message, testing::Chance* chance);

struct Reading {
  enum class Kind { kRead, kRefused, kAltered };
  Kind kind = Kind::kRefused;
  wire::Envelope envelope;
};
Reading Read(const Message& message);

}  // namespace gsoaprm::simulation
