// P15: what a hostile message costs the server that it is sent to, our part and gSOAP's parser together, in seconds of
// CPU per MB: messages that are refused, and those that stay just below a limit. Also the memory that they leave
// behind.
// --kilobytes N (1000) of each message. --mode plain: the same servers without the plugin.
#include <arpa/inet.h>
#include <time.h>

#include <string_view>

#include "Calculator.nsmap"
#include "listsListsService.h"
#include "support.h"

int lists::ListsService::Put(l__Items* items, int& count) {
  count = items ? static_cast<int>(items->item.size()) : 0;
  return SOAP_OK;
}

namespace {

std::size_t size_wanted = 1000000;

double CpuSeconds(pid_t process) {
  clockid_t clock;
  timespec t{};
  if (clock_getcpuclockid(process, &clock) != 0 || clock_gettime(clock, &t) != 0) std::abort();
  return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_nsec) * 1e-9;
}

std::string Times(std::string_view text, std::size_t count) {
  std::string result;
  result.reserve(text.size() * count);
  for (std::size_t i = 0; i < count; i++) result += text;
  return result;
}

// As often as the message is to be large.
std::string Filled(std::string_view text, std::size_t behind = 0) {
  return Times(text, behind < size_wanted ? (size_wanted - behind) / text.size() + 1 : 1);
}

// A short name that is no other's: aa, ab, ...
std::string Name(std::size_t number) {
  std::string name;
  for (int i = 0; i < 3; i++, number /= 26) name += static_cast<char>('a' + number % 26);
  return name;
}

// Elements with all of these names, `on_one` of them each.
std::string Names(std::size_t count, std::size_t on_one, const std::string& prefix = "") {
  std::string elements = "<b";
  for (std::size_t i = 0; i < count; i++) {
    if (i > 0 && i % on_one == 0) elements += "/><b";
    elements += " " + prefix + Name(i) + "=\"\"";
  }
  return elements + "/>";
}

std::string Declarations(const std::string& prefix, std::size_t count) {
  std::string text;
  for (std::size_t i = 0; i < count; i++) text += " xmlns:" + prefix + std::to_string(i) + "=\"u\"";
  return text;
}

std::string Envelope(const std::string& body, const std::string& attributes = "", const std::string& header = "") {
  return "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"" + attributes + ">" + header + "<s:Body>" +
         body + "</s:Body></s:Envelope>";
}

std::string Add(const std::string& children, const std::string& attributes = "", const std::string& outer = "") {
  return Envelope("<Add xmlns=\"http://Microsoft.ServiceModel.Samples\"" + attributes + "><n1>1</n1><n2>2</n2>" +
                      children + "</Add>",
                  outer);
}

std::string Put(const std::string& items) {
  return Envelope("<l:Put xmlns:l=\"urn:gsoaprm:lists\"><items>" + items + "</items></l:Put>");
}

std::string Acknowledging(const std::string& ranges) {
  return Envelope("", "",
                  "<s:Header><r:SequenceAcknowledgement xmlns:r=\"http://docs.oasis-open.org/ws-rx/wsrm/200702\">"
                  "<r:Identifier>urn:x</r:Identifier>" +
                      ranges + "</r:SequenceAcknowledgement></s:Header>");
}

// With an id each; `alike`: those that gSOAP's table of 1999 chains keeps in one of them.
std::string ItemsWithIds(bool alike) {
  std::string items;
  for (std::size_t i = 0; items.size() < size_wanted; i++) {
    const std::string id = std::to_string(i);
    std::size_t hash = '#';
    for (const char c : id) hash = hash * 65599 + static_cast<std::size_t>(c);
    if (!alike || hash % 1999 == 0) items += "<item id=\"" + id + "\"/>";
  }
  return items;
}

struct Message {
  const char* name;
  std::string entity;
  bool refused;
};

std::vector<Message> AttackMessages() {
  const std::size_t many = size_wanted / 10;
  const std::string doctype =
      "<!DOCTYPE s:Envelope [<!ENTITY a \"" + Filled("x") + "\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;\">]>";
  return {
      {"attributes on one element", Add("<b" + Names(many, many).substr(2)), true},
      {"attributes on many elements", Add(Names(many, 200)), true},
      {"namespaces on one element", Add("<b" + Declarations("a", many) + "/>"), true},
      {"namespaces on many elements", Add(Times("<b" + Declarations("a", 60) + "/>", size_wanted / 900)), false},
      {"depth", Add(Times("<b>", size_wanted / 7) + Times("</b>", size_wanted / 7)), true},
      {"DOCTYPE", doctype + Add(""), true},
      {"processing instructions", Add(Filled("<?a?>")), true},
      {"header blocks", Envelope("<a/>", "", "<s:Header>" + Filled("<a/>") + "</s:Header>"), true},
      {"acknowledgement ranges", Acknowledging(Filled("<r:AcknowledgementRange Lower=\"1\" Upper=\"1\"/>")), true},
      {"names, then elements", Add(Names(500, 200) + Filled("<b/>")), true},
      {"names, then elements with the last", Add(Names(500, 200) + Filled("<b " + Name(499) + "=\"\"/>")), true},
      {"namespaces in scope", Add(Filled("<a9:n1/>"), Declarations("b", 60), Declarations("a", 60)), true},
      {"ids in one chain", Put(ItemsWithIds(true)), true},
  };
}

