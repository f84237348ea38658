#include "engine/rmd/reply_cache.h"

#include <utility>

#include "engine/rmd/message_size.h"

namespace gsoaprm::engine {

const KeptReply& ReplyCache::Add(MessageNumber request, KeptReply reply) {
  last_number_ = last_number_.next();
  reply.number = last_number_;
  bytes_ += MessageSize(reply.payload.get());
  return replies_.emplace(request, std::move(reply)).first->second;
}

const KeptReply* ReplyCache::Find(MessageNumber request) const {
  const auto found = replies_.find(request);
  return found == replies_.end() ? nullptr : &found->second;
}

void ReplyCache::Release(const MessageRanges& acknowledged) {
  for (auto reply = replies_.begin(); reply != replies_.end();) {
    if (acknowledged.Contains(reply->second.number)) {
      bytes_ -= MessageSize(reply->second.payload.get());
      reply = replies_.erase(reply);
    } else {
      ++reply;
    }
  }
}

void ReplyCache::Clear() {
  replies_.clear();
  bytes_ = 0;
}

bool ReplyCache::IsConsistent() const {
  std::size_t bytes = 0;
  for (const auto& [request, reply] : replies_) {
    if (!request.valid() || !reply.number.valid() || reply.number > last_number_) return false;
    bytes += MessageSize(reply.payload.get());
  }
  return bytes == bytes_;
}

}  // namespace gsoaprm::engine
