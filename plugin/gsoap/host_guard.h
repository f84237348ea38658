// The border between C++ and gSOAP: an exception of ours becomes soap->error, never more.
#pragma once

#include <stdsoap2.h>

#include <exception>
#include <new>

#include "gsoap/context.h"

namespace gsoaprm::binding {

// What is thrown here is a shortage (memory, threads, random numbers), never a matter of the protocol.
inline int ReportException(struct soap* soap) noexcept {
  try {
    throw;
  } catch (const std::bad_alloc&) {
    return soap->error = SOAP_EOM;
  } catch (const std::exception& e) {
    return soap_set_receiver_error(soap, "gsoaprm", e.what(), SOAP_FAULT);
  } catch (...) {
    return soap->error = SOAP_FATAL_ERROR;
  }
}

// gSOAP copies the hooks before it copies the plugin's data; where there is no memory for these, it closes the copy.
template <class Function>
int Guard(struct soap* soap, Function function) noexcept {
  try {
    Context* const context = FindContext(soap);
    return context ? function(*context) : static_cast<int>(SOAP_OK);
  } catch (...) {
    return ReportException(soap);
  }
}

// frecv reports by a count: 0 is the end of the stream, soap->error says why.
template <class Function>
std::size_t GuardReceive(struct soap* soap, Function function) noexcept {
  try {
    Context* const context = FindContext(soap);
    return context ? function(*context) : 0;
  } catch (...) {
    ReportException(soap);
    return 0;
  }
}

}  // namespace gsoaprm::binding
