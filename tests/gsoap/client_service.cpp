#include "gsoap/client_service.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <cstring>

#include "gsoap/gzip.h"
#include "wire/envelope_reader.h"
#include "wire/envelope_writer.h"

namespace gsoaprm::testing {
namespace {

constexpr auto kPatience = std::chrono::seconds(10);

std::string HeaderValue(const std::string& header, const char* name) {
  const char* at = strcasestr(header.c_str(), ("\r\n" + std::string(name) + ":").c_str());
  if (!at) return std::string();
  at += std::strlen(name) + 3;
  while (*at == ' ') at++;
  return std::string(at, std::strcspn(at, "\r"));
}

double Number(const std::string& body, const std::string& element) {
  const std::size_t at = body.find(element + ">");
  return at == std::string::npos ? 0 : std::atof(body.c_str() + at + element.size() + 1);
}

std::string SumXml(const std::string& body) {
  const double sum = Number(body, "n1") + Number(body, "n2");
  return "<AddResponse xmlns=\"http://Microsoft.ServiceModel.Samples\"><AddResult>" + std::to_string(sum) +
         "</AddResult></AddResponse>";
}

}  // namespace

std::string ServiceRequest::Header(const char* name) const { return HeaderValue(header, name); }

ServiceAnswer Http(int status, const std::string& content_type, const std::string& body, const std::string& lines) {
  ServiceAnswer answer;
  answer.bytes = "HTTP/1.1 " + std::to_string(status) + " Status\r\n" +
                 (content_type.empty() ? "" : "Content-Type: " + content_type + "\r\n") +
                 "Content-Length: " + std::to_string(body.size()) + "\r\n" + lines + "\r\n" + body;
  return answer;
}

ServiceAnswer Accepted() { return Http(202, "", ""); }

ServiceAnswer Closed() {
  ServiceAnswer answer;
  answer.kind = ServiceAnswer::Kind::kClose;
  return answer;
}

ServiceAnswer Hanging() {
  ServiceAnswer answer;
  answer.kind = ServiceAnswer::Kind::kHang;
  return answer;
}

ServiceAnswer Enveloped(const wire::Envelope& envelope, int status) {
  const wire::WrittenMessage message = wire::WriteEnvelope(envelope);
  return Http(status, message.content_type, message.entity);
}

ClientService::ClientService(Script script) : script_(std::move(script)) {
  listener_ = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  if (bind(listener_, reinterpret_cast<sockaddr*>(&address), size) != 0 || listen(listener_, 64) != 0) std::abort();
  getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
  port_ = ntohs(address.sin_port);
  acceptor_ = std::thread([this] { Accept(); });
}

ClientService::~ClientService() {
  stopping_ = true;
  shutdown(listener_, SHUT_RDWR);
  acceptor_.join();
  {
    std::lock_guard<std::mutex> lock(mutex_);
    for (int open : sockets_) shutdown(open, SHUT_RDWR);
  }
  for (std::thread& thread : threads_) thread.join();
  close(listener_);
}

void ClientService::Accept() {
  for (;;) {
    const int connection = accept(listener_, nullptr, nullptr);
    if (connection < 0 || stopping_) {
      if (connection >= 0) close(connection);
      return;
    }
    connection_count_++;
    std::lock_guard<std::mutex> lock(mutex_);
    sockets_.push_back(connection);
    threads_.emplace_back([this, connection] { Serve(connection); });
  }
}

void ClientService::Serve(int connection) {
  std::string unread;
  char buffer[65536];
  bool hanging = false;
  for (;;) {
    const std::size_t end = unread.find("\r\n\r\n");
    const std::string header = end == std::string::npos ? "" : unread.substr(0, end + 2);
    const std::size_t length = std::strtoul(HeaderValue(header, "Content-Length").c_str(), nullptr, 10);
    if (hanging || end == std::string::npos || unread.size() < end + 4 + length) {
      const ssize_t n = recv(connection, buffer, sizeof buffer, 0);
      if (n <= 0) break;
      unread.append(buffer, static_cast<std::size_t>(n));
      continue;
    }
    const ServiceRequest request = Note(header, unread.substr(end + 4, length));
    unread.erase(0, end + 4 + length);
    ServiceAnswer answer;
    if (!script_ || !script_(request, &answer)) answer = Answer(request);
    if (answer.kind == ServiceAnswer::Kind::kClose) break;
    hanging = answer.kind == ServiceAnswer::Kind::kHang;
    send(connection, answer.bytes.data(), answer.bytes.size(), MSG_NOSIGNAL);
    if (answer.bytes.find("Connection: close") != std::string::npos) break;
  }
  std::lock_guard<std::mutex> lock(mutex_);
  sockets_.remove(connection);
  close(connection);
}

ServiceRequest ClientService::Note(const std::string& header, std::string body) {
  ServiceRequest request;
  request.header = header;
  request.body = std::move(body);
  if (HeaderValue(header, "Content-Encoding") == "gzip") {
    std::string plain;
    if (binding::Inflate(request.body, 1 << 24, &plain) == binding::InflateResult::kOk) request.body = plain;
  }
  wire::ReadResult result =
      wire::ReadEnvelope(request.body, HeaderValue(header, "Content-Type"), HeaderValue(header, "SOAPAction"));
  request.envelope = std::move(result.envelope);
  if (request.envelope.sequence) request.number = request.envelope.sequence->number.value();
  std::lock_guard<std::mutex> lock(mutex_);
  request.sending =
      ++sendings_[request.number ? std::to_string(request.number) : std::string(request.envelope.addressing.action)];
  if (request.number && request.envelope.sequence->id == sequence_) received_.Insert(MessageNumber(request.number));
  requests_.push_back(request);
  changed_.notify_all();
  return request;
}

std::vector<ServiceRequest> ClientService::requests() const {
  std::lock_guard<std::mutex> lock(mutex_);
  return requests_;
}

std::vector<ServiceRequest> ClientService::requests(wire::RmAction action) const {
  std::vector<ServiceRequest> chosen;
  for (ServiceRequest& request : requests())
    if (request.envelope.rm_action == action) chosen.push_back(std::move(request));
  return chosen;
}

bool ClientService::WaitForRequests(std::size_t count, wire::RmAction action) const {
  std::unique_lock<std::mutex> lock(mutex_);
  return changed_.wait_for(lock, kPatience, [&] {
    std::size_t found = 0;
    for (const ServiceRequest& request : requests_) found += request.envelope.rm_action == action ? 1 : 0;
    return found >= count;
  });
}

SequenceId ClientService::sequence() const {
  std::lock_guard<std::mutex> lock(mutex_);
  return sequence_;
}

wire::AcknowledgementHeader ClientService::Ranges(const ServiceRequest&, bool final) {
  wire::AcknowledgementHeader header;
  std::lock_guard<std::mutex> lock(mutex_);
  header.id = sequence_;
  header.ranges = received_;
  header.final = final;
  if (!final) header.buffer_remaining = 8;
  return header;
}

wire::Envelope ClientService::Protocol(const ServiceRequest& request, wire::RmAction action, bool final) {
  wire::Envelope envelope;
  envelope.protocol = request.envelope.protocol;
  envelope.rm_action = action;
  envelope.addressing.action = wire::ActionUri(envelope.protocol.rm, action);
  envelope.addressing.relates_to = request.envelope.addressing.message_id;
  envelope.acknowledgement = Ranges(request, final);
  return envelope;
}

wire::Envelope ClientService::Create(const ServiceRequest& request) {
  const auto& create = std::get<wire::CreateSequence>(request.envelope.body);
  wire::Envelope envelope = Protocol(request, wire::RmAction::kCreateSequenceResponse, false);
  envelope.acknowledgement.reset();
  wire::CreateSequenceResponse response;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    sequence_ = SequenceId("urn:test:sequence:" + std::to_string(++sequence_count_));
    offered_ = create.offer ? create.offer->id : SequenceId();
    received_ = MessageRanges();
    reply_numbers_.clear();
    replies_ = 0;
    response.id = sequence_;
  }
  if (create.offer) response.accept_acks_to = request.envelope.addressing.to;
  envelope.body = response;
  return envelope;
}

