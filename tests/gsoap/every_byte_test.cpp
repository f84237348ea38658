// The connection breaks at a byte of a request or of its answer, closed or reset: the call is made again, executed
// once, and answered; nothing that was half read is executed. Every eighth byte, others in each case; with
// EVERY_BYTE=all in the environment every one, in three minutes.
#include <gtest/gtest.h>

#include <cstdlib>

#include "gsoap/support/test_client.h"
#include "gsoap/support/test_server.h"
#include "proxy/fault_proxy.h"
#include "support/fault_points.h"

namespace gsoaprm::testing {
namespace {

class EveryByte : public ::testing::TestWithParam<std::tuple<soap_rm_protocol_version, proxy::Fault>> {
 protected:
  static soap_rm_options Options() {
    soap_rm_options options = QuickOptions(std::get<0>(GetParam()));
    options.retransmission_minimum = 1;
    options.retransmission_maximum = 50;
    options.inactivity_timeout = 600000;
    return options;
  }
  // How many bytes the message has, from an exchange without a fault.
  std::size_t Size(bool of_request) {
    EXPECT_EQ(client_.Add(0, 0), SOAP_OK) << client_.Fault();
    const auto exchanges = network_.exchanges();
    const proxy::HttpMessage& message = of_request ? exchanges.back().request : exchanges.back().response;
    return message.bytes.size();
  }

  const soap_rm_options options_ = Options();
  TestServer server_{Serving::kThreaded, &options_, SOAP_IO_DEFAULT};
  proxy::FaultProxy network_{static_cast<std::uint16_t>(server_.port())};
  TestClient client_{UrlOf(network_.port()), options_};
};

TEST_P(EveryByte, CanBeTheLastOneThatArrives) {
  const proxy::Fault fault = std::get<1>(GetParam());
  const bool of_request = fault == proxy::Fault::kDropRequest || fault == proxy::Fault::kReset;
  network_.Record();
  const int size = static_cast<int>(Size(of_request));
  ASSERT_GT(size, 500);
  const bool all = std::getenv("EVERY_BYTE") != nullptr;
  const int first = all ? 1 : 1 + 4 * std::get<0>(GetParam()) + static_cast<int>(fault) % 4;
  std::size_t calls = 1;  // without a fault
  std::size_t passed = 0;
  for (int bytes = first; bytes < size; bytes += all ? 1 : 8, calls++) {
    proxy::Rule rule;
    rule.fault = fault;
    rule.text = "Add";
    rule.bytes = bytes;
    network_.AddRule(rule);
    ASSERT_EQ(client_.Add(bytes, 0), SOAP_OK) << "byte " << bytes << ": " << client_.Fault();
    ASSERT_EQ(server_.executions().lines().size(), calls + 1) << "byte " << bytes;
    passed++;
  }
  EXPECT_EQ(client_.Close(), SOAP_OK) << client_.Fault();
  EXPECT_EQ(server_.executions().lines().size(), calls);
  EXPECT_GE(client_.Metrics().retransmissions, calls - 1);
  ReportFaultPoints(of_request ? "bytes of a request" : "bytes of a response", calls - 1, passed);
}

INSTANTIATE_TEST_SUITE_P(Of, EveryByte,
                         ::testing::Combine(::testing::Values(SOAP_RM_FEBRUARY_2005, SOAP_RM_11),
                                            ::testing::Values(proxy::Fault::kDropRequest, proxy::Fault::kReset,
                                                              proxy::Fault::kDropResponse,
                                                              proxy::Fault::kResetResponse)));

}  // namespace
}  // namespace gsoaprm::testing
