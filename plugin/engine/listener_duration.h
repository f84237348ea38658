// The duration of Expires (xs:duration), as far as a destination has to understand it.
#pragma once

#include <string_view>

namespace gsoaprm::engine {

// Whether the text is a well-formed xs:duration that is not negative. "PT0S" is: it means that the sequence never
// expires (WS-RM 1.1 section 3.4).
bool IsNonNegativeDuration(std::string_view text);

}  // namespace gsoaprm::engine
