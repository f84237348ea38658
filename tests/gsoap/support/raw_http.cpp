#include "gsoap/support/raw_http.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>

#include "wire/envelope_reader.h"
#include "wire/envelope_writer.h"

namespace gsoaprm::testing {

const char kAddAction[] = "http://Microsoft.ServiceModel.Samples/ICalculator/Add";
const char kNoteAction[] = "http://Microsoft.ServiceModel.Samples/INotes/Note";

namespace {

std::string HeaderValue(const std::string& header, const char* name) {
  const char* at = strcasestr(header.c_str(), ("\r\n" + std::string(name) + ":").c_str());
  if (!at) return std::string();
  at += std::strlen(name) + 3;
  while (*at == ' ') at++;
  return std::string(at, std::strcspn(at, "\r"));
}

// Distinct for each message, the same for each repetition of it.
std::string MessageIdOf(const SequenceId& sequence, const std::string& what) { return sequence.text() + "/" + what; }

}  // namespace

wire::Envelope HttpAnswer::Envelope() const {
  wire::ReadResult result = wire::ReadEnvelope(body, HeaderValue(header, "Content-Type"), "");
  EXPECT_TRUE(result.ok()) << result.reason << "\n" << header << body;
  return result.envelope;
}

bool HttpAnswer::closes() const { return HeaderValue(header, "Connection") == "close"; }

RawConnection::RawConnection(int port) : socket_(socket(AF_INET, SOCK_STREAM, 0)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  EXPECT_EQ(connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
}

RawConnection::~RawConnection() { close(socket_); }

void RawConnection::Send(const std::string& bytes) {
  std::size_t sent = 0;
  while (sent < bytes.size()) {
    const ssize_t n = send(socket_, bytes.data() + sent, bytes.size() - sent, MSG_NOSIGNAL);
    if (n <= 0) return;
    sent += static_cast<std::size_t>(n);
  }
}

HttpAnswer RawConnection::Receive() {
  HttpAnswer answer;
  for (;;) {
    const std::size_t end = unread_.find("\r\n\r\n");
    if (end != std::string::npos) {
      const std::string header = unread_.substr(0, end + 2);
      const std::size_t length = std::strtoul(HeaderValue(header, "Content-Length").c_str(), nullptr, 10);
      if (unread_.size() >= end + 4 + length) {
        answer.header = header;
        answer.body = unread_.substr(end + 4, length);
        answer.status = std::atoi(header.c_str() + std::strlen("HTTP/1.1 "));
        unread_.erase(0, end + 4 + length);
        return answer;
      }
    }
    char buffer[65536];
    const ssize_t n = recv(socket_, buffer, sizeof buffer, 0);
    if (n <= 0) return answer;
    unread_.append(buffer, static_cast<std::size_t>(n));
  }
}

HttpAnswer RawConnection::DripUntilAnswered(const std::string& bytes) {
  for (const char byte : bytes) {
    pollfd readable{socket_, POLLIN, 0};
    if (poll(&readable, 1, 1) != 0) break;
    Send(std::string(1, byte));
  }
  return Receive();
}

void RawConnection::Reset() {
  const linger hard{1, 0};
  setsockopt(socket_, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
  close(socket_);
  socket_ = -1;
}

std::string Post(const std::string& content_type, const std::string& entity, const std::string& lines) {
  return "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: " + content_type +
         "\r\nContent-Length: " + std::to_string(entity.size()) + "\r\n" + lines + "\r\n" + entity;
}

RawSession::RawSession(wire::RmVersion version, bool offer, wire::SoapVersion soap) {
  protocol_.rm = version;
  protocol_.soap = soap;
  static int count = 0;
  if (offer) offered_ = SequenceId("urn:test:offer:" + std::to_string(++count));
}

std::string RawSession::Written(const wire::Envelope& envelope, const std::string& lines) {
  const wire::WrittenMessage message = wire::WriteEnvelope(envelope);
  return Post(message.content_type, message.entity, lines);
}

wire::Envelope RawSession::Protocol(wire::RmAction action) const {
  wire::Envelope envelope;
  envelope.protocol = protocol_;
  envelope.rm_action = action;
  envelope.addressing.action = wire::ActionUri(protocol_.rm, action);
  envelope.addressing.to = Uri("http://localhost/service");
  envelope.addressing.message_id = MessageId(MessageIdOf(sequence_, wire::ActionUri(protocol_.rm, action).data()));
  return envelope;
}

std::string RawSession::Create() const {
  wire::Envelope envelope = Protocol(wire::RmAction::kCreateSequence);
  static int count = 0;
  envelope.addressing.message_id = MessageId("urn:test:create:" + std::to_string(++count));
  wire::CreateSequence create;
  create.acks_to = Uri(std::string(wire::AnonymousAddress(protocol_.addressing)));
  if (!offered_.empty()) {
    wire::Offer offer;
    offer.id = offered_;
    if (protocol_.rm == wire::RmVersion::k11) offer.endpoint = create.acks_to;
    create.offer = offer;
  }
  envelope.body = create;
  return Written(envelope);
}

void RawSession::Created(const HttpAnswer& answer) {
  ASSERT_EQ(answer.status, 200) << answer.body;
  const wire::Envelope envelope = answer.Envelope();
  const auto* response = std::get_if<wire::CreateSequenceResponse>(&envelope.body);
  ASSERT_NE(response, nullptr) << answer.body;
  sequence_ = response->id;
}

void RawSession::Acknowledge(wire::Envelope* envelope, bool final) const {
  if (acknowledged_ == 0) return;
  wire::AcknowledgementHeader header;
  header.id = offered_;
  header.ranges.InsertRange(MessageNumber(1), MessageNumber(acknowledged_));
  header.final = final;
  envelope->acknowledgement = header;
}

wire::Envelope RawSession::Application(std::uint64_t number, const std::string& action, const std::string& body,
                                       bool two_way) const {
  const std::string ns(wire::SoapNamespace(protocol_.soap));
  wire::ReadResult own = wire::ReadOwnEnvelope(
      "<s:Envelope xmlns:s=\"" + ns + "\"><s:Header></s:Header><s:Body>" + body + "</s:Body></s:Envelope>",
      wire::ContentType(protocol_.soap));
  EXPECT_TRUE(own.ok()) << own.reason;
  wire::Envelope envelope;
  envelope.protocol = protocol_;
  envelope.body = own.envelope.body;
  envelope.sequence = wire::SequenceHeader{sequence_, MessageNumber(number), false};
  envelope.addressing.action = action;
  envelope.addressing.to = Uri("http://localhost/service");
  if (two_way) {
    envelope.addressing.message_id = MessageId(MessageIdOf(sequence_, std::to_string(number)));
    envelope.addressing.reply_to = Uri(std::string(wire::AnonymousAddress(protocol_.addressing)));
  }
  Acknowledge(&envelope, false);
  return envelope;
}

std::string RawSession::Message(std::uint64_t number, const std::string& action, const std::string& body,
                                bool two_way) const {
  return Written(Application(number, action, body, two_way));
}

std::string RawSession::Close(std::uint64_t last) const {
  wire::Envelope envelope = Protocol(wire::RmAction::kCloseSequence);
  wire::CloseSequence close{sequence_, std::nullopt};
  if (last) close.last_message_number = MessageNumber(last);
  envelope.body = close;
  Acknowledge(&envelope, true);
  return Written(envelope);
}

std::string RawSession::Terminate(std::uint64_t last) const {
  wire::Envelope envelope = Protocol(wire::RmAction::kTerminateSequence);
  wire::TerminateSequence terminate{sequence_, std::nullopt};
  if (last && protocol_.rm == wire::RmVersion::k11) terminate.last_message_number = MessageNumber(last);
  envelope.body = terminate;
  Acknowledge(&envelope, protocol_.rm == wire::RmVersion::k11);
  return Written(envelope);
}

std::string AddBody(double n1, double n2) {
  return "<Add xmlns=\"http://Microsoft.ServiceModel.Samples\"><n1>" + std::to_string(n1) + "</n1><n2>" +
         std::to_string(n2) + "</n2></Add>";
}

std::string NoteBody(int id, const std::string& text) {
  return "<Note xmlns=\"http://Microsoft.ServiceModel.Samples\"><id>" + std::to_string(id) + "</id><text>" + text +
         "</text></Note>";
}

}  // namespace gsoaprm::testing
