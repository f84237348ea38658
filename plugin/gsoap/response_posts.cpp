#include "gsoap/response_posts.h"

#include <utility>

#include "wire/envelope_writer.h"

namespace gsoaprm::binding {

ResponsePosts::ResponsePosts(const Instance& instance, Trace* trace) : trace_(trace) {
  if (instance.engine_options.response_endpoints.empty()) return;
  const std::chrono::milliseconds limit(instance.options.read_timeout);
  poster_ = std::make_unique<net::HttpPoster>(&resolver_, limit);
  queue_ = std::make_unique<net::PostQueue>(
      poster_.get(), [this](const net::HttpPost& post, const net::PostResult& result) { Report(post, result); });
}

void ResponsePosts::Post(const engine::Respond& respond) {
  auto address = ReadHttpAddress(respond.post_to.text());
  if (!queue_ || !address) return;
  TracePost(trace_, respond);
  wire::WrittenMessage message = wire::WriteEnvelope(respond.envelope);
  net::HttpPost post;
  post.address = *std::move(address);
  post.content_type = std::move(message.content_type);
  if (respond.envelope.protocol.soap == wire::SoapVersion::k11) post.soap_action = respond.envelope.addressing.action;
  post.entity = std::move(message.entity);
  queue_->Post(post);
}

void ResponsePosts::Report(const net::HttpPost& post, const net::PostResult& result) {
  if (result.taken || trace_->off()) return;
  trace_->Comment("what was posted to " + HostText(post.address.origin) + post.address.target +
                  " was not taken: " + result.problem);
}

}  // namespace gsoaprm::binding
