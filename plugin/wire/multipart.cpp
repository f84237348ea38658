#include "wire/multipart.h"

#include <algorithm>

#include "wire/xml_text.h"

namespace gsoaprm::wire {

namespace {

char Lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

// `lower` is in lower case.
bool StartsWithNoCase(std::string_view text, std::string_view lower) {
  if (text.size() < lower.size()) return false;
  for (std::size_t i = 0; i < lower.size(); ++i) {
    if (Lower(text[i]) != lower[i]) return false;
  }
  return true;
}

// Takes one value, quoted or not, off the front of `rest`.
std::string TakeValue(std::string_view* rest) {
  std::string value;
  if (rest->empty() || rest->front() != '"') {
    const std::string_view token = rest->substr(0, rest->find(';'));
    rest->remove_prefix(token.size());
    return std::string(TrimXmlSpace(token));
  }
  rest->remove_prefix(1);
  while (!rest->empty() && rest->front() != '"') {
    if (rest->front() == '\\' && rest->size() > 1) rest->remove_prefix(1);
    value.push_back(rest->front());
    rest->remove_prefix(1);
  }
  return value;
}

// A delimiter line: its '-' and what follows its end of line.
struct Delimiter {
  std::size_t begin = 0;
  std::size_t next = 0;
  bool is_last = false;
};

// The first delimiter at or after `from`. It stands at the beginning of a line (RFC 2046 section 5.1.1).
std::optional<Delimiter> FindDelimiter(std::string_view entity, std::string_view dashed, std::size_t from) {
  for (std::size_t at = entity.find(dashed, from); at != std::string_view::npos; at = entity.find(dashed, at + 1)) {
    if (at > 0 && entity[at - 1] != '\n') continue;
    std::size_t next = at + dashed.size();
    const bool is_last = entity.substr(next, 2) == "--";
    if (is_last) return Delimiter{at, entity.size(), true};
    while (next < entity.size() && (entity[next] == ' ' || entity[next] == '\t')) ++next;
    if (entity.substr(next, 2) == "\r\n") return Delimiter{at, next + 2, false};
    if (entity.substr(next, 1) == "\n") return Delimiter{at, next + 1, false};
  }
  return std::nullopt;
}

// "<id>" and "id" name the same part: stacks differ in where they put the brackets.
std::string_view WithoutBrackets(std::string_view id) {
  if (id.size() >= 2 && id.front() == '<' && id.back() == '>') return id.substr(1, id.size() - 2);
  return id;
}

bool Contains(std::string_view text, std::string_view lower) {
  for (std::size_t at = 0; at + lower.size() <= text.size(); ++at) {
    if (StartsWithNoCase(text.substr(at), lower)) return true;
  }
  return false;
}

// A line of a part's header, without its end. gSOAP ends lines at other control characters than we do, and would find
// the part's content elsewhere.
bool IsGoodLine(std::string_view line) {
  const auto is_control = [](char c) { return static_cast<unsigned char>(c) < ' ' && c != '\t'; };
  return std::none_of(line.begin(), line.end(), is_control) && (line.empty() || !TrimXmlSpace(line).empty());
}

struct PartHeaders {
  bool good = false;  // read to the empty line, and there is nothing in them that gSOAP would read differently
  std::optional<std::string_view> id;
  bool plain_encoding = true;
  bool is_root(std::string_view start) const {
    return start.empty() || (id && WithoutBrackets(*id) == WithoutBrackets(start));
  }
  // As gSOAP decides: a part without an identifier is the root, too.
  bool is_root_for_gsoap(std::string_view start) const {
    return start.empty() || !id || *id == start || WithoutBrackets(*id) == start;
  }
};

// Reads them from *position on and leaves it behind the empty line.
PartHeaders ReadPartHeaders(std::string_view entity, std::size_t* position) {
  PartHeaders headers;
  while (*position < entity.size()) {
    const std::size_t newline = entity.find('\n', *position);
    if (newline == std::string_view::npos) break;
    std::string_view line = entity.substr(*position, newline - *position);
    *position = newline + 1;
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    // gSOAP would read XML within DIME within the part.
    if (!IsGoodLine(line) || Contains(line, "application/dime")) break;
    headers.good = line.empty();
    if (line.empty()) break;
    constexpr std::string_view kId = "content-id:";
    constexpr std::string_view kEncoding = "content-transfer-encoding:";
    if (StartsWithNoCase(line, kId)) headers.id = TrimXmlSpace(line.substr(kId.size()));
    if (StartsWithNoCase(line, kEncoding)) {
      const std::string_view encoding = TrimXmlSpace(line.substr(kEncoding.size()));
      headers.plain_encoding = !StartsWithNoCase(encoding, "base64") && !StartsWithNoCase(encoding, "quoted-printable");
    }
  }
  return headers;
}

// Without the line end before the delimiter that ends it, which belongs to the delimiter.
EntityPart PartBetween(std::string_view entity, std::size_t begin, std::size_t end) {
  if (end > begin && entity[end - 1] == '\n') --end;
  if (end > begin && entity[end - 1] == '\r') --end;
  return EntityPart{begin, end};
}

}  // namespace

std::string MimeParameter(std::string_view header_value, std::string_view name) {
  std::size_t semicolon = header_value.find(';');
  if (semicolon == std::string_view::npos) return std::string();
  std::string_view rest = header_value.substr(semicolon);
  while (!rest.empty()) {
    rest.remove_prefix(1);  // the semicolon
    rest = TrimXmlSpace(rest);
    const std::size_t equals = rest.find('=');
    semicolon = rest.find(';');
    if (equals == std::string_view::npos || equals > semicolon) {
      rest.remove_prefix(std::min(semicolon, rest.size()));
      continue;
    }
    const std::string_view key = TrimXmlSpace(rest.substr(0, equals));
    rest = TrimXmlSpace(rest.substr(equals + 1));
    std::string value = TakeValue(&rest);
    if (key.size() == name.size() && StartsWithNoCase(key, name)) return value;
    rest.remove_prefix(std::min(rest.find(';'), rest.size()));
  }
  return std::string();
}

std::optional<EntityPart> FindRootPart(std::string_view entity, std::string_view content_type) {
  if (!StartsWithNoCase(TrimXmlSpace(content_type), "multipart/")) return EntityPart{0, entity.size()};
  const std::string boundary = MimeParameter(content_type, "boundary");
  if (boundary.empty()) return std::nullopt;
  const std::string start = MimeParameter(content_type, "start");
  const std::string dashed = "--" + boundary;
  // Without its closing delimiter the entity has been cut short.
  if (entity.rfind(dashed + "--") == std::string_view::npos) return std::nullopt;

  std::optional<Delimiter> delimiter = FindDelimiter(entity, dashed, 0);
  // gSOAP takes the first two dashes for the first delimiter.
  if (!delimiter || entity.find("--") != delimiter->begin) return std::nullopt;
  std::optional<EntityPart> root;
  bool is_first = true, other_xml = false;
  while (delimiter && !delimiter->is_last) {
    std::size_t begin = delimiter->next;
    const PartHeaders headers = ReadPartHeaders(entity, &begin);
    if (!headers.good) return std::nullopt;
    delimiter = FindDelimiter(entity, dashed, begin);
    if (!root && headers.is_root(start)) {
      if (!delimiter || !headers.plain_encoding) return std::nullopt;
      root = PartBetween(entity, begin, delimiter->begin);
      // It is the root for gSOAP, too: what the others are does not matter.
      if (is_first && headers.is_root_for_gsoap(start)) return root;
    } else {
      other_xml = other_xml || LooksLikeXml(entity.substr(begin));
    }
    is_first = false;
  }
  return other_xml ? std::nullopt : root;
}

}  // namespace gsoaprm::wire
