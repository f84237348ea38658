#include "net/http_poster.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>
#include <utility>
#include <vector>

namespace gsoaprm::net {
namespace {

constexpr std::size_t kMostHeaderBytes = 64 * 1024;

// What a peer has chosen must not become another line of the header, nor end the quotes.
bool IsPlainValue(std::string_view value) {
  return std::all_of(value.begin(), value.end(), [](char c) { return c >= ' ' && c < 0x7f; });
}

// An action that cannot be written is left to wsa:Action, which is in the message (WS-Addressing SOAP binding 6.1).
std::string ActionText(const std::string& action) {
  return IsPlainValue(action) && action.find('"') == std::string::npos ? action : std::string();
}

std::string Header(const HttpPost& post) {
  std::string header = "POST " + post.address.target + " HTTP/1.1\r\nHost: " + HostText(post.address.origin);
  header += "\r\nContent-Type: " + post.content_type;
  if (post.soap_action) header += "\r\nSOAPAction: \"" + ActionText(*post.soap_action) + "\"";
  return header + "\r\nContent-Length: " + std::to_string(post.entity.size()) + "\r\nConnection: close\r\n\r\n";
}

// "HTTP/1.1 202 Accepted"; 0 when it is none.
int StatusOf(std::string_view line) {
  constexpr std::string_view kHttp = "HTTP/1.";
  if (line.size() < 12 || line.substr(0, kHttp.size()) != kHttp || line[8] != ' ') return 0;
  int status = 0;
  for (const char digit : line.substr(9, 3)) {
    if (digit < '0' || digit > '9') return 0;
    status = status * 10 + (digit - '0');
  }
  return status;
}

// Of the final answer: those that only announce one (1xx) are passed over. 0: there is none.
int ReadStatus(Connection* connection) {
  std::string header;
  std::array<char, 4096> buffer;
  while (header.size() < kMostHeaderBytes) {
    const std::size_t read = connection->Read(buffer.data(), buffer.size());
    if (read == 0) return 0;
    header.append(buffer.data(), read);
    for (std::size_t end = header.find("\r\n\r\n"); end != std::string::npos; end = header.find("\r\n\r\n")) {
      const int status = StatusOf(header);
      if (status < 100 || status >= 200) return status;
      header.erase(0, end + 4);
    }
  }
  return 0;
}

PostResult Failed(std::string problem) {
  PostResult result;
  result.problem = std::move(problem);
  return result;
}

PostResult Judged(int status, const std::string& problem) {
  PostResult result;
  result.http_status = status;
  result.taken = status >= 200 && status < 300;
  if (result.taken) return result;
  result.problem = status == 0 ? "there was no answer" + (problem.empty() ? std::string() : ": " + problem)
                               : "the answer was HTTP " + std::to_string(status);
  // It may lead anywhere.
  if (status >= 300 && status < 400) result.problem += ", which is not followed";
  return result;
}

}  // namespace

HttpPoster::HttpPoster(Resolver* resolver, std::chrono::milliseconds limit, std::string authorities)
    : resolver_(resolver), limit_(limit), authorities_(std::move(authorities)) {}

bool HttpPoster::HasAuthorities() {
  std::call_once(tls_made_, [this] { tls_ = MakeTlsContext(authorities_); });
  return tls_ != nullptr;
}

std::vector<SocketAddress> HttpPoster::Checked(const HttpOrigin& origin, std::string* problem) {
  std::vector<SocketAddress> addresses = resolver_->Resolve(origin);
  if (addresses.empty()) *problem = "the host has no address";
  // A name that has one such address is not to be trusted with its others either.
  if (!std::all_of(addresses.begin(), addresses.end(), [](const SocketAddress& one) { return MayConnectTo(one); })) {
    *problem = "the host has an address that is never connected to";
    addresses.clear();
  }
  return addresses;
}

bool HttpPoster::Prepare(const HttpOrigin& origin, const std::vector<SocketAddress>& addresses,
                         Connection* connection) const {
  std::size_t left = addresses.size();
  const auto open = [&](const SocketAddress& address) {
    // One that leads nowhere leaves time for the others.
    const auto now = std::chrono::steady_clock::now();
    return connection->Open(address, now + (connection->deadline() - now) / left--);
  };
  if (std::none_of(addresses.begin(), addresses.end(), open)) return false;
  return !origin.secure || connection->StartTls(tls_.get(), origin);
}

PostResult HttpPoster::Send(const HttpPost& post) {
  if (!IsPlainValue(post.content_type)) return Failed("its Content-Type cannot be written");
  if (post.address.origin.secure && !HasAuthorities())
    return Failed("the certificates of the authorities cannot be read");
  std::string problem;
  // Once: an answer of the name server that changes meanwhile changes nothing.
  const std::vector<SocketAddress> addresses = Checked(post.address.origin, &problem);
  if (addresses.empty()) return Failed(problem);
  Connection connection(cancellation_, std::chrono::steady_clock::now() + limit_);
  const bool sent = Prepare(post.address.origin, addresses, &connection) && connection.Write(Header(post)) &&
                    connection.Write(post.entity);
  if (!sent) return Failed(connection.problem());
  const int status = ReadStatus(&connection);
  return Judged(status, connection.problem());
}

}  // namespace gsoaprm::net
