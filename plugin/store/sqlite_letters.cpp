#include "store/sqlite_letters.h"

#include <algorithm>
#include <chrono>
#include <optional>
#include <utility>

#include "store/sqlite_rows.h"

namespace gsoaprm::store {

namespace {

std::int64_t WallClock() {
  auto since_epoch = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::seconds>(since_epoch).count();
}

// Binds the columns of `letter` that the two INSERTs begin with.
void BindLetter(Statement* row, const DeadLetter& letter, std::int64_t content) {
  row->Integer(static_cast<std::int64_t>(letter.role))
      .Text(letter.endpoint)
      .Text(letter.sequence)
      .Integer(letter.number)
      .Integer(letter.one_way ? 1 : 0)
      .Text(letter.reason)
      .Integer(letter.buried_at)
      .Integer(LetterChecksum(letter, content));
}

}  // namespace

struct LetterWriter::Flagged {
  std::int64_t id = 0;
  DeadLetter letter;
  std::int64_t content_checksum = 0;
  bool sound = false;
  Content content;
};

int LetterWriter::BuryMessage(std::int64_t acceptor, const engine::MessageBuried& change, std::uint64_t* buried) {
  auto number = static_cast<std::int64_t>(change.number.value());
  DeadLetter letter;
  std::int64_t content = 0;
  find_message_->Integer(acceptor).Integer(number);
  bool found = find_message_->Next();
  if (found) {
    letter = {LetterRole::kServer,
              find_message_->GetText(0),
              find_message_->GetText(1),
              number,
              find_message_->GetInteger(2) != 0,
              change.reason,
              WallClock()};
    content = find_message_->GetInteger(3);
  }
  int result = find_message_->Finish();
  if (!found) return result;
  BindLetter(&*bury_message_, letter, content);
  result = bury_message_->Integer(acceptor).Integer(number).Run();
  if (result == SQLITE_OK) result = drop_message_->Integer(acceptor).Integer(number).Run();
  ++*buried;
  return result;
}

int LetterWriter::BuryOutgoing(const engine::OutgoingBuried& change, std::uint64_t* buried) {
  DeadLetter letter;
  std::int64_t content = 0;
  find_outgoing_->Integer(change.id);
  bool found = find_outgoing_->Next();
  if (found) {
    letter = {LetterRole::kClient,
              find_outgoing_->GetText(0),
              find_outgoing_->GetText(1),
              find_outgoing_->GetInteger(2),
              find_outgoing_->GetInteger(3) != 0,
              change.reason,
              WallClock()};
    content = find_outgoing_->GetInteger(4);
  }
  int result = find_outgoing_->Finish();
  if (!found) return result;
  BindLetter(&*bury_outgoing_, letter, content);
  result = bury_outgoing_->Integer(change.id).Run();
  if (result == SQLITE_OK) result = drop_outgoing_->Integer(change.id).Run();
  ++*buried;
  return result;
}

int LetterWriter::FindFlagged(bool* found, Flagged* flagged) {
  *found = find_flagged_->Next();
  if (*found) {
    const Statement& row = *find_flagged_;
    flagged->id = row.GetInteger(0);
    flagged->letter = {static_cast<LetterRole>(row.GetInteger(1)),
                       row.GetText(2),
                       row.GetText(3),
                       row.GetInteger(4),
                       row.GetInteger(5) != 0,
                       row.GetText(6),
                       row.GetInteger(7)};
    std::optional<Content> content = ReadContent(row, 9, &flagged->content_checksum);
    flagged->sound =
        content.has_value() && row.GetInteger(8) == LetterChecksum(flagged->letter, flagged->content_checksum);
    if (content.has_value()) flagged->content = std::move(*content);
  }
  return find_flagged_->Finish();
}

// It stays a dead letter: what is damaged is not sent, and a server has no way to run a message later.
int LetterWriter::Refuse(const Flagged& flagged) {
  DeadLetter letter = flagged.letter;
  const char* why = letter.role == LetterRole::kClient ? " (not sent again: it is damaged)" : " (not of a client)";
  if (letter.reason.find(why) == std::string::npos) letter.reason += why;
  return refuse_->Text(letter.reason)
      .Integer(LetterChecksum(letter, flagged.content_checksum))
      .Integer(flagged.id)
      .Run();
}

int LetterWriter::Redrive(const std::function<engine::OutgoingId()>& next_id, InitiatorWriter* writer,
                          std::vector<Uri>* endpoints) {
  for (;;) {
    bool found = false;
    Flagged flagged;
    int result = FindFlagged(&found, &flagged);
    if (result != SQLITE_OK || !found) return result;
    if (!flagged.sound || flagged.letter.role != LetterRole::kClient) {
      result = Refuse(flagged);
    } else {
      engine::OutgoingRecord message;
      message.id = next_id();
      message.endpoint = Uri(flagged.letter.endpoint);
      message.one_way = flagged.letter.one_way;
      message.payload = flagged.content.payload;
      message.action = flagged.content.action;
      message.message_id = flagged.content.message_id;
      result = writer->Write(engine::OutgoingPut{message});
      if (result == SQLITE_OK) result = drop_->Integer(flagged.id).Run();
      if (std::find(endpoints->begin(), endpoints->end(), message.endpoint) == endpoints->end()) {
        endpoints->push_back(message.endpoint);
      }
    }
    if (result != SQLITE_OK) return result;
  }
}

}  // namespace gsoaprm::store
