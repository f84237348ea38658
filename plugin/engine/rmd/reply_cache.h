// The replies of a session, numbered in the order in which they become ready, each kept until the client acknowledges
// it: a request that comes again gets the same reply again.
#pragma once

#include <cstddef>
#include <map>
#include <vector>

#include "base/message_ranges.h"
#include "engine/records.h"
#include "wire/payload.h"

namespace gsoaprm::engine {

class ReplyCache {
 public:
  // Gives the reply its number. The reference holds until the next call that changes the cache.
  const KeptReply& Add(MessageNumber request, KeptReply reply);
  // As if the newest reply, that to `request`, had never been added: its number is given again. Nobody has seen it.
  void TakeBack(MessageNumber request);
  // What a store gave back: a reply with its number, and the last number given.
  void Restore(MessageNumber request, KeptReply reply);
  void RestoreLastNumber(MessageNumber last) { last_number_ = last; }
  // Null when none was made, or when it was acknowledged.
  const KeptReply* Find(MessageNumber request) const;
  // False when the acknowledgement names a number that was never used.
  bool CanAcknowledge(const MessageRanges& acknowledged) const { return acknowledged.Highest() <= last_number_; }
  // `released` gets the numbers of their requests; may be null.
  void Release(const MessageRanges& acknowledged, std::vector<MessageNumber>* released = nullptr);
  void Clear();

  std::size_t size() const { return replies_.size(); }
  std::size_t bytes() const { return bytes_; }
  MessageNumber last_number() const { return last_number_; }
  // The lowest number of a request whose reply is kept; 0 when there is none.
  MessageNumber first_request() const { return replies_.empty() ? MessageNumber() : replies_.begin()->first; }
  bool IsConsistent() const;

 private:
  std::map<MessageNumber, KeptReply> replies_;  // by number of the request
  std::size_t bytes_ = 0;
  MessageNumber last_number_;
};

}  // namespace gsoaprm::engine
