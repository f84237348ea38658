// Shared by the client's tests: options with short times, in both versions.
#pragma once

#include <gtest/gtest.h>

#include "gsoap/client_service.h"
#include "gsoap/support/test_client.h"
#include "gsoap/support/test_server.h"

namespace gsoaprm::testing {

constexpr char kSoap12Type[] = "application/soap+xml; charset=utf-8";

class EitherVersion : public ::testing::TestWithParam<soap_rm_protocol_version> {
 protected:
  static bool is_11() { return GetParam() == SOAP_RM_11; }
  static soap_rm_options Options() {
    soap_rm_options options = TestOptions();
    options.reliable_messaging_version = GetParam();
    options.retransmission_minimum = 20;
    options.handshake_retry_interval = 50;
    options.automatic_close_timeout = 2000;
    return options;
  }
  // The body of the first fault that the service gets from a client that has sent so many messages; "" after ten
  // seconds. In the 2005 version faults have no action of their own.
  static std::string WaitForFault(const ClientService& service, std::size_t messages) {
    const wire::RmAction action = is_11() ? wire::RmAction::kFault : wire::RmAction::kNone;
    if (!service.WaitForRequests(is_11() ? 1 : messages + 1, action)) return "";
    for (const ServiceRequest& request : service.requests(action))
      if (request.envelope.fault()) return request.body;
    return "";
  }
  // How many messages of the application have come, copies too.
  static int Messages(const ClientService& service) {
    int count = 0;
    for (const ServiceRequest& request : service.requests(wire::RmAction::kNone)) count += request.number > 0;
    return count;
  }
};

inline auto BothRmVersions() { return ::testing::Values(SOAP_RM_FEBRUARY_2005, SOAP_RM_11); }

inline std::string RmVersionName(const ::testing::TestParamInfo<soap_rm_protocol_version>& info) {
  return info.param == SOAP_RM_11 ? "Rm11" : "Rm2005";
}

inline bool IsMessage(const ServiceRequest& request, std::uint64_t number, int sending = 1) {
  return request.envelope.rm_action == wire::RmAction::kNone && request.number == number && request.sending == sending;
}

}  // namespace gsoaprm::testing
