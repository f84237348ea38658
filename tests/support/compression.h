// Compressed bytes as another implementation would write them.
#pragma once

#include <string>

namespace gsoaprm::testing {

// `window_bits` as zlib takes them: gzip, zlib or raw deflate.
std::string Compressed(const std::string& plain, int window_bits);
std::string Gzipped(const std::string& plain);

}  // namespace gsoaprm::testing
