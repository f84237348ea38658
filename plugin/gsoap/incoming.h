// Takes the whole HTTP entity of a message off gSOAP's input, and feeds gSOAP other bytes in its place.
#pragma once

#include <stdsoap2.h>

#include <cstddef>
#include <string>

namespace gsoaprm::binding {

// Memory that gSOAP reads before it reads the connection again. Bytes of a pipelined next request that were already in
// gSOAP's buffer come after the fed ones.
class Incoming {
 public:
  void Feed(std::string bytes);
  void KeepForLater(const char* bytes, std::size_t count) { later_.append(bytes, count); }
  void Clear();
  // Not what was kept for later.
  void DropFed() { Feed(std::string()); }
  bool feeding() const { return position_ < fed_.size(); }
  bool has_later() const { return !later_.empty(); }
  // Copies at most `capacity` bytes; 0 when there is nothing fed and nothing kept.
  std::size_t Read(char* buffer, std::size_t capacity);

 private:
  std::string fed_;
  std::size_t position_ = 0;
  std::string later_;
};

// What the HTTP headers of the current message said, noted by the fparsehdr hook.
struct HttpHeaders {
  bool gzip = false;              // Content-Encoding: gzip (kept from gSOAP, which may be built without zlib)
  bool deflate = false;           // Content-Encoding: deflate
  bool accepts_gzip = false;      // Accept-Encoding
  bool unknown_encoding = false;  // a Content-Encoding that nobody here can undo
};

enum class ReadEntityResult {
  kOk,
  kBroken,   // the connection ended before it
  kDamaged,  // whole, but it cannot be decompressed
  kTooLarge,
};

// Reads the entity that follows the HTTP header just parsed (inside fparse): chunks and TLS are undone by gSOAP, gzip
// by us. Afterwards gSOAP's buffer is empty, bytes of the next request are kept in `incoming`, and imode says that what
// is fed is neither chunked nor compressed.
ReadEntityResult ReadEntity(struct soap* soap, const HttpHeaders& headers, std::size_t maximum, Incoming* incoming,
                            std::string* entity);

// After Feed(): tells gSOAP how many bytes the body has.
void FeedBody(struct soap* soap, Incoming* incoming, std::string body);

}  // namespace gsoaprm::binding
