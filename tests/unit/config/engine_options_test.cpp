#include "config/engine_options.h"

#include <gtest/gtest.h>

namespace gsoaprm::config {
namespace {

soap_rm_options Defaults() {
  soap_rm_options options;
  soap_rm_options_default(&options);
  return options;
}

TEST(EngineOptions, DefaultsAreTheEnginesOwn) {
  const engine::Options made = ToEngineOptions(Defaults());
  const engine::Options own;
  EXPECT_EQ(made.protocol, own.protocol);
  EXPECT_EQ(made.acknowledgement_interval, own.acknowledgement_interval);
  EXPECT_EQ(made.flow_control_enabled, own.flow_control_enabled);
  EXPECT_EQ(made.inactivity_timeout, own.inactivity_timeout);
  EXPECT_EQ(made.max_pending_channels, own.max_pending_channels);
  EXPECT_EQ(made.max_retry_count, own.max_retry_count);
  EXPECT_EQ(made.max_transfer_window_size, own.max_transfer_window_size);
  EXPECT_EQ(made.ordered, own.ordered);
  EXPECT_EQ(made.open_timeout, own.open_timeout);
  EXPECT_EQ(made.send_timeout, own.send_timeout);
  EXPECT_EQ(made.close_timeout, own.close_timeout);
  EXPECT_EQ(made.retransmission_minimum, own.retransmission_minimum);
  EXPECT_EQ(made.retransmission_maximum, own.retransmission_maximum);
  EXPECT_EQ(made.handshake_retry_interval, own.handshake_retry_interval);
  EXPECT_EQ(made.shape, own.shape);
  EXPECT_EQ(made.concurrency_mode, own.concurrency_mode);
  EXPECT_EQ(made.session_memory, own.session_memory);
  EXPECT_EQ(made.total_memory, own.total_memory);
  EXPECT_EQ(made.sequences_per_endpoint, own.sequences_per_endpoint);
  EXPECT_EQ(made.sequences_per_principal, own.sequences_per_principal);
}

TEST(EngineOptions, EveryNumberArrivesInItsOwnPlace) {
  soap_rm_options options = Defaults();
  options.acknowledgement_interval = 1;
  options.inactivity_timeout = 2;
  options.max_pending_channels = 3;
  options.max_retry_count = 4;
  options.max_transfer_window_size = 5;
  options.open_timeout = 6;
  options.send_timeout = 7;
  options.close_timeout = 8;
  options.retransmission_minimum = 9;
  options.retransmission_maximum = 10;
  options.handshake_retry_interval = 11;
  options.session_memory = 70000;
  options.total_memory = 80000;
  options.max_sessions = 12;
  options.max_sessions_per_principal = 13;
  const engine::Options made = ToEngineOptions(options);
  EXPECT_EQ(made.acknowledgement_interval, Duration::Milliseconds(1));
  EXPECT_EQ(made.inactivity_timeout, Duration::Milliseconds(2));
  EXPECT_EQ(made.max_pending_channels, 3);
  EXPECT_EQ(made.max_retry_count, 4);
  EXPECT_EQ(made.max_transfer_window_size, 5);
  EXPECT_EQ(made.open_timeout, Duration::Milliseconds(6));
  EXPECT_EQ(made.send_timeout, Duration::Milliseconds(7));
  EXPECT_EQ(made.close_timeout, Duration::Milliseconds(8));
  EXPECT_EQ(made.retransmission_minimum, Duration::Milliseconds(9));
  EXPECT_EQ(made.retransmission_maximum, Duration::Milliseconds(10));
  EXPECT_EQ(made.handshake_retry_interval, Duration::Milliseconds(11));
  EXPECT_EQ(made.session_memory, 70000u);
  EXPECT_EQ(made.total_memory, 80000u);
  EXPECT_EQ(made.sequences_per_endpoint, 12);
  EXPECT_EQ(made.sequences_per_principal, 13);
}

TEST(EngineOptions, TheLargestDurationFits) {
  soap_rm_options options = Defaults();
  options.inactivity_timeout = 2147483647;
  EXPECT_EQ(ToEngineOptions(options).inactivity_timeout.milliseconds(), 2147483647);
}

TEST(EngineOptions, SwitchesAndVersionsArrive) {
  soap_rm_options options = Defaults();
  options.flow_control_enabled = 0;
  options.ordered = 0;
  options.reliable_messaging_version = SOAP_RM_11;
  options.addressing_version = SOAP_RM_ADDRESSING_AUGUST_2004;
  options.soap_version = SOAP_RM_SOAP_11;
  options.concurrency_mode = SOAP_RM_CONCURRENCY_MULTIPLE;
  const engine::Options made = ToEngineOptions(options);
  EXPECT_FALSE(made.flow_control_enabled);
  EXPECT_FALSE(made.ordered);
  EXPECT_EQ(made.protocol.rm, wire::RmVersion::k11);
  EXPECT_EQ(made.protocol.addressing, wire::AddressingVersion::kAugust2004);
  EXPECT_EQ(made.protocol.soap, wire::SoapVersion::k11);
  EXPECT_EQ(made.concurrency_mode, engine::ConcurrencyMode::kMultiple);
  options.soap_version = SOAP_RM_SOAP_12;
  EXPECT_EQ(ToEngineOptions(options).protocol.soap, wire::SoapVersion::k12);
}

TEST(EngineOptions, EveryShapeArrives) {
  soap_rm_options options = Defaults();
  EXPECT_EQ(ToEngineOptions(options).shape, engine::SessionShape::kLearn);
  options.session_shape = SOAP_RM_SHAPE_REQUEST_REPLY;
  EXPECT_EQ(ToEngineOptions(options).shape, engine::SessionShape::kRequestReply);
  options.session_shape = SOAP_RM_SHAPE_ONE_WAY;
  EXPECT_EQ(ToEngineOptions(options).shape, engine::SessionShape::kOneWay);
}

}  // namespace
}  // namespace gsoaprm::config
