#include "gsoap/http/echoes.h"

#include <gtest/gtest.h>

#include "Echoes.nsmap"

namespace gsoaprm::testing {
namespace {

void Register(struct soap* soap, soap_rm_options options) {
  EXPECT_EQ(soap_register_plugin_arg(soap, soap_rm, &options), SOAP_OK) << FaultText(soap);
}

}  // namespace

Echoes::Echoes(const soap_rm_options& client_options, const soap_rm_options& server_options, soap_mode client_mode,
               soap_mode server_mode)
    : server_(server_mode), client_(std::make_unique<OwnContext>(client_mode)) {
  { EchoesService namespaces(server_.get()); }
  server_->user = this;
  Register(server_.get(), server_options);
  Register(client(), client_options);
  listener_ = std::make_unique<OwnServer>(server_.get(), [](struct soap* soap) { EchoesService(soap).serve(); });
  network_ = std::make_unique<proxy::FaultProxy>(static_cast<std::uint16_t>(listener_->port()));
}

Echoes::~Echoes() {
  client_.reset();
  network_.reset();
  listener_.reset();
}

std::string Echoes::Call(const std::string& text) {
  const std::string endpoint = address.empty() ? url() : address;
  EchoesProxy proxy(client());
  proxy.soap_endpoint = endpoint.c_str();
  std::string result;
  if (proxy.Echo(text, result) != SOAP_OK) result = FaultText(client());
  soap_destroy(client());
  soap_end(client());
  return result;
}

void Echoes::ExpectCallsToSurviveLosses(const std::string& padding) {
  network().AddRule({proxy::Fault::kDropRequest, ":Sequence>", 2});
  network().AddRule({proxy::Fault::kDropResponse, ":Sequence>", 4});
  for (int i = 1; i <= 4; i++) {
    const std::string text = std::to_string(i) + padding;
    EXPECT_EQ(Call(text), text);
  }
  EXPECT_EQ(executions(), 4);
  EXPECT_GE(Metrics().retransmissions, 2u);
  EXPECT_EQ(soap_rm_close(client(), nullptr), SOAP_OK) << FaultText(client());
}

struct soap_rm_metrics Echoes::Metrics() {
  return MetricsOf(client());
}

int Echoes::Execute(struct soap* soap) {
  executions_++;
  return operation ? operation(soap) : SOAP_OK;
}

}  // namespace gsoaprm::testing

int EchoesService::Echo(const std::string& text, std::string& result) {
  result = text;
  auto* const echoes = static_cast<gsoaprm::testing::Echoes*>(soap->user);
  if (text == "hidden") echoes->hidden++;
  return echoes->Execute(soap);
}
