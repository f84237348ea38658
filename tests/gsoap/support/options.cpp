#include "gsoap/support/options.h"

#include <gtest/gtest.h>

namespace gsoaprm::testing {

soap_rm_options QuickOptions(soap_rm_protocol_version version) {
  soap_rm_options options;
  soap_rm_options_default(&options);
  options.reliable_messaging_version = version;
  options.retransmission_minimum = 20;
  options.retransmission_maximum = 200;
  options.handshake_retry_interval = 50;
  options.max_retry_count = 40;
  return options;
}

struct soap_rm_metrics MetricsOf(struct soap* soap) {
  struct soap_rm_metrics metrics {};
  metrics.size = sizeof metrics;
  EXPECT_EQ(soap_rm_get_metrics(soap, &metrics), SOAP_OK);
  return metrics;
}

}  // namespace gsoaprm::testing
