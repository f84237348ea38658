#include "gsoap/plugins/texts.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "Texts.nsmap"

namespace gsoaprm::testing {

void Register(struct soap* soap, Order order, const Registration& other, const soap_rm_options& options) {
  if (order == Order::kBeforeOurs && other) other(soap);
  soap_rm_options copy = options;
  EXPECT_EQ(soap_register_plugin_arg(soap, soap_rm, &copy), SOAP_OK) << FaultText(soap);
  if (order == Order::kAfterOurs && other) other(soap);
}

Texts::Texts(Order order, const Registration& client_plugin, const Registration& server_plugin, Operation operation,
             const soap_rm_options& options, Registration each_connection)
    : operation_(std::move(operation)), client_(std::make_unique<OwnContext>()) {
  { TextsService namespaces(server_.get()); }
  server_->user = this;
  Register(server_.get(), order, server_plugin, options);
  Register(client(), order, client_plugin, options);
  listener_ = std::make_unique<OwnServer>(server_.get(), [each_connection](struct soap* soap) {
    if (each_connection) each_connection(soap);
    TextsService(soap).serve();
  });
  network_ = std::make_unique<proxy::FaultProxy>(static_cast<std::uint16_t>(listener_->port()));
}

Texts::~Texts() {
  client_.reset();
  network_.reset();
  listener_.reset();
}

std::string Texts::Call(const std::string& text, const Operation& before, const Operation& after) {
  const std::string endpoint = url();
  TextsProxy proxy(client(), endpoint.c_str());
  if (before && before(client()) != SOAP_OK) return FaultText(client());
  std::string result;
  const int error = proxy.Reverse(text, result);
  if (error == SOAP_OK && after) {
    EXPECT_EQ(after(client()), SOAP_OK) << FaultText(client());
  }
  const std::string answer = error == SOAP_OK ? result : FaultText(client());
  soap_destroy(client());
  soap_end(client());
  return answer;
}

struct soap_rm_metrics Texts::Metrics() {
  return MetricsOf(client());
}

void Texts::ExpectCallsToSurviveLosses(const Operation& before, const Operation& after) {
  EXPECT_EQ(Call("one", before, after), "eno");
  network().AddRule({proxy::Fault::kDropRequest, ">two<"});
  network().AddRule({proxy::Fault::kDropResponse, ">three<"});
  EXPECT_EQ(Call("two", before, after), "owt");
  EXPECT_EQ(Call("three", before, after), "eerht");
  EXPECT_EQ(executions(), 3);
  EXPECT_GE(Metrics().retransmissions, 2u);
  EXPECT_EQ(soap_rm_close(client(), nullptr), SOAP_OK) << FaultText(client());
}

int Execute(struct soap* soap) {
  auto* texts = static_cast<Texts*>(soap->user);
  texts->executions_++;
  return texts->operation_ ? texts->operation_(soap) : SOAP_OK;
}

}  // namespace gsoaprm::testing

int TextsService::Reverse(const std::string& text, std::string& result) {
  result.assign(text.rbegin(), text.rend());
  return gsoaprm::testing::Execute(soap);
}
