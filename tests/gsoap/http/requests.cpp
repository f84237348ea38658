#include "gsoap/http/requests.h"

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

std::string PostInChunks(const std::string& content_type, const std::string& entity, const std::string& lines) {
  const std::size_t half = entity.size() / 2;
  return "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: " + content_type + "\r\nTransfer-Encoding: chunked\r\n" +
         lines + "\r\n" + Chunk(entity.substr(0, half)) + Chunk(entity.substr(half)) + "0\r\n\r\n";
}

}  // namespace gsoaprm::testing
