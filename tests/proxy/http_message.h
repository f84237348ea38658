// Enough of HTTP/1.1 to know where a message ends.
#ifndef TESTS_PROXY_HTTP_MESSAGE_H_
#define TESTS_PROXY_HTTP_MESSAGE_H_

#include <cstddef>
#include <string>
#include <string_view>

namespace gsoaprm::proxy {

struct HttpMessage {
  std::string bytes;     // as they came: head, empty line, body (with its chunk sizes)
  size_t head_size = 0;  // with the empty line

  std::string_view head() const { return std::string_view(bytes).substr(0, head_size); }
  std::string_view body() const { return std::string_view(bytes).substr(head_size); }

  // Of a header line, without spaces around it; "" when there is none. Names in lower case.
  std::string Header(std::string_view lower_case_name) const;
  // The body without chunk sizes.
  std::string Content() const;
  // 0 for a request.
  int status() const;
  bool closes_connection() const;
};

enum class Progress { kIncomplete, kComplete, kBroken };

// Looks whether the bytes begin with a whole message. A response without a length ends with the connection (`at_end`).
// When complete, `message` holds it and `buffer` what came after it.
Progress TakeRequest(std::string* buffer, HttpMessage* message);
Progress TakeResponse(std::string* buffer, bool at_end, HttpMessage* message);

}  // namespace gsoaprm::proxy

#endif  // TESTS_PROXY_HTTP_MESSAGE_H_
