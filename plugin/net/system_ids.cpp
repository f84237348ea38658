#include "net/system_ids.h"

#include <openssl/rand.h>

#include <cstring>
#include <stdexcept>

namespace gsoaprm::net {

std::string SystemIds::NewUuid() {
  unsigned char bytes[kIdBytes];
  {
    std::lock_guard<std::mutex> lock(mutex_);
    if (used_ == drawn_.size()) {
      if (RAND_bytes(drawn_.data(), static_cast<int>(drawn_.size())) != 1)
        throw std::runtime_error("the system's random number generator failed");
      used_ = 0;
    }
    std::memcpy(bytes, drawn_.data() + used_, kIdBytes);
    std::memset(drawn_.data() + used_, 0, kIdBytes);
    used_ += kIdBytes;
  }
  bytes[6] = static_cast<unsigned char>((bytes[6] & 0x0F) | 0x40);  // RFC 4122 section 4.4: version 4
  bytes[8] = static_cast<unsigned char>((bytes[8] & 0x3F) | 0x80);  // variant 1
  static const char kHex[] = "0123456789abcdef";
  std::string text = "urn:uuid:";
  text.reserve(45);
  for (std::size_t i = 0; i < kIdBytes; i++) {
    if (i == 4 || i == 6 || i == 8 || i == 10) text += '-';
    text += kHex[bytes[i] >> 4];
    text += kHex[bytes[i] & 15];
  }
  return text;
}

}  // namespace gsoaprm::net
