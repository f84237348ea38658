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

void ReplyCache::TakeBack(MessageNumber request) {
  const auto found = replies_.find(request);
  if (found == replies_.end() || found->second.number != last_number_) return;
  bytes_ -= MessageSize(found->second.payload.get());
  replies_.erase(found);
  last_number_ = last_number_.previous();
}

void ReplyCache::Restore(MessageNumber request, KeptReply reply) {
  bytes_ += MessageSize(reply.payload.get());
  replies_.emplace(request, std::move(reply));
}

const KeptReply* ReplyCache::Find(MessageNumber request) const {
  const auto found = replies_.find(request);
  return found == replies_.end() ? nullptr : &found->second;
}

void ReplyCache::Release(const MessageRanges& acknowledged, std::vector<MessageNumber>* released) {
  for (auto reply = replies_.begin(); reply != replies_.end();) {
    if (acknowledged.Contains(reply->second.number)) {
      bytes_ -= MessageSize(reply->second.payload.get());
      if (released != nullptr) released->push_back(reply->first);
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
