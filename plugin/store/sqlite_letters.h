// Dead letters: what will not be sent or run, until somebody lists, re-drives or purges it.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "engine/records.h"
#include "store/sqlite_checksums.h"
#include "store/sqlite_connection.h"
#include "store/sqlite_initiator_writer.h"

namespace gsoaprm::store {

class LetterWriter {
 public:
  explicit LetterWriter(Connection* connection) : connection_(connection) {}

  // SQLite's code. What is not in the file is not buried; *buried counts.
  int BuryMessage(std::int64_t acceptor, const engine::MessageBuried& change, std::uint64_t* buried);
  int BuryOutgoing(const engine::OutgoingBuried& change, std::uint64_t* buried);

  // Moves what is flagged to those that wait, behind them; adds their endpoints.
  int Redrive(const std::function<engine::OutgoingId()>& next_id, InitiatorWriter* writer, std::vector<Uri>* endpoints);

 private:
  struct Flagged;
  int FindFlagged(bool* found, Flagged* flagged);
  int Refuse(const Flagged& flagged);

  Connection* connection_;
  Prepared find_message_{connection_,
                         "SELECT a.endpoint, a.sequence, m.one_way, m.content_crc FROM rm_message m "
                         "JOIN rm_acceptor a ON a.key=m.acceptor WHERE m.acceptor=? AND m.number=?"};
  Prepared find_outgoing_{connection_,
                          "SELECT e.uri, coalesce(i.sequence, ''), o.number, o.one_way, o.content_crc "
                          "FROM rm_outgoing o JOIN rm_endpoint e ON e.key=o.endpoint "
                          "LEFT JOIN rm_initiator i ON i.key=o.initiator WHERE o.id=?"};
  Prepared bury_message_{
      connection_,
      "INSERT INTO rm_dead_letter(role, redrive, endpoint, sequence, number, one_way, reason, "
      "buried_at, crc, action, message_id, content_type, insert_at, payload_flags, soap_prefix, "
      "content_crc, entity) SELECT ?,0,?,?,?,?,?,?,?, action, message_id, content_type, insert_at, "
      "payload_flags, soap_prefix, content_crc, entity FROM rm_message WHERE acceptor=? AND number=?"};
  Prepared bury_outgoing_{connection_,
                          "INSERT INTO rm_dead_letter(role, redrive, endpoint, sequence, number, one_way, reason, "
                          "buried_at, crc, action, message_id, content_type, insert_at, payload_flags, soap_prefix, "
                          "content_crc, entity) SELECT ?,0,?,?,?,?,?,?,?, action, message_id, content_type, "
                          "insert_at, payload_flags, soap_prefix, content_crc, entity FROM rm_outgoing WHERE id=?"};
  Prepared drop_message_{connection_, "DELETE FROM rm_message WHERE acceptor=? AND number=?"};
  Prepared drop_outgoing_{connection_, "DELETE FROM rm_outgoing WHERE id=?"};
  Prepared find_flagged_{connection_,
                         "SELECT id, role, endpoint, sequence, number, one_way, reason, buried_at, crc, action, "
                         "message_id, content_type, insert_at, payload_flags, soap_prefix, content_crc, entity "
                         "FROM rm_dead_letter WHERE redrive<>0 ORDER BY redrive, id LIMIT 1"};
  Prepared refuse_{connection_, "UPDATE rm_dead_letter SET redrive=0, reason=?, crc=? WHERE id=?"};
  Prepared drop_{connection_, "DELETE FROM rm_dead_letter WHERE id=?"};
};

}  // namespace gsoaprm::store
