// An HTTP request from its first byte, as the connection brings it, in slices: through gSOAP's HTTP and the plugin's
// reading of entities (chunks, Content-Length, gzip, deflate), the root part of multipart, and the envelope. Either the
// input is the request itself, or it is an entity that is put into a request here: then it must come out as it went in,
// and the request behind it must stay for later.
#include <stdsoap2.h>
#include <strings.h>
#include <zlib.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string>
#include <utility>

#include "gsoap/gzip.h"
#include "gsoap/incoming.h"
#include "tests/fuzz/input.h"
#include "tests/fuzz/require.h"
#include "wire/envelope_reader.h"
#include "wire/multipart.h"

struct Namespace namespaces[] = {{"SOAP-ENV", "http://www.w3.org/2003/05/soap-envelope", nullptr, nullptr},
                                 {nullptr, nullptr, nullptr, nullptr}};

namespace gsoaprm::binding {
namespace {

constexpr std::size_t kMaximum = 4096;
constexpr char kNextRequest[] = "POST / HTTP/1.1\r\nHost: next\r\n";

// A context whose connection is memory.
class Connection {
 public:
  Connection() : soap_(soap_new1(SOAP_IO_KEEPALIVE)) {
    soap_->user = this;
    soap_->frecv = Receive;
    soap_->fsend = [](struct soap*, const char*, std::size_t) { return static_cast<int>(SOAP_OK); };
    parse_header_ = soap_->fparsehdr;
    soap_->fparsehdr = ParseHeader;
    parse_ = soap_->fparse;
    soap_->fparse = Parse;
  }
  ~Connection() { soap_free(soap_); }

  void Read(std::string bytes, std::size_t slice) {
    bytes_ = std::move(bytes);
    position_ = 0;
    slice_ = slice;
    headers_ = HttpHeaders();
    incoming_.Clear();
    has_entity_ = false;
    entity_.clear();
    soap_begin_recv(soap_);
    soap_destroy(soap_);
    soap_end(soap_);
    soap_->error = SOAP_OK;
    // As for a new connection.
    soap_->buflen = soap_->bufidx = soap_->chunkbuflen = soap_->chunksize = 0;
    soap_->ahead = 0;
    soap_->imode = soap_->mode = SOAP_IO_KEEPALIVE;
    soap_->keep_alive = 0;
  }

  bool has_entity() const { return has_entity_; }
  ReadEntityResult result() const { return result_; }
  const std::string& entity() const { return entity_; }
  const std::string& content_type() const { return content_type_; }
  const std::string& action() const { return action_; }
  // What was read and not used, and what is still on the connection.
  std::string Unused() {
    std::string unused;
    char buffer[64];
    while (incoming_.has_later()) unused.append(buffer, incoming_.Read(buffer, sizeof buffer));
    return unused + bytes_.substr(position_);
  }

 private:
  static Connection& Of(struct soap* soap) { return *static_cast<Connection*>(soap->user); }

  static std::size_t Receive(struct soap* soap, char* buffer, std::size_t capacity) {
    Connection& self = Of(soap);
    if (self.has_entity_ && !self.reading_) return 0;  // gSOAP would go on with what the plugin feeds it
    const std::size_t n = std::min({capacity, self.slice_, self.bytes_.size() - self.position_});
    std::memcpy(buffer, self.bytes_.data() + self.position_, n);
    self.position_ += n;
    return n;
  }
  // As the plugin does.
  static int ParseHeader(struct soap* soap, const char* key, const char* value) {
    Connection& self = Of(soap);
    if (!soap_tag_cmp(key, "Content-Encoding")) {
      self.headers_.gzip = !soap_tag_cmp(value, "gzip") || !soap_tag_cmp(value, "x-gzip");
      self.headers_.deflate = !soap_tag_cmp(value, "deflate");
      if (self.headers_.gzip || self.headers_.deflate) return SOAP_OK;
    }
    return self.parse_header_(soap, key, value);
  }
  static int Parse(struct soap* soap) {
    Connection& self = Of(soap);
    const int error = self.parse_(soap);
    if (error || soap->status != SOAP_POST || !soap->body) return error ? error : SOAP_STOP;
    self.has_entity_ = true;
    self.content_type_ = soap->http_content ? soap->http_content : "";
    self.action_ = soap->action ? soap->action : "";
    self.reading_ = true;
    self.result_ = ReadEntity(soap, self.headers_, kMaximum, &self.incoming_, &self.entity_);
    self.reading_ = false;
    return SOAP_STOP;
  }

