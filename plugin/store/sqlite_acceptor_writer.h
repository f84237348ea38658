// The server's changes as statements. A change of a sequence that is not in the file (it was forgotten) changes
// nothing.
#pragma once

#include <cstdint>
#include <unordered_map>

#include "engine/records.h"
#include "store/sqlite_connection.h"

namespace gsoaprm::store {

class AcceptorWriter {
 public:
  explicit AcceptorWriter(Connection* connection) : connection_(connection) {}

  // SQLite's code; SQLITE_OK.
  int Write(const engine::SequenceCreated& change);
  int Write(const engine::SequenceAdvanced& change);
  int Write(const engine::SequenceEnded& change);
  int Write(const engine::SequenceForgotten& change);
  int Write(const engine::MessageTaken& change);
  int Write(const engine::MessageDone& change);
  int Write(const engine::ReplyKept& change);
  int Write(const engine::ReplyReleased& change);

  // The key of a sequence, 0 when it is not in the file.
  int FindKey(const SequenceId& sequence, std::int64_t* key);
  // What is known of the file may not be so after a rollback.
  void ForgetKeys() { keys_.clear(); }

 private:
  int PutState(Prepared* statement, std::int64_t key, const engine::AcceptorState& state);
  static int RunWithKey(Prepared* statement, std::int64_t key) { return (*statement)->Integer(key).Run(); }

  Connection* connection_;
  std::unordered_map<SequenceId, std::int64_t> keys_;
  Prepared find_{connection_, "SELECT key FROM rm_acceptor WHERE sequence=?"};
  Prepared put_{connection_,
                "INSERT INTO rm_acceptor(sequence, offered, principal, protocol, endpoint, create_message_id, expires, "
                "crc) VALUES(?,?,?,?,?,?,?,?) ON CONFLICT(sequence) DO UPDATE SET offered=excluded.offered, "
                "principal=excluded.principal, protocol=excluded.protocol, endpoint=excluded.endpoint, "
                "create_message_id=excluded.create_message_id, expires=excluded.expires, crc=excluded.crc"};
  Prepared put_first_state_{connection_,
                            "INSERT OR IGNORE INTO rm_acceptor_state(acceptor, acknowledged, highest, last, closed, "
                            "last_reply, crc) VALUES(?,?,?,?,?,?,?)"};
  Prepared put_state_{connection_,
                      "INSERT OR REPLACE INTO rm_acceptor_state(acceptor, acknowledged, highest, last, closed, "
                      "last_reply, crc) VALUES(?,?,?,?,?,?,?)"};
  Prepared put_tombstone_{connection_,
                          "INSERT OR REPLACE INTO rm_tombstone(acceptor, crc, final_answer) VALUES(?,?,?)"};
  Prepared put_message_{connection_,
                        "INSERT OR REPLACE INTO rm_message(acceptor, number, begun, one_way, crc, action, message_id, "
                        "content_type, insert_at, payload_flags, soap_prefix, content_crc, entity) "
                        "VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?)"};
  Prepared put_reply_{connection_,
                      "INSERT OR REPLACE INTO rm_reply(acceptor, request, number, http_status, last_message, crc, "
                      "action, message_id, content_type, insert_at, payload_flags, soap_prefix, content_crc, entity) "
                      "VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?)"};
  Prepared drop_message_{connection_, "DELETE FROM rm_message WHERE acceptor=? AND number=?"};
  Prepared drop_reply_{connection_, "DELETE FROM rm_reply WHERE acceptor=? AND request=?"};
  Prepared drop_replies_{connection_, "DELETE FROM rm_reply WHERE acceptor=?"};
  Prepared drop_messages_{connection_, "DELETE FROM rm_message WHERE acceptor=?"};
  Prepared drop_tombstone_{connection_, "DELETE FROM rm_tombstone WHERE acceptor=?"};
  Prepared drop_state_{connection_, "DELETE FROM rm_acceptor_state WHERE acceptor=?"};
  Prepared drop_{connection_, "DELETE FROM rm_acceptor WHERE key=?"};
};

}  // namespace gsoaprm::store
