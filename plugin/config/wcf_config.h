// Options from a WCF configuration file, App.config or Web.config.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "include/soap_rm.h"

namespace gsoaprm::config {

constexpr std::size_t kMaximumConfigSize = 4 * 1024 * 1024;

// Sets options from the binding of that name in the text of a file, and `via` from the client endpoints that use it.
// Other bindings and other parts of the file are skipped. False with "source:line: sentence", and then *options may be
// changed in part.
bool ReadWcfConfig(std::string_view text, std::string_view source, std::string_view binding, soap_rm_options* options,
                   std::string* error);

// As ReadWcfConfig for a file.
bool LoadWcfConfig(const std::string& file, std::string_view binding, soap_rm_options* options, std::string* error);

}  // namespace gsoaprm::config