  struct soap* const soap_;
  int (*parse_)(struct soap*) = nullptr;
  int (*parse_header_)(struct soap*, const char*, const char*) = nullptr;
  std::string bytes_;
  std::size_t position_ = 0;
  std::size_t slice_ = 1;
  HttpHeaders headers_;
  Incoming incoming_;
  bool has_entity_ = false;
  bool reading_ = false;
  ReadEntityResult result_ = ReadEntityResult::kOk;
  std::string entity_, content_type_, action_;
};

enum class Encoding { kNone, kGzip, kDeflate, kRawDeflate };

std::string Deflated(const std::string& plain, int window_bits) {
  z_stream z{};
  REQUIRE(deflateInit2(&z, Z_BEST_SPEED, Z_DEFLATED, window_bits, 1, Z_DEFAULT_STRATEGY) == Z_OK);
  std::string compressed(deflateBound(&z, plain.size()) + 32, '\0');
  z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(plain.data()));
  z.avail_in = static_cast<uInt>(plain.size());
  z.next_out = reinterpret_cast<Bytef*>(compressed.data());
  z.avail_out = static_cast<uInt>(compressed.size());
  REQUIRE(deflate(&z, Z_FINISH) == Z_STREAM_END);
  compressed.resize(z.total_out);
  deflateEnd(&z);
  return compressed;
}

std::string Encoded(const std::string& plain, Encoding encoding) {
  constexpr int kSmallWindow = 9;
  switch (encoding) {
    case Encoding::kGzip:
      return Deflated(plain, kSmallWindow + 16);
    case Encoding::kDeflate:
      return Deflated(plain, kSmallWindow);
    case Encoding::kRawDeflate:
      return Deflated(plain, -kSmallWindow);
    case Encoding::kNone:
      break;
  }
  return plain;
}

std::string Chunked(const std::string& entity, std::size_t size) {
  std::string chunks;
  for (std::size_t at = 0; at < entity.size(); at += size) {
    const std::string chunk = entity.substr(at, size);
    char head[16];
    std::snprintf(head, sizeof head, "%zx\r\n", chunk.size());
    chunks.append(head).append(chunk).append("\r\n");
  }
  return chunks + "0\r\n\r\n";
}

constexpr const char* kContentTypes[] = {
    "application/soap+xml; charset=utf-8",
    "text/xml; charset=utf-8",
    "multipart/related; boundary=b; type=\"application/xop+xml\"",
    "multipart/related; boundary=\"b\"; start=\"<r>\"",
};

void ReadAsMessage(const Connection& connection) {
  const std::string& entity = connection.entity();
  REQUIRE(entity.size() <= kMaximum);
  if (const auto part = wire::FindRootPart(entity, connection.content_type())) {
    REQUIRE(part->begin <= part->end && part->end <= entity.size());
  }
  const wire::ReadResult result = wire::ReadEnvelope(entity, connection.content_type(), connection.action());
  REQUIRE(result.ok() || !result.reason.empty());
}

void ReadRequest(Connection* connection, const std::string& request, std::size_t slice) {
  connection->Read(request, slice);
  if (connection->has_entity() && connection->result() == ReadEntityResult::kOk) ReadAsMessage(*connection);
}

void Damage(std::string* entity, std::size_t damage) {
  if (entity->empty()) return;
  char& byte = (*entity)[damage % entity->size()];
  byte = static_cast<char>(byte ^ static_cast<char>(damage >> 8 | 1));
}

struct Framing {
  Encoding encoding = Encoding::kNone;
  std::size_t chunk = 0;  // 0: Content-Length
  std::string content_type;
};

std::string Framed(const std::string& entity, std::size_t length, const Framing& framing) {
  std::string request = "POST / HTTP/1.1\r\nHost: here\r\nContent-Type: " + framing.content_type + "\r\n";
  if (framing.encoding == Encoding::kGzip) request += "Content-Encoding: gzip\r\n";
  if (framing.encoding > Encoding::kGzip) request += "Content-Encoding: deflate\r\n";
  request +=
      framing.chunk > 0 ? "Transfer-Encoding: chunked\r\n" : "Content-Length: " + std::to_string(length) + "\r\n";
  return request + "\r\n" + entity + kNextRequest;
}

void ReadFramed(Connection* connection, fuzz::Input* input, std::size_t slice) {
  Framing framing;
  framing.encoding = static_cast<Encoding>(input->Below(4));
  const std::size_t chunk = framing.chunk = input->Below(64);
  framing.content_type = input->OneOf(kContentTypes);
  const std::size_t damage = input->Byte() + std::size_t{256} * input->Byte();
  const std::string plain = input->Rest();
  std::string entity = Encoded(plain, framing.encoding);
  const std::size_t size = entity.size();
  if (chunk > 0) entity = Chunked(entity, chunk);
  if (damage != 0) Damage(&entity, damage);
  ReadRequest(connection, Framed(entity, size, framing), slice);
  if (damage != 0 || size == 0) return;
  REQUIRE(connection->has_entity());
  if (plain.size() > kMaximum || size > kMaximum) {
    REQUIRE(connection->result() == ReadEntityResult::kTooLarge);
    return;
  }
  REQUIRE(connection->result() == ReadEntityResult::kOk);
  REQUIRE(connection->entity() == plain);
  // What is in its buffer behind the last chunk gSOAP throws away, and the last line end it leaves.
  const std::string unused = connection->Unused();
  const std::string behind = "\r\n" + std::string(kNextRequest);
  const bool is_end = unused.size() <= behind.size() && behind.substr(behind.size() - unused.size()) == unused;
  REQUIRE(chunk > 0 ? is_end : unused == kNextRequest);
}

}  // namespace
}  // namespace gsoaprm::binding

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static auto* const connection = new gsoaprm::binding::Connection;  // made once: it is large
  gsoaprm::fuzz::Input input(data, size);
  constexpr std::size_t kSlices[] = {65536, 1, 7, 100};
  const std::size_t slice = input.OneOf(kSlices);
  if (input.Flag()) {
    gsoaprm::binding::ReadFramed(connection, &input, slice);
  } else {
    gsoaprm::binding::ReadRequest(connection, input.Rest(), slice);
  }
  return 0;
}
