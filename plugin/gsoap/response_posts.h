// Answers of sessions whose client wants them at an address of its own (the option response_endpoints).
#pragma once

#include <cstdint>
#include <memory>

#include "engine/acceptor_session.h"
#include "gsoap/trace.h"
#include "net/post_queue.h"

namespace gsoaprm::binding {

class ResponsePosts {
 public:
  ResponsePosts(const Instance& instance, Trace* trace);

  // To respond.post_to. Waits for nothing.
  void Post(const engine::Respond& respond);

  std::uint64_t taken() const { return queue_ ? queue_->taken() : 0; }
  std::uint64_t lost() const { return queue_ ? queue_->lost() : 0; }

 private:
  void Report(const net::HttpPost& post, const net::PostResult& result);

  Trace* const trace_;
  net::SystemResolver resolver_;
  // Null where no address is allowed: then there is nothing here that could connect anywhere.
  std::unique_ptr<net::HttpPoster> poster_;
  std::unique_ptr<net::PostQueue> queue_;
};

}  // namespace gsoaprm::binding
