// Changes of both halves as statements, and the transaction around them.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "engine/records.h"
#include "store/sqlite_acceptor_writer.h"
#include "store/sqlite_connection.h"
#include "store/sqlite_initiator_writer.h"
#include "store/sqlite_letters.h"

namespace gsoaprm::store {

class Writer {
 public:
  explicit Writer(Connection* connection) : acceptors_(connection), initiators_(connection), letters_(connection) {}

  // SQLite's code. Within a transaction of the caller's.
  int Write(const engine::Changes& changes);
  int Redrive(const std::function<engine::OutgoingId()>& next_id, std::vector<Uri>* endpoints) {
    return letters_.Redrive(next_id, &initiators_, endpoints);
  }
  int ReservedOutgoingIds(std::int64_t* reserved) { return initiators_.ReservedOutgoingIds(reserved); }

  // After a rollback.
  void ForgetKeys();
  // Since the last call.
  std::uint64_t TakeBuried();

 private:
  int WriteOne(const engine::Change& change);
  int EndInitiator(const engine::InitiatorEnded& change);

  AcceptorWriter acceptors_;
  InitiatorWriter initiators_;
  LetterWriter letters_;
  std::uint64_t buried_ = 0;
};

}  // namespace gsoaprm::store
