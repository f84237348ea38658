#include "gsoap/outgoing.h"

#include <cstring>
#include <vector>

namespace gsoaprm::binding {

void StoreWholeMessage(struct soap* soap) {
  // omode falls back after each stored message, so this happens for every one of them. Compression is done later, on
  // the whole message: stored blocks would be deflated already and could not be changed.
  soap->omode = (soap->omode & ~(SOAP_IO | SOAP_ENC_ZLIB)) | SOAP_IO_STORE;
  soap->mode &= ~SOAP_ENC_ZLIB;
  // In the counting phase the pass would be repeated for nothing; but gSOAP collects MTOM attachments in it (they bear
  // the DIME bit until then), and another plugin's fpreparesend (signatures, digests) counts on seeing it.
  const bool counts = (soap->mode & (SOAP_ENC_DIME | SOAP_ENC_MIME)) || soap->fpreparesend;
  if (soap->part == SOAP_BEGIN_SEND && (soap->mode & SOAP_IO) != SOAP_IO_STORE && !counts)
    soap->mode = (soap->mode & ~(SOAP_IO | SOAP_IO_LENGTH)) | SOAP_IO_STORE;
}

void StoreResponse(struct soap* soap) { soap->omode = (soap->omode & ~(SOAP_IO | SOAP_ENC_ZLIB)) | SOAP_IO_STORE; }

std::string TakeStored(struct soap* soap) {
  std::string message;
  if (!soap->blist) return message;
  std::vector<const struct soap_bhead*> blocks;  // the list is a stack: newest first
  for (const struct soap_bhead* block = soap->blist->head; block; block = block->next) blocks.push_back(block);
  message.reserve(soap->blist->size);
  for (auto block = blocks.rbegin(); block != blocks.rend(); ++block)
    message.append(reinterpret_cast<const char*>(*block + 1), (*block)->size);
  return message;
}

int ReplaceStored(struct soap* soap, const std::string& message) {
  while (soap->blist && soap->blist->head) soap_pop_block(soap, nullptr);
  if (message.empty()) return SOAP_OK;
  void* block = soap_push_block(soap, nullptr, message.size());
  if (!block) return soap->error = SOAP_EOM;
  std::memcpy(block, message.data(), message.size());
  return SOAP_OK;
}

std::string OutgoingContentType(struct soap* soap) {
  // gSOAP uses http_content once and forgets it; it must still be there when the header is written.
  const char* const chosen = soap->http_content;
  std::string type = soap_http_content_type(soap, soap->status) ? soap->tmpbuf : "";
  soap->http_content = chosen;
  return type;
}

}  // namespace gsoaprm::binding
