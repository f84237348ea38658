#include "config/engine_options.h"

#include "config/response_endpoints.h"

namespace gsoaprm::config {
namespace {

wire::Protocol ToProtocol(const soap_rm_options& options) {
  wire::Protocol protocol;
  protocol.soap = options.soap_version == SOAP_RM_SOAP_11 ? wire::SoapVersion::k11 : wire::SoapVersion::k12;
  protocol.addressing = options.addressing_version == SOAP_RM_ADDRESSING_AUGUST_2004
                            ? wire::AddressingVersion::kAugust2004
                            : wire::AddressingVersion::k10;
  protocol.rm =
      options.reliable_messaging_version == SOAP_RM_11 ? wire::RmVersion::k11 : wire::RmVersion::kFebruary2005;
  return protocol;
}

engine::SessionShape ToShape(soap_rm_session_shape shape) {
  switch (shape) {
    case SOAP_RM_SHAPE_REQUEST_REPLY:
      return engine::SessionShape::kRequestReply;
    case SOAP_RM_SHAPE_ONE_WAY:
      return engine::SessionShape::kOneWay;
    case SOAP_RM_SHAPE_LEARN:
      break;
  }
  return engine::SessionShape::kLearn;
}

engine::Delivery ToDelivery(soap_rm_delivery_mode mode) {
  switch (mode) {
    case SOAP_RM_AT_MOST_ONCE:
      return engine::Delivery::kAtMostOnce;
    case SOAP_RM_EXACTLY_ONCE:
      return engine::Delivery::kExactlyOnce;
    case SOAP_RM_AT_LEAST_ONCE:
      break;
  }
  return engine::Delivery::kAtLeastOnce;
}

}  // namespace

engine::Options ToEngineOptions(const soap_rm_options& options) {
  engine::Options engine;
  engine.protocol = ToProtocol(options);
  engine.acknowledgement_interval = Duration::Milliseconds(options.acknowledgement_interval);
  engine.flow_control_enabled = options.flow_control_enabled != 0;
  engine.inactivity_timeout = Duration::Milliseconds(options.inactivity_timeout);
  engine.max_pending_channels = options.max_pending_channels;
  engine.max_retry_count = options.max_retry_count;
  engine.max_transfer_window_size = options.max_transfer_window_size;
  engine.ordered = options.ordered != 0;
  engine.open_timeout = Duration::Milliseconds(options.open_timeout);
  engine.send_timeout = Duration::Milliseconds(options.send_timeout);
  engine.close_timeout = Duration::Milliseconds(options.close_timeout);
  engine.retransmission_minimum = Duration::Milliseconds(options.retransmission_minimum);
  engine.retransmission_maximum = Duration::Milliseconds(options.retransmission_maximum);
  engine.handshake_retry_interval = Duration::Milliseconds(options.handshake_retry_interval);
  engine.shape = ToShape(options.session_shape);
  engine.concurrency_mode = options.concurrency_mode == SOAP_RM_CONCURRENCY_MULTIPLE
                                ? engine::ConcurrencyMode::kMultiple
                                : engine::ConcurrencyMode::kSingle;
  engine.session_memory = options.session_memory;
  engine.total_memory = options.total_memory;
  engine.sequences_per_endpoint = options.max_sessions;
  engine.sequences_per_principal = options.max_sessions_per_principal;
  engine.durable = *options.store != '\0';
  engine.delivery = ToDelivery(options.delivery_mode);
  engine.response_endpoints = ReadResponseEndpoints(options.response_endpoints);
  engine.resend_after_loss = options.after_session_loss == SOAP_RM_LOSS_RESEND;
  return engine;
}

}  // namespace gsoaprm::config
