// The names of a script beside the identifiers of the engine under test: bound where a name first stands for one.
#pragma once

#include <map>
#include <string>

#include "wire/trace_line.h"

namespace gsoaprm::scenarios {

class Names {
 public:
  // The sequence that a name stands for; one that stands for none yet becomes its own.
  SequenceId Resolve(const std::string& name);
  // All of a message that the script lets come in.
  void Resolve(wire::Envelope* envelope);
  // The name that stands for an identifier.
  std::string NameOf(const SequenceId& sequence) const { return sequences_.NameOf(sequence.text()); }
  std::string NameOf(const MessageId& message) const { return messages_.NameOf(message.text()); }

  // Whether what was sent is what the script says; then names are bound. What a script leaves open: the MessageID of a
  // request, the reason of a fault. `sent` is given the names of the script, to be shown.
  bool Match(const wire::TraceMessage& expected, const wire::Protocol& usual, wire::TraceMessage* sent);

 private:
  class Table {
   public:
    void Bind(const std::string& name, const std::string& identifier);
    std::string Resolve(const std::string& name);
    std::string NameOf(const std::string& identifier) const;

   private:
    std::map<std::string, std::string> identifiers_;  // by name
    std::map<std::string, std::string> names_;        // by identifier
  };
  Table& TableFor(const SequenceId*) { return sequences_; }
  Table& TableFor(const MessageId*) { return messages_; }

  Table sequences_;
  Table messages_;
};

}  // namespace gsoaprm::scenarios
