// The message that gSOAP has just serialised into memory (SOAP_IO_STORE): taken out, and put back changed.
#pragma once

#include <stdsoap2.h>

#include <string>

namespace gsoaprm::binding {

// From fprepareinitsend: makes gSOAP serialise once, into its block list, whatever mode the application has chosen.
void StoreWholeMessage(struct soap* soap);

// The same for a response that gSOAP begins without a counting phase (an empty one, or one of ours): it writes the HTTP
// header at once in the modes that do not store.
void StoreResponse(struct soap* soap);

// The stored message, multipart and all; empty when there is none (an empty 202).
std::string TakeStored(struct soap* soap);

// Replaces the stored message. SOAP_OK or SOAP_EOM.
int ReplaceStored(struct soap* soap, const std::string& message);

// The value of the HTTP header Content-Type that gSOAP would write for the message in hand.
std::string OutgoingContentType(struct soap* soap);

}  // namespace gsoaprm::binding