wire::Envelope ClientService::Reply(const ServiceRequest& request, const std::string& body_xml) {
  const std::string soap(wire::SoapNamespace(request.envelope.protocol.soap));
  const std::string entity =
      "<s:Envelope xmlns:s=\"" + soap + "\"><s:Header></s:Header><s:Body>" + body_xml + "</s:Body></s:Envelope>";
  wire::Envelope reply = wire::ReadOwnEnvelope(entity, wire::ContentType(request.envelope.protocol.soap)).envelope;
  reply.protocol = request.envelope.protocol;
  reply.addressing.action = request.envelope.addressing.action + "Response";
  reply.addressing.relates_to = request.envelope.addressing.message_id;
  reply.acknowledgement = Ranges(request, false);
  std::lock_guard<std::mutex> lock(mutex_);
  std::uint64_t& number = reply_numbers_[request.number];
  if (number == 0) number = ++replies_;
  reply.sequence = wire::SequenceHeader{offered_, MessageNumber(number), false};
  return reply;
}

wire::Envelope ClientService::Acknowledgement(const ServiceRequest& request) {
  wire::Envelope envelope = Protocol(request, wire::RmAction::kSequenceAcknowledgement, false);
  envelope.addressing.relates_to.reset();
  return envelope;
}

ServiceAnswer ClientService::Answer(const ServiceRequest& request) {
  using wire::RmAction;
  const bool rm_2005 = request.envelope.protocol.rm == wire::RmVersion::kFebruary2005;
  switch (request.envelope.rm_action) {
    case RmAction::kCreateSequence:
      return Enveloped(Create(request));
    case RmAction::kCloseSequence: {
      wire::Envelope answer = Protocol(request, RmAction::kCloseSequenceResponse, true);
      answer.body = wire::CloseSequenceResponse{sequence()};
      return Enveloped(answer);
    }
    case RmAction::kTerminateSequence: {
      const bool one_way = !request.envelope.acknowledgement;
      if (rm_2005 && one_way) return Accepted();
      wire::Envelope answer =
          Protocol(request, rm_2005 ? RmAction::kTerminateSequence : RmAction::kTerminateSequenceResponse, !rm_2005);
      if (rm_2005) answer.addressing.relates_to.reset();
      if (rm_2005) answer.body = wire::TerminateSequence{sequence(), {}};
      if (!rm_2005) answer.body = wire::TerminateSequenceResponse{sequence()};
      return Enveloped(answer);
    }
    case RmAction::kLastMessage: {
      std::unique_lock<std::mutex> lock(mutex_);
      if (offered_.empty()) {
        lock.unlock();
        return Enveloped(Acknowledgement(request));
      }
      const MessageNumber number(++replies_);
      const SequenceId offered = offered_;
      lock.unlock();
      wire::Envelope answer = Protocol(request, RmAction::kLastMessage, false);
      answer.addressing.relates_to.reset();
      answer.sequence = wire::SequenceHeader{offered, number, true};
      return Enveloped(answer);
    }
    case RmAction::kNone:
      if (!request.envelope.sequence) return Accepted();  // a fault of the client
      if (request.body.find(":Add>") == std::string::npos && request.body.find("<Add") == std::string::npos)
        return Enveloped(Acknowledgement(request));
      return Enveloped(Reply(request, SumXml(request.body)));
    case RmAction::kFault:
      return Accepted();
    default:
      return Enveloped(Acknowledgement(request));
  }
}

}  // namespace gsoaprm::testing
