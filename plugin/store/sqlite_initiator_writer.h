// The client's changes as statements.
#pragma once

#include <cstdint>
#include <unordered_map>
#include <vector>

#include "engine/records.h"
#include "store/sqlite_connection.h"

namespace gsoaprm::store {

class InitiatorWriter {
 public:
  explicit InitiatorWriter(Connection* connection) : connection_(connection) {}

  // SQLite's code; SQLITE_OK.
  int Write(const engine::InitiatorAdvanced& change);
  int Write(const engine::InitiatorEnded& change);
  // What it has still got, against the rule.
  int FindRest(const SequenceId& sequence, std::vector<engine::OutgoingId>* rest);
  int Write(const engine::OutgoingPut& change);
  int Write(const engine::OutgoingAssigned& change);
  int Write(const engine::OutgoingDone& change);

  // The first identifier that no row has had, nor will have had by what is in the file.
  int ReservedOutgoingIds(std::int64_t* reserved);
  // Whether its row has been written or read; false may mean that nobody has asked yet.
  bool Knows(const SequenceId& sequence) const { return keys_.count(sequence) != 0; }
  // What is known of the file may not be so after a rollback.
  void ForgetKeys();

 private:
  int FindKey(const SequenceId& sequence, std::int64_t* key);
  int FindEndpoint(const Uri& endpoint, std::int64_t* key);
  int ReserveIds(engine::OutgoingId id);

  Connection* connection_;
  std::unordered_map<SequenceId, std::int64_t> keys_;
  std::unordered_map<Uri, std::int64_t> endpoints_;
  std::int64_t reserved_ = 0;  // 0: not read yet
  Prepared find_{connection_, "SELECT key FROM rm_initiator WHERE sequence=?"};
  Prepared put_{connection_,
                "INSERT INTO rm_initiator(sequence, offered, endpoint, protocol, newest, acknowledged, replies, crc) "
                "VALUES(?,?,?,?,?,?,?,?)"};
  Prepared advance_{connection_,
                    "UPDATE rm_initiator SET offered=?, endpoint=?, protocol=?, newest=?, acknowledged=?, replies=?, "
                    "crc=? WHERE key=?"};
  Prepared drop_{connection_, "DELETE FROM rm_initiator WHERE key=?"};
  Prepared find_rest_{connection_, "SELECT id FROM rm_outgoing WHERE initiator=? ORDER BY id"};
  Prepared find_endpoint_{connection_, "SELECT key FROM rm_endpoint WHERE uri=?"};
  Prepared put_endpoint_{connection_, "INSERT INTO rm_endpoint(uri, crc) VALUES(?,?)"};
  Prepared put_outgoing_{connection_,
                         "INSERT OR REPLACE INTO rm_outgoing(id, endpoint, one_way, crc, initiator, number, "
                         "assigned_crc, action, message_id, content_type, insert_at, payload_flags, soap_prefix, "
                         "content_crc, entity) VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)"};
  Prepared assign_{connection_, "UPDATE rm_outgoing SET initiator=?, number=?, assigned_crc=? WHERE id=?"};
  Prepared drop_outgoing_{connection_, "DELETE FROM rm_outgoing WHERE id=?"};
  Prepared read_meta_{connection_, "SELECT value, crc FROM rm_meta WHERE name='outgoing_ids_reserved'"};
  Prepared put_meta_{connection_,
                     "INSERT OR REPLACE INTO rm_meta(name, value, crc) VALUES('outgoing_ids_reserved',?,?)"};
};

}  // namespace gsoaprm::store
