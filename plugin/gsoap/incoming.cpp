#include "gsoap/incoming.h"

#include <algorithm>
#include <cstring>

#include "gsoap/gzip.h"

namespace gsoaprm::binding {

void Incoming::Feed(std::string bytes) {
  fed_ = std::move(bytes);
  position_ = 0;
}

void Incoming::Clear() {
  fed_.clear();
  position_ = 0;
  later_.clear();
}

std::size_t Incoming::Read(char* buffer, std::size_t capacity) {
  if (position_ < fed_.size()) {
    const std::size_t n = std::min(capacity, fed_.size() - position_);
    std::memcpy(buffer, fed_.data() + position_, n);
    position_ += n;
    return n;
  }
  const std::size_t n = std::min(capacity, later_.size());
  std::memcpy(buffer, later_.data(), n);
  later_.erase(0, n);
  return n;
}

namespace {

// gSOAP undoes the chunks; these are the members that soap_begin_recv() would set after fparse.
void EnterChunks(struct soap* soap) {
  soap->chunkbuflen = soap->buflen;
  soap->buflen = soap->bufidx;
  soap->chunksize = 0;
}

// soap_http_get_body() reads a chunked or unbounded entity whole, so the limit must hold while it reads.
bool ReadBounded(struct soap* soap, std::size_t maximum, std::string* entity) {
  for (;;) {
    if (soap->bufidx >= soap->buflen && soap_recv(soap)) return true;  // end of the chunks or of the stream
    const std::size_t n = soap->buflen - soap->bufidx;
    if (entity->size() + n > maximum) return false;
    entity->append(soap->buf + soap->bufidx, n);
    soap->bufidx = soap->buflen;
  }
}

// Content-Length: no more than that, since the next request may follow in the same buffer.
bool ReadCounted(struct soap* soap, std::size_t count, std::string* entity) {
  entity->reserve(count);
  while (entity->size() < count) {
    if (soap->bufidx >= soap->buflen && soap_recv(soap)) return false;
    const std::size_t n = std::min(count - entity->size(), soap->buflen - soap->bufidx);
    entity->append(soap->buf + soap->bufidx, n);
    soap->bufidx += n;
  }
  return true;
}

}  // namespace

ReadEntityResult ReadEntity(struct soap* soap, const HttpHeaders& headers, std::size_t maximum, Incoming* incoming,
                            std::string* entity) {
  const soap_mode imode = soap->imode;
  const soap_mode mode = soap->mode;
  const bool chunked = (imode & SOAP_IO) == SOAP_IO_CHUNK;
  const ULONG64 length = soap->length;
  entity->clear();
  if (!chunked && length > maximum) return ReadEntityResult::kTooLarge;

  soap->mode = imode & ~(SOAP_ENC_MIME | SOAP_ENC_DIME | SOAP_ENC_ZLIB);
  if (chunked) EnterChunks(soap);
  soap->error = SOAP_OK;
  ReadEntityResult result = ReadEntityResult::kOk;
  if (!chunked && length > 0) {
    if (!ReadCounted(soap, static_cast<std::size_t>(length), entity)) result = ReadEntityResult::kBroken;
  } else if (!ReadBounded(soap, maximum, entity)) {
    result = ReadEntityResult::kTooLarge;
  } else if (chunked && soap->error != SOAP_OK && soap->error != SOAP_EOF) {
    result = ReadEntityResult::kBroken;
  }
  soap->mode = mode;
  if (result != ReadEntityResult::kOk) return result;
  soap->error = SOAP_OK;

  // Behind chunks gSOAP keeps the following bytes between buflen and chunkbuflen, else between bufidx and buflen.
  const std::size_t end = chunked ? soap->chunkbuflen : soap->buflen;
  const std::size_t begin = chunked ? soap->buflen : soap->bufidx;
  if (begin < end) incoming->KeepForLater(soap->buf + begin, end - begin);
  soap->bufidx = soap->buflen = soap->chunkbuflen = soap->chunksize = 0;
  soap->ahead = 0;
  if (chunked) soap->imode = imode & ~SOAP_IO;

  if (headers.gzip || headers.deflate) {
    std::string inflated;
    const InflateResult inflating = Inflate(*entity, maximum, &inflated);
    if (inflating == InflateResult::kTooLarge) return ReadEntityResult::kTooLarge;
    if (inflating != InflateResult::kOk) return ReadEntityResult::kDamaged;
    entity->swap(inflated);
  }
  return ReadEntityResult::kOk;
}

void FeedBody(struct soap* soap, Incoming* incoming, std::string body) {
  soap->length = body.size();
  incoming->Feed(std::move(body));
}

}  // namespace gsoaprm::binding
