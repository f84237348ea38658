#include "net/system_ids.h"

#include <openssl/rand.h>

#include <stdexcept>

namespace gsoaprm::net {

std::string SystemIds::NewUuid() {
  unsigned char bytes[16];
  if (RAND_bytes(bytes, sizeof bytes) != 1) throw std::runtime_error("the system's random number generator failed");
  bytes[6] = static_cast<unsigned char>((bytes[6] & 0x0F) | 0x40);  // RFC 4122 section 4.4: version 4
  bytes[8] = static_cast<unsigned char>((bytes[8] & 0x3F) | 0x80);  // variant 1
  static const char kHex[] = "0123456789abcdef";
  std::string text = "urn:uuid:";
  text.reserve(45);
  for (int i = 0; i < 16; i++) {
    if (i == 4 || i == 6 || i == 8 || i == 10) text += '-';
    text += kHex[bytes[i] >> 4];
    text += kHex[bytes[i] & 15];
  }
  return text;
}

}  // namespace gsoaprm::net
