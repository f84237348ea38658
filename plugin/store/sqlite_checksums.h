// The checksums of rows: over the columns that are not content, the keys by which a row is found, and the content's
// sum.
#pragma once

#include <cstdint>
#include <string>

#include "engine/records.h"

namespace gsoaprm::store {

// Which half of a session a dead letter was of.
enum class LetterRole : std::int64_t { kClient = 0, kServer = 1 };

struct DeadLetter {
  LetterRole role = LetterRole::kClient;
  std::string endpoint;
  std::string sequence;
  std::int64_t number = 0;
  bool one_way = false;
  std::string reason;
  std::int64_t buried_at = 0;  // seconds of the wall clock: information only
};

std::int64_t MetaChecksum(std::string_view name, std::int64_t value);
std::int64_t AcceptorChecksum(const engine::SequenceCreated& created);
std::int64_t StateChecksum(std::int64_t acceptor, const engine::AcceptorState& state, const std::string& acknowledged);
std::int64_t TombstoneChecksum(std::int64_t acceptor, const std::string& final_answer);
std::int64_t MessageChecksum(std::int64_t acceptor, const engine::ReceivedMessage& message, std::int64_t content);
std::int64_t ReplyChecksum(std::int64_t acceptor, MessageNumber request, const engine::KeptReply& reply,
                           std::int64_t content);
std::int64_t EndpointChecksum(const Uri& endpoint);
std::int64_t InitiatorChecksum(const engine::InitiatorRecord& record, const std::string& acknowledged,
                               const std::string& replies);
std::int64_t OutgoingChecksum(engine::OutgoingId id, std::int64_t endpoint, bool one_way, std::int64_t content);
std::int64_t AssignedChecksum(engine::OutgoingId id, std::int64_t initiator, MessageNumber number);
std::int64_t LetterChecksum(const DeadLetter& letter, std::int64_t content);

}  // namespace gsoaprm::store
