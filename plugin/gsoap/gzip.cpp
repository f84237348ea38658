#include "gsoap/gzip.h"

#include <zlib.h>

namespace gsoaprm::binding {
namespace {

constexpr int kGzipOrZlib = MAX_WBITS + 32;  // zlib's "detect the header"
constexpr int kRaw = -MAX_WBITS;             // some peers send deflate without a zlib header
constexpr int kGzip = MAX_WBITS + 16;

class InflateStream {
 public:
  explicit InflateStream(int window_bits) { ok_ = inflateInit2(&stream_, window_bits) == Z_OK; }
  ~InflateStream() {
    if (ok_) inflateEnd(&stream_);
  }
  InflateStream(const InflateStream&) = delete;
  InflateStream& operator=(const InflateStream&) = delete;
  z_stream* get() { return ok_ ? &stream_ : nullptr; }

 private:
  z_stream stream_{};
  bool ok_ = false;
};

InflateResult InflateAs(int window_bits, std::string_view compressed, std::size_t maximum, std::string* plain) {
  InflateStream stream(window_bits);
  z_stream* z = stream.get();
  if (!z) return InflateResult::kCorrupt;
  z->next_in = reinterpret_cast<Bytef*>(const_cast<char*>(compressed.data()));
  z->avail_in = static_cast<uInt>(compressed.size());
  plain->clear();
  char buffer[16384];
  for (;;) {
    z->next_out = reinterpret_cast<Bytef*>(buffer);
    z->avail_out = sizeof buffer;
    const int status = inflate(z, Z_NO_FLUSH);
    if (status != Z_OK && status != Z_STREAM_END) return InflateResult::kCorrupt;
    const std::size_t n = sizeof buffer - z->avail_out;
    if (plain->size() + n > maximum) return InflateResult::kTooLarge;
    plain->append(buffer, n);
    if (status == Z_STREAM_END) return InflateResult::kOk;
    if (z->avail_in == 0 && n == 0) return InflateResult::kCorrupt;  // truncated
  }
}

}  // namespace

InflateResult Inflate(std::string_view compressed, std::size_t maximum, std::string* plain) {
  const InflateResult result = InflateAs(kGzipOrZlib, compressed, maximum, plain);
  return result == InflateResult::kCorrupt && plain->empty() ? InflateAs(kRaw, compressed, maximum, plain) : result;
}

bool Gzip(std::string_view plain, std::string* compressed) {
  z_stream z{};
  if (deflateInit2(&z, Z_DEFAULT_COMPRESSION, Z_DEFLATED, kGzip, 8, Z_DEFAULT_STRATEGY) != Z_OK) return false;
  compressed->resize(deflateBound(&z, plain.size()));
  z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(plain.data()));
  z.avail_in = static_cast<uInt>(plain.size());
  z.next_out = reinterpret_cast<Bytef*>(compressed->data());
  z.avail_out = static_cast<uInt>(compressed->size());
  const int status = deflate(&z, Z_FINISH);
  compressed->resize(z.total_out);
  deflateEnd(&z);
  return status == Z_STREAM_END;
}

}  // namespace gsoaprm::binding
