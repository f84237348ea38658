#include "store/sqlite_waiting.h"

#include <optional>
#include <utility>

#include "store/sqlite_checksums.h"
#include "store/sqlite_rows.h"

namespace gsoaprm::store {

struct WaitingReader::Statements {
  explicit Statements(Connection* connection) : connection_(connection) {}
  Connection* connection_;
  Prepared waiting{connection_,
                   "SELECT id, endpoint, one_way, crc, number, assigned_crc, action, message_id, content_type, "
                   "insert_at, payload_flags, soap_prefix, content_crc, entity FROM rm_outgoing "
                   "WHERE initiator IS NULL AND endpoint=(SELECT key FROM rm_endpoint WHERE uri=?) AND id>? "
                   "ORDER BY id LIMIT ?"};
  Prepared endpoints{connection_,
                     "SELECT uri FROM rm_endpoint e WHERE EXISTS "
                     "(SELECT 1 FROM rm_outgoing WHERE initiator IS NULL AND endpoint=e.key) ORDER BY key"};
};

WaitingReader::WaitingReader(std::string path, std::string vfs) : path_(std::move(path)), vfs_(std::move(vfs)) {}

WaitingReader::~WaitingReader() = default;

bool WaitingReader::Connect() {
  if (connection_ != nullptr) return true;
  int result = SQLITE_OK;
  connection_ = Connection::Open(path_, vfs_, SQLITE_OPEN_READWRITE, &result);
  if (connection_ == nullptr) return false;
  connection_->Execute("PRAGMA query_only=ON; PRAGMA cell_size_check=ON; PRAGMA cache_size=-2000");
  // The file is the other connection's to close.
  sqlite3_db_config(connection_->handle(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
  statements_ = std::make_unique<Statements>(connection_.get());
  return true;
}

std::vector<engine::OutgoingRecord> WaitingReader::Read(const Uri& endpoint, engine::OutgoingId after,
                                                        std::size_t limit, std::vector<engine::OutgoingId>* damaged) {
  std::vector<engine::OutgoingRecord> messages;
  std::lock_guard<std::mutex> lock(mutex_);
  if (!Connect()) return messages;
  Statement& rows = *statements_->waiting;
  rows.Text(endpoint.text()).Integer(after).Integer(static_cast<std::int64_t>(limit));
  while (rows.Next()) {
    engine::OutgoingRecord message;
    message.id = rows.GetInteger(0);
    message.endpoint = endpoint;
    message.one_way = rows.GetInteger(2) != 0;
    std::int64_t checksum = 0;
    std::optional<Content> content = ReadContent(rows, 6, &checksum);
    MessageNumber number(static_cast<std::uint64_t>(rows.GetInteger(4)));
    if (!content.has_value() || rows.GetInteger(5) != AssignedChecksum(message.id, 0, number) ||
        rows.GetInteger(3) != OutgoingChecksum(message.id, rows.GetInteger(1), message.one_way, checksum)) {
      damaged->push_back(message.id);
      continue;
    }
    message.payload = std::move(content->payload);
    message.action = std::move(content->action);
    message.message_id = std::move(content->message_id);
    messages.push_back(std::move(message));
  }
  if (rows.Finish() != SQLITE_OK) {
    statements_.reset();
    connection_.reset();
  }
  return messages;
}

std::vector<Uri> WaitingReader::Endpoints() {
  std::vector<Uri> endpoints;
  std::lock_guard<std::mutex> lock(mutex_);
  if (!Connect()) return endpoints;
  Statement& rows = *statements_->endpoints;
  while (rows.Next()) endpoints.emplace_back(rows.GetText(0));
  if (rows.Finish() != SQLITE_OK) {
    statements_.reset();
    connection_.reset();
  }
  return endpoints;
}

void WaitingReader::Abandon() {
  static_cast<void>(statements_.release());
  static_cast<void>(connection_.release());
}

}  // namespace gsoaprm::store
