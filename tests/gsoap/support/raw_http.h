// A client that is not gSOAP: HTTP over a plain socket, envelopes made and read with the wire layer.
#pragma once

#include <string>

#include "wire/envelope.h"

namespace gsoaprm::testing {

struct HttpAnswer {
  int status = 0;  // 0: the connection ended without an answer
  std::string header;
  std::string body;
  wire::Envelope Envelope() const;  // of body; fails the test when it is none
  bool closes() const;              // Connection: close
};

// One connection to the loopback interface.
class RawConnection {
 public:
  explicit RawConnection(int port);
  ~RawConnection();
  RawConnection(const RawConnection&) = delete;
  RawConnection& operator=(const RawConnection&) = delete;

  void Send(const std::string& bytes);
  // Waits for one whole answer.
  HttpAnswer Receive();
  HttpAnswer Exchange(const std::string& bytes) {
    Send(bytes);
    return Receive();
  }
  // Sends byte by byte, with a millisecond between them, until there is an answer or an end.
  HttpAnswer DripUntilAnswered(const std::string& bytes);
  // Ends the connection the hard way (RST).
  void Reset();

 private:
  int socket_;
  std::string unread_;
};

// The HTTP request with this entity; `lines` are further header lines, each ended by CRLF.
std::string Post(const std::string& content_type, const std::string& entity, const std::string& lines = "");

// A client session made by hand: knows its identifiers and writes messages of it.
class RawSession {
 public:
  RawSession(wire::RmVersion version, bool offer, wire::SoapVersion soap = wire::SoapVersion::k12);

  std::string Create() const;
  // Takes the identifier from the answer.
  void Created(const HttpAnswer& answer);
  // An application message with this body (XML), number and action; two-way ones carry MessageID and ReplyTo.
  std::string Message(std::uint64_t number, const std::string& action, const std::string& body, bool two_way) const;
  // The same as an envelope, to be changed before it is written.
  wire::Envelope Application(std::uint64_t number, const std::string& action, const std::string& body,
                             bool two_way) const;
  wire::Envelope Protocol(wire::RmAction action) const;
  // Acknowledges replies 1..last with every further message.
  void AcknowledgeUpTo(std::uint64_t last) { acknowledged_ = last; }
  std::string Close(std::uint64_t last) const;
  std::string Terminate(std::uint64_t last) const;
  static std::string Written(const wire::Envelope& envelope, const std::string& lines = "");

  const SequenceId& sequence() const { return sequence_; }
  const SequenceId& offered() const { return offered_; }

 private:
  void Acknowledge(wire::Envelope* envelope, bool final) const;
  wire::Protocol protocol_;
  SequenceId sequence_, offered_;
  std::uint64_t acknowledged_ = 0;
};

// Bodies and actions of the contracts.
std::string AddBody(double n1, double n2);
extern const char kAddAction[];
std::string NoteBody(int id, const std::string& text);
extern const char kNoteAction[];

}  // namespace gsoaprm::testing
