// Compares a message of ours with what WCF sent in the same place: element by element, names with their namespaces,
// identifiers by role.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "replay/capture.h"
#include "replay/xml_tree.h"

namespace gsoaprm::replay {

enum class Aspect {
  kMissing,      // an element or attribute that WCF wrote and we did not
  kExtra,        // one that we wrote and WCF did not
  kName,         // another element in its place
  kText,         // another text or value
  kNumberForm,   // the same number written in other digits
  kIdentifier,   // an identifier in another role
  kStatus,       // HTTP status
  kContentType,  // HTTP Content-Type
  kSoapAction,   // HTTP SOAPAction
  kEntity,       // one of the two has no body
  kAnswer,       // one of the two did not answer at all
};
const char* ToString(Aspect aspect);

struct Difference {
  std::string path;  // local names from the envelope's children on: "Header/Sequence/MessageNumber", "...@attribute"
  Aspect aspect = Aspect::kText;
  std::string captured, ours;
};
std::string ToString(const Difference& difference);

// Which identifier of ours plays the part of one in the recording; one to one.
class Roles {
 public:
  // False when either has another part already.
  bool Bind(const std::string& captured, const std::string& ours);
  bool Knows(const std::string& captured) const { return ours_.count(captured) > 0; }
  bool KnowsOurs(const std::string& ours) const { return captured_.count(ours) > 0; }
  // Every identifier of the recording in `text` replaced by ours.
  std::string Translate(std::string text) const;
  // The other way round.
  std::string Untranslate(std::string text) const;

 private:
  std::map<std::string, std::string> ours_;
  std::map<std::string, std::string> captured_;
};

std::vector<Difference> CompareEnvelopes(const Element& captured, const Element& ours, Roles* roles);

// HTTP status, Content-Type and SOAPAction, then the envelopes.
std::vector<Difference> CompareResponses(const HttpMessage& captured, const HttpMessage& ours, Roles* roles);
std::vector<Difference> CompareRequests(const HttpMessage& captured, const HttpMessage& ours, Roles* roles);

}  // namespace gsoaprm::replay
