// Messages and faults of a reliable session as literal text, for tests that must not read with the reader, nor write
// with the writer, that they test.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <tuple>

#include "wire/protocol_version.h"

namespace gsoaprm::testing {

// What a session speaks.
using Dialect = std::tuple<wire::RmVersion, wire::SoapVersion>;

inline bool Is11(const Dialect& dialect) { return std::get<0>(dialect) == wire::RmVersion::k11; }
inline bool IsSoap12(const Dialect& dialect) { return std::get<1>(dialect) == wire::SoapVersion::k12; }
std::string NameOf(const Dialect& dialect);  // "Rm2005Soap12"
inline auto EveryDialect() {
  return ::testing::Combine(::testing::Values(wire::RmVersion::kFebruary2005, wire::RmVersion::k11),
                            ::testing::Values(wire::SoapVersion::k11, wire::SoapVersion::k12));
}

using Values = std::map<std::string, std::string>;

// {soap}, {rm}, {wsa} and the other names in braces become their values: namespaces, and what the test knows.
std::string Filled(std::string text, const Dialect& dialect, const Values& values = Values());

// The content type of a message in the dialect.
std::string TypeOf(const Dialect& dialect);

// The POST of an envelope with these header blocks and this body; prefixes s, r and a are declared.
std::string PostText(const Dialect& dialect, const std::string& header, const std::string& body,
                     const Values& values = Values());

// The text between the two, from the first place where they stand; empty when they do not.
std::string Between(const std::string& text, const std::string& begin, const std::string& end);

}  // namespace gsoaprm::testing
