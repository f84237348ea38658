// What a client session needs from outside besides clock and timer: somebody who runs exchanges, and somebody to tell.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "base/types.h"
#include "engine/initiator_session.h"

namespace gsoaprm::session {

class ClientSession;

// What a call brings along for each of its exchanges and the session does not look into: credentials, HTTP headers.
class CallSettings {
 public:
  virtual ~CallSettings() = default;
};
using CallSettingsPointer = std::shared_ptr<const CallSettings>;

// Something that may be blocked on the network and can be woken. One object serves many exchanges in turn.
class Interruptible {
 public:
  virtual ~Interruptible() = default;
  // Does nothing when that turn is over. Any thread; does not block.
  virtual void Interrupt(std::uint64_t turn) = 0;
};
struct InterruptHandle {
  std::shared_ptr<Interruptible> target;
  std::uint64_t turn = 0;
};

class Exchanges {
 public:
  virtual ~Exchanges() = default;
  // Runs the exchange in the background and reports its end to session->FinishExchange(), exactly once unless the port
  // is shut down. Any thread; does not block.
  virtual void Start(const std::shared_ptr<ClientSession>& session, engine::Transmit transmit,
                     CallSettingsPointer settings) = 0;
  // Wakes whoever runs it; its end is still reported. Any thread; does not block.
  virtual void Cancel(ExchangeId exchange) = 0;
  // Before the request is written, and without locks, whoever runs it asks session->MaySend().
  // So many run at a time; those beyond wait until one of them ends.
  virtual std::size_t MostAtOnce() const = 0;
};

class ClientObserver {
 public:
  virtual ~ClientObserver() = default;
  // In the order of the changes, one at a time, with no lock held.
  virtual void SessionChanged(const SequenceId& sequence, const engine::StateChanged& change) = 0;
};

}  // namespace gsoaprm::session
