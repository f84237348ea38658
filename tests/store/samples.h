// Records to put into a store.
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "engine/records.h"
#include "store/sqlite_store.h"
#include "tests/store/state.h"

namespace gsoaprm::testing {

inline constexpr Duration kPatience = Duration::Seconds(30);

inline wire::PayloadPointer SomePayload(std::string entity) {
  auto payload = std::make_shared<wire::Payload>();
  payload->content_type = "application/soap+xml; charset=utf-8";
  payload->entity = std::move(entity);
  payload->insert_at = 3;
  payload->has_header = true;
  payload->soap_prefix = "s";
  payload->has_to = true;
  payload->prefixes_free = true;
  return payload;
}

inline MessageRanges UpTo(std::uint64_t last) {
  MessageRanges ranges;
  if (last > 0) ranges.InsertRange(MessageNumber(1), MessageNumber(last));
  return ranges;
}

inline engine::SequenceCreated Created(const std::string& name) {
  engine::SequenceCreated created;
  created.identity.sequence = SequenceId("urn:uuid:" + name);
  created.identity.offered = SequenceId("urn:uuid:" + name + "-offered");
  created.identity.principal = Principal("somebody");
  created.identity.protocol.rm = wire::RmVersion::k11;
  created.identity.to = Uri("http://server/service");
  created.create_message_id = MessageId("urn:uuid:create-" + name);
  created.expires = "PT10M";
  return created;
}

inline engine::SequenceAdvanced Advanced(const std::string& name, std::uint64_t acknowledged,
                                         std::uint64_t last_reply = 0) {
  engine::AcceptorState state;
  state.acknowledged = UpTo(acknowledged);
  state.highest = MessageNumber(acknowledged);
  state.last_reply = MessageNumber(last_reply);
  return {SequenceId("urn:uuid:" + name), state};
}

inline engine::MessageTaken Taken(const std::string& name, std::uint64_t number, bool begun = false) {
  engine::ReceivedMessage message;
  message.number = MessageNumber(number);
  message.begun = begun;
  message.one_way = number % 2 == 0;
  message.payload = SomePayload("<message " + std::to_string(number) + ">");
  message.action = "urn:do";
  if (number % 3 != 0) message.message_id = MessageId("urn:uuid:message-" + std::to_string(number));
  return {SequenceId("urn:uuid:" + name), message};
}

inline engine::ReplyKept Kept(const std::string& name, std::uint64_t request, std::uint64_t number) {
  engine::KeptReply reply;
  reply.number = MessageNumber(number);
  reply.payload = SomePayload("<reply " + std::to_string(number) + ">");
  reply.action = "urn:done";
  reply.relates_to = MessageId("urn:uuid:message-" + std::to_string(request));
  return {SequenceId("urn:uuid:" + name), MessageNumber(request), reply};
}

inline engine::InitiatorAdvanced Session(const std::string& name, std::uint64_t newest, std::uint64_t acknowledged,
                                         std::uint64_t replies = 0) {
  engine::InitiatorRecord record;
  record.sequence = SequenceId("urn:uuid:" + name);
  record.offered = SequenceId("urn:uuid:" + name + "-offered");
  record.endpoint = Uri("http://server/service");
  record.protocol.soap = wire::SoapVersion::k11;
  record.newest = MessageNumber(newest);
  record.acknowledged = UpTo(acknowledged);
  record.replies = UpTo(replies);
  return {record};
}

// Waits when it has no sequence.
inline engine::OutgoingPut Put(engine::OutgoingId id, const std::string& name = "", std::uint64_t number = 0,
                               std::string entity = "") {
  engine::OutgoingRecord message;
  message.id = id;
  message.endpoint = Uri("http://server/service");
  if (!name.empty()) message.sequence = SequenceId("urn:uuid:" + name);
  message.number = MessageNumber(number);
  message.one_way = id % 2 == 0;
  message.payload = SomePayload(entity.empty() ? "<outgoing " + std::to_string(id) + ">" : std::move(entity));
  message.action = "urn:send";
  if (id % 3 != 0) message.message_id = MessageId("urn:uuid:outgoing-" + std::to_string(id));
  return {message};
}

inline std::unique_ptr<store::Store> OpenStore(const std::string& path, Status* problem = nullptr) {
  store::SqliteStoreOptions options;
  options.path = path;
  Status ignored;
  return store::OpenSqliteStore(options, problem != nullptr ? problem : &ignored);
}

// Opens the file, reads all of it, and closes it.
inline std::string TextOfFile(const std::string& path) {
  Status problem;
  std::unique_ptr<store::Store> store = OpenStore(path, &problem);
  StateReader reader;
  if (store != nullptr) problem = reader.Read(store.get(), path);
  return problem.ok() ? reader.state.Text() : problem.code + ": " + problem.reason;
}

}  // namespace gsoaprm::testing