// What stays below the limits.
std::vector<Message> ExtremeMessages() {
  return {
      {"text", Add("<n2>" + Filled("x") + "</n2>"), false},
      {"text of references", Add("<n2>" + Filled("&amp;") + "</n2>"), false},
      {"comments", Add(Filled("<!---->")), false},
      {"CDATA", Add("<b>" + Filled("<![CDATA[]]>") + "</b>"), false},
      {"smallest elements", Add(Filled("<b/>")), false},
      {"smallest attributes", Add(Filled("<b a=\"\" b=\"\" c=\"\" d=\"\" e=\"\" f=\"\"/>")), false},
      {"references in attributes", Add(Filled("<b a=\"&#65;\"/>")), false},
      {"long attributes", Add(Filled("<b a=\"" + std::string(60000, 'x') + "\"/>")), false},
      {"names at the limit of steps", Add(Names(400, 200) + Filled("<b>" + std::string(28, 'x') + "</b>")), false},
      {"namespaces at the limit of steps", Add(Filled("<a9:n1/>"), Declarations("a", 50)), false},
      {"many namespaces", Add(Filled("<b xmlns:a=\"u\"/>")), false},
      {"a list", Put(Filled("<item>xxx</item>")), false},
      {"a list with ids", Put(ItemsWithIds(false)), false},
  };
}

class Measurement {
 public:
  explicit Measurement(const bench::Server& server) : server_(server) {}

  void Run(const Message& message) {
    const double before = CpuSeconds(server_.process());
    const int status = Post(message.entity);
    const double seconds = CpuSeconds(server_.process()) - before;
    const double megabytes = static_cast<double>(message.entity.size()) / 1e6;
    std::printf("%-40s %.2f MB %s %.4f s, %.4f s/MB\n", message.name, megabytes, status == 200 ? "taken  " : "refused",
                seconds, seconds / megabytes);
    std::fflush(stdout);
    if (seconds / megabytes > worst_) {
      worst_ = seconds / megabytes;
      worst_name_ = message.name;
    }
    if ((status != 200) != message.refused) as_expected_ = false;
  }
  double worst() const { return worst_; }
  const char* worst_name() const { return worst_name_; }
  bool as_expected() const { return as_expected_; }

 private:
  int Post(const std::string& entity) {
    const int connection = socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(static_cast<std::uint16_t>(server_.port()));
    if (connect(connection, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) std::abort();
    const std::string request =
        "POST / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: text/xml; charset=utf-8\r\n"
        "Content-Length: " +
        std::to_string(entity.size()) + "\r\n\r\n" + entity;
    for (std::size_t sent = 0; sent < request.size();) {
      const ssize_t n = send(connection, request.data() + sent, request.size() - sent, MSG_NOSIGNAL);
      if (n <= 0) break;
      sent += static_cast<std::size_t>(n);
    }
    std::string answer;
    char buffer[4096];
    for (ssize_t n; (n = recv(connection, buffer, sizeof buffer, 0)) > 0;)
      answer.append(buffer, static_cast<std::size_t>(n));
    close(connection);
    return answer.size() > 12 ? std::atoi(answer.c_str() + 9) : 0;
  }

  const bench::Server& server_;
  double worst_ = 0;
  const char* worst_name_ = "";
  bool as_expected_ = true;
};

}  // namespace

int main(int argc, char** argv) {
  const bench::Arguments arguments(argc, argv, {{"--mode", "reliable"}, {"--kilobytes", "1000"}});
  const bool plain = arguments.IsPlain();
  size_wanted = static_cast<std::size_t>(arguments.Number("--kilobytes")) * 1000;
  soap_rm_options options = bench::Options();
  const bench::Server calculator = bench::Server::Start<calculator::CalculatorService>(plain ? nullptr : &options);
  const bench::Server lists = bench::Server::Start<lists::ListsService>(plain ? nullptr : &options);
  Measurement with_calculator(calculator), with_lists(lists);
  for (const std::vector<Message>& messages : {AttackMessages(), ExtremeMessages()}) {
    for (const Message& message : messages)
      (message.entity.find("urn:gsoaprm:lists") == std::string::npos ? with_calculator : with_lists).Run(message);
  }
  const Measurement& worst = with_lists.worst() > with_calculator.worst() ? with_lists : with_calculator;
  std::printf("P15 = %.3f (CPU seconds per hostile MB, worst: %s) bar 0.2\n", worst.worst(), worst.worst_name());
  return plain || (worst.worst() <= 0.2 && with_calculator.as_expected() && with_lists.as_expected()) ? 0 : 1;
}
