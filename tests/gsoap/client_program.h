// A client program of the sample contracts in the test's process.
#pragma once

#include <stdsoap2.h>

#include <cmath>
#include <string>

#include "calculatorCalculatorProxy.h"
#include "gsoap/support/own_server.h"
#include "gsoap/support/test_server.h"
#include "notesNotesProxy.h"
#include "soap_rm.h"

namespace gsoaprm::testing {

class ClientProgram {
 public:
  ClientProgram(std::string url, const soap_rm_options& options) : url_(std::move(url)) {
    soap_set_namespaces(soap_.get(), namespaces);
    registered_ = soap_register_plugin_arg(soap_.get(), soap_rm, const_cast<soap_rm_options*>(&options));
  }

  struct soap* soap() const {
    return soap_.get();
  }
  const std::string& url() const { return url_; }
  bool registered() const { return registered_ == SOAP_OK; }

  // NaN when the call failed.
  double Add(double n1, double n2) { return AddOn(soap(), n1, n2); }
  double AddOn(struct soap* context, double n1, double n2) const {
    calculator::CalculatorProxy proxy(context, url_.c_str());
    calculator::_samples__Add request;
    request.n1 = &n1;
    request.n2 = &n2;
    calculator::_samples__AddResponse response;
    if (proxy.Add(&request, response) != SOAP_OK || !response.AddResult) return std::nan("");
    return *response.AddResult;
  }
  int SendAddOnly(double n1, double n2) {
    calculator::CalculatorProxy proxy(soap(), url_.c_str());
    calculator::_samples__Add request;
    request.n1 = &n1;
    request.n2 = &n2;
    return proxy.send_Add(url_.c_str(), nullptr, &request);
  }
  int Note(int id, std::string text) {
    notes::NotesProxy proxy(soap(), url_.c_str());
    notes::_samples__Note request;
    request.id = &id;
    request.text = &text;
    return proxy.Note(&request);
  }
  int Close() { return soap_rm_close(soap(), url_.c_str()); }
  soap_rm_state state() { return soap_rm_session_state(soap(), url_.c_str()); }
  std::string Fault() const { return soap_.Fault(); }
  soap_rm_error Error() const {
    soap_rm_error error{};
    error.size = sizeof error;
    soap_rm_get_error(soap(), &error);
    return error;
  }
  soap_rm_metrics Metrics() const {
    soap_rm_metrics metrics{};
    metrics.size = sizeof metrics;
    soap_rm_get_metrics(soap(), &metrics);
    return metrics;
  }

 private:
  const std::string url_;
  OwnContext soap_;
  int registered_ = SOAP_ERR;
};

}  // namespace gsoaprm::testing
