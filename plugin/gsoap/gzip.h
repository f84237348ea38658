// gzip and deflate both ways with zlib, since Debian's libgsoap and libgsoap++ are built without it.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace gsoaprm::binding {

enum class InflateResult { kOk, kCorrupt, kTooLarge };

// gzip, zlib or raw deflate, told apart by their first bytes. Stops as soon as the output would exceed `maximum`.
InflateResult Inflate(std::string_view compressed, std::size_t maximum, std::string* plain);

// As gzip; false only when memory runs out.
bool Gzip(std::string_view plain, std::string* compressed);

}  // namespace gsoaprm::binding
