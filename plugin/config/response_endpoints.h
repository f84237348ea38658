// The option response_endpoints: whom a server may post its answers to.
#pragma once

#include <string_view>
#include <vector>

#include "base/http_address.h"

namespace gsoaprm::config {

// Entries are separated by spaces: scheme://host or scheme://host:port. The first that is none, or whose host is an
// address that is never connected to; empty when all are good.
std::string_view WrongResponseEndpoint(std::string_view text);

// Of a text in which nothing is wrong.
std::vector<HttpOrigin> ReadResponseEndpoints(std::string_view text);

}  // namespace gsoaprm::config
