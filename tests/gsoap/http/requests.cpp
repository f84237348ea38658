#include "gsoap/http/requests.h"

#include <gtest/gtest.h>
#include <zlib.h>

#include <cstdio>

namespace gsoaprm::testing {
namespace {

std::string Chunk(const std::string& bytes) {
  char size[20];
  std::snprintf(size, sizeof size, "%zx\r\n", bytes.size());
  return size + bytes + "\r\n";
}

}  // namespace

std::string EchoRequest(const std::string& text, wire::SoapVersion version) {
  return "<s:Envelope xmlns:s=\"" + std::string(wire::SoapNamespace(version)) +
         "\"><s:Body><t:Echo xmlns:t=\"urn:gsoaprm:echoes\"><text>" + text + "</text></t:Echo></s:Body></s:Envelope>";
}

std::string EchoRequestOf(std::size_t size, wire::SoapVersion version) {
  return EchoRequest(std::string(size - EchoRequest("", version).size(), 'x'), version);
}

std::string Compressed(const std::string& plain, int window_bits) {
  z_stream z{};
  EXPECT_EQ(deflateInit2(&z, Z_BEST_SPEED, Z_DEFLATED, window_bits, 8, Z_DEFAULT_STRATEGY), Z_OK);
  std::string compressed(deflateBound(&z, plain.size()), '\0');
  z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(plain.data()));
  z.avail_in = static_cast<uInt>(plain.size());
  z.next_out = reinterpret_cast<Bytef*>(compressed.data());
  z.avail_out = static_cast<uInt>(compressed.size());
  EXPECT_EQ(deflate(&z, Z_FINISH), Z_STREAM_END);
  compressed.resize(z.total_out);
  deflateEnd(&z);
  return compressed;
}

std::string Gzipped(const std::string& plain) { return Compressed(plain, MAX_WBITS + 16); }

std::string PostInChunks(const std::string& content_type, const std::string& entity, const std::string& lines) {
  const std::size_t half = entity.size() / 2;
  return "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: " + content_type + "\r\nTransfer-Encoding: chunked\r\n" +
         lines + "\r\n" + Chunk(entity.substr(0, half)) + Chunk(entity.substr(half)) + "0\r\n\r\n";
}

}  // namespace gsoaprm::testing
