#include "proxy/http_message.h"

#include <algorithm>
#include <cctype>
#include <charconv>

namespace gsoaprm::proxy {
namespace {

constexpr std::string_view kLineEnd = "\r\n";
constexpr size_t kLargestHead = 64 * 1024;

std::string LowerCase(std::string_view text) {
  std::string result(text);
  std::transform(result.begin(), result.end(), result.begin(),
                 [](unsigned char character) { return static_cast<char>(std::tolower(character)); });
  return result;
}

std::string_view WithoutSpaces(std::string_view text) {
  const size_t first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

bool ParseSize(std::string_view text, int base, size_t* size) {
  const auto result = std::from_chars(text.data(), text.data() + text.size(), *size, base);
  return result.ec == std::errc() && result.ptr != text.data();
}

// Walks over the chunks at `position`; appends their data to `content`, if wanted. kComplete: `position` is behind
// them.
Progress WalkChunks(std::string_view bytes, size_t* position, std::string* content) {
  while (true) {
    const size_t line_end = bytes.find(kLineEnd, *position);
    if (line_end == std::string_view::npos) return Progress::kIncomplete;
    size_t size = 0;
    if (!ParseSize(bytes.substr(*position, line_end - *position), 16, &size)) return Progress::kBroken;
    const size_t data = line_end + kLineEnd.size();
    if (size == 0) {
      // Trailer lines, then an empty one.
      const size_t end = bytes.compare(data, kLineEnd.size(), kLineEnd) == 0 ? data : bytes.find("\r\n\r\n", data);
      if (end == std::string_view::npos) return Progress::kIncomplete;
      *position = end + (end == data ? kLineEnd.size() : 2 * kLineEnd.size());
      return *position <= bytes.size() ? Progress::kComplete : Progress::kIncomplete;
    }
    if (size > bytes.size() || data + size + kLineEnd.size() > bytes.size()) return Progress::kIncomplete;
    if (content != nullptr) content->append(bytes.substr(data, size));
    *position = data + size + kLineEnd.size();
  }
}

Progress TakeHead(const std::string& buffer, HttpMessage* message) {
  const size_t end = buffer.find("\r\n\r\n");
  if (end == std::string::npos) return buffer.size() > kLargestHead ? Progress::kBroken : Progress::kIncomplete;
  message->head_size = end + 2 * kLineEnd.size();
  message->bytes = buffer.substr(0, message->head_size);
  return Progress::kComplete;
}

void Take(std::string* buffer, size_t size, HttpMessage* message) {
  message->bytes = buffer->substr(0, size);
  buffer->erase(0, size);
}

bool IsChunked(const HttpMessage& message) {
  return LowerCase(message.Header("transfer-encoding")).find("chunked") != std::string::npos;
}

// By Content-Length or chunks; `without_length` is what it means when there is neither.
Progress TakeBody(std::string* buffer, Progress without_length, HttpMessage* message) {
  if (IsChunked(*message)) {
    size_t position = message->head_size;
    const Progress progress = WalkChunks(*buffer, &position, nullptr);
    if (progress == Progress::kComplete) Take(buffer, position, message);
    return progress;
  }
  const std::string length = message->Header("content-length");
  if (length.empty()) {
    if (without_length == Progress::kComplete) Take(buffer, message->head_size, message);
    return without_length;
  }
  size_t size = 0;
  if (!ParseSize(length, 10, &size)) return Progress::kBroken;
  if (buffer->size() - message->head_size < size) return Progress::kIncomplete;
  Take(buffer, message->head_size + size, message);
  return Progress::kComplete;
}

}  // namespace

std::string HttpMessage::Header(std::string_view lower_case_name) const {
  size_t line = head().find(kLineEnd);
  while (line != std::string_view::npos && line + kLineEnd.size() < head_size) {
    line += kLineEnd.size();
    const size_t end = head().find(kLineEnd, line);
    const std::string_view text = head().substr(line, end - line);
    const size_t colon = text.find(':');
    if (colon != std::string_view::npos && LowerCase(text.substr(0, colon)) == lower_case_name) {
      return std::string(WithoutSpaces(text.substr(colon + 1)));
    }
    line = end;
  }
  return "";
}

std::string HttpMessage::Content() const {
  if (!IsChunked(*this)) return std::string(body());
  std::string content;
  size_t position = 0;
  WalkChunks(body(), &position, &content);
  return content;
}

int HttpMessage::status() const {
  if (bytes.compare(0, 5, "HTTP/") != 0) return 0;
  const size_t space = bytes.find(' ');
  size_t status = 0;
  if (space == std::string::npos || !ParseSize(std::string_view(bytes).substr(space + 1, 3), 10, &status)) return 0;
  return static_cast<int>(status);
}

bool HttpMessage::closes_connection() const {
  const std::string connection = LowerCase(Header("connection"));
  const bool old_version = head().substr(0, head().find(kLineEnd)).find("HTTP/1.0") != std::string_view::npos;
  if (old_version) return connection.find("keep-alive") == std::string::npos;
  return connection.find("close") != std::string::npos;
}

Progress TakeRequest(std::string* buffer, HttpMessage* message) {
  const Progress head = TakeHead(*buffer, message);
  if (head != Progress::kComplete) return head;
  return TakeBody(buffer, Progress::kComplete, message);
}

Progress TakeResponse(std::string* buffer, bool at_end, HttpMessage* message) {
  const Progress head = TakeHead(*buffer, message);
  if (head != Progress::kComplete) return head;
  const int status = message->status();
  if (status < 100) return Progress::kBroken;
  if (status < 200) {  // 100 Continue is for us, not for the client
    buffer->erase(0, message->head_size);
    return TakeResponse(buffer, at_end, message);
  }
  if (status == 204 || status == 304) {
    Take(buffer, message->head_size, message);
    return Progress::kComplete;
  }
  const Progress body = TakeBody(buffer, Progress::kIncomplete, message);
  const bool ends_with_connection = message->Header("content-length").empty() && !IsChunked(*message);
  if (body != Progress::kIncomplete || !at_end || !ends_with_connection) return body;
  Take(buffer, buffer->size(), message);
  return Progress::kComplete;
}

}  // namespace gsoaprm::proxy
