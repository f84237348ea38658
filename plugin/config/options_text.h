// Options as lines of name=value.
#pragma once

#include <string>
#include <string_view>

#include "include/soap_rm.h"

namespace gsoaprm::config {

// Empty lines and lines that begin with # are skipped, whitespace around names and values too. An option that stands
// twice is refused, as the first of the two would be without effect. False with "source:line: sentence", and then
// *options may be changed in part.
bool ReadOptionsText(std::string_view text, std::string_view source, soap_rm_options* options, std::string* error);

}  // namespace gsoaprm::config
