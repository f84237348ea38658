#include "net/http_poster.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>

#include <chrono>
#include <cstring>
#include <future>
#include <map>

#include "tests/support/letter_box.h"

namespace gsoaprm::net {
namespace {

using std::chrono::milliseconds;
using testing::Letter;
using testing::LetterBox;
constexpr milliseconds kLong(60000);

SocketAddress Address(const std::string& text, int port) {
  SocketAddress address;
  sockaddr_in ipv4{};
  sockaddr_in6 ipv6{};
  ipv4.sin_family = AF_INET;
  ipv6.sin6_family = AF_INET6;
  ipv4.sin_port = ipv6.sin6_port = htons(static_cast<std::uint16_t>(port));
  const bool is_ipv4 = inet_pton(AF_INET, text.c_str(), &ipv4.sin_addr) == 1;
  EXPECT_TRUE(is_ipv4 || inet_pton(AF_INET6, text.c_str(), &ipv6.sin6_addr) == 1) << text;
  address.size = is_ipv4 ? sizeof ipv4 : sizeof ipv6;
  std::memcpy(&address.storage, is_ipv4 ? static_cast<const void*>(&ipv4) : &ipv6, address.size);
  return address;
}

// A name server whose answers are scripted, one list after the other; the last one stays.
class ScriptedResolver : public Resolver {
 public:
  using Answers = std::vector<std::vector<SocketAddress>>;
  explicit ScriptedResolver(Answers answers) : answers_(std::move(answers)) {}
  std::vector<SocketAddress> Resolve(const HttpOrigin&) override {
    return answers_[std::min(asked_++, answers_.size() - 1)];
  }
  std::size_t asked() const { return asked_; }

 private:
  const Answers answers_;
  std::size_t asked_ = 0;
};

HttpPost PostTo(const std::string& address) {
  HttpPost post;
  post.address = *ReadHttpAddress(address);
  post.content_type = "application/soap+xml; charset=utf-8";
  post.entity = "<message/>";
  return post;
}

LetterBox::Answer Says(const std::string& line) {
  return [line](const Letter&) { return "HTTP/1.1 " + line + "\r\nContent-Length: 0\r\n\r\n"; };
}

TEST(HttpPoster, PostsTheMessageAsItIs) {
  LetterBox box;
  SystemResolver resolver;
  HttpPoster poster(&resolver, kLong);
  HttpPost post = PostTo(box.origin() + "/acks?id=1");
  const PostResult result = poster.Send(post);
  EXPECT_TRUE(result.taken) << result.problem;
  EXPECT_EQ(result.http_status, 202);
  ASSERT_EQ(box.letters().size(), 1u);
  const Letter letter = box.letters()[0];
  EXPECT_EQ(letter.header.substr(0, letter.header.find('\r')), "POST /acks?id=1 HTTP/1.1");
  EXPECT_EQ(letter.Value("Host"), "127.0.0.1:" + std::to_string(box.port()));
  EXPECT_EQ(letter.Value("Content-Type"), post.content_type);
  EXPECT_EQ(letter.Value("SOAPAction"), "none");
  EXPECT_EQ(letter.body, "<message/>");
}

TEST(HttpPoster, ASoapActionIsQuotedAndCannotBecomeALineOfTheHeader) {
  LetterBox box;
  SystemResolver resolver;
  HttpPoster poster(&resolver, kLong);
  HttpPost post = PostTo(box.origin());
  for (const char* action : {"urn:a", "urn:a\r\nX: y", "urn:\"a", "urn:\x80"}) {
    post.soap_action = action;
    EXPECT_TRUE(poster.Send(post).taken);
  }
  ASSERT_EQ(box.letters().size(), 4u);
  EXPECT_EQ(box.letters()[0].Value("SOAPAction"), "\"urn:a\"");
  for (const int i : {1, 2, 3}) EXPECT_EQ(box.letters()[i].Value("SOAPAction"), "\"\"");
  post.content_type = "text/xml\r\nX: y";
  EXPECT_FALSE(poster.Send(post).taken);
  EXPECT_EQ(box.connections(), 4u);
}

TEST(HttpPoster, RedirectsAreNotFollowed) {
  LetterBox other;
  for (const char* status :
       {"301 Moved", "302 Found", "303 See Other", "307 Temporary Redirect", "308 Permanent Redirect"}) {
    LetterBox box(Says(std::string(status) + "\r\nLocation: " + other.origin() + "/"));
    SystemResolver resolver;
    const PostResult result = HttpPoster(&resolver, kLong).Send(PostTo(box.origin()));
    EXPECT_FALSE(result.taken);
    EXPECT_NE(result.problem.find("which is not followed"), std::string::npos) << result.problem;
    EXPECT_EQ(box.connections(), 1u);
  }
  EXPECT_EQ(other.connections(), 0u);
}

TEST(HttpPoster, OnlyAStatusFrom200To299HasTakenIt) {
  const std::map<std::string, bool> statuses = {{"199 X", false}, {"200 OK", true}, {"299 X", true},  {"300 X", false},
                                                {"404 X", false}, {"500 X", false}, {"20x X", false}, {"", false}};
  for (const auto& [status, taken] : statuses) {
    LetterBox box(Says(status));
    SystemResolver resolver;
    EXPECT_EQ(HttpPoster(&resolver, kLong).Send(PostTo(box.origin())).taken, taken) << status;
  }
}

TEST(HttpPoster, AnAnswerThatAnnouncesAnotherIsPassedOver) {
  LetterBox box([](const Letter&) { return "HTTP/1.1 100 Continue\r\n\r\n" + std::string(testing::kTaken); });
  SystemResolver resolver;
  EXPECT_EQ(HttpPoster(&resolver, kLong).Send(PostTo(box.origin())).http_status, 202);
}

TEST(HttpPoster, AnAnswerWithoutEndIsGivenUp) {
  LetterBox box([](const Letter&) { return "HTTP/1.1 200 OK\r\nX: " + std::string(1000000, 'x'); });
  SystemResolver resolver;
  EXPECT_FALSE(HttpPoster(&resolver, kLong).Send(PostTo(box.origin())).taken);
}

TEST(HttpPoster, ConnectsToTheAddressThatWasChecked) {
  LetterBox box;
  // Whoever asks again gets another answer.
  ScriptedResolver resolver({{Address("127.0.0.1", box.port())}, {Address("169.254.169.254", 80)}});
  const PostResult result = HttpPoster(&resolver, kLong).Send(PostTo("http://rebinding.example/"));
  EXPECT_TRUE(result.taken) << result.problem;
  EXPECT_EQ(resolver.asked(), 1u);
  EXPECT_EQ(box.letters()[0].Value("Host"), "rebinding.example");
}

TEST(HttpPoster, ANameWithAnAddressThatIsNeverConnectedToIsNotConnectedToAtAll) {
  LetterBox box;
  for (const char* bad : {"169.254.169.254", "0.0.0.0", "255.255.255.255", "224.0.0.1", "::", "fe80::1", "ff02::1",
                          "::ffff:127.0.0.1", "::ffff:169.254.169.254", "::127.0.0.1"}) {
    ScriptedResolver alone({{Address(bad, box.port())}});
    ScriptedResolver behind({{Address("127.0.0.1", box.port()), Address(bad, box.port())}});
    for (ScriptedResolver* resolver : {&alone, &behind}) {
      const PostResult result = HttpPoster(resolver, kLong).Send(PostTo("http://listed.example/"));
      EXPECT_EQ(result.problem, "the host has an address that is never connected to") << bad;
    }
  }
  EXPECT_EQ(box.connections(), 0u);
}

TEST(HttpPoster, TriesTheAddressesInTheirOrder) {
  LetterBox box;
  int closed = 0;
  { closed = LetterBox().port(); }
  ScriptedResolver resolver({{Address("127.0.0.1", closed), Address("127.0.0.1", box.port())}});
  EXPECT_TRUE(HttpPoster(&resolver, kLong).Send(PostTo("http://listed.example/")).taken);
}

TEST(HttpPoster, SaysWhyNobodyIsThere) {
  ScriptedResolver nobody(ScriptedResolver::Answers(1));
  EXPECT_EQ(HttpPoster(&nobody, kLong).Send(PostTo("http://listed.example/")).problem, "the host has no address");
  int closed = 0;
  { closed = LetterBox().port(); }
  SystemResolver resolver;
  const PostResult result = HttpPoster(&resolver, kLong).Send(PostTo("http://127.0.0.1:" + std::to_string(closed)));
  EXPECT_EQ(result.problem, "connecting failed: Connection refused");
}

TEST(HttpPoster, WaitsNoLongerThanItsLimit) {
  LetterBox silent([](const Letter&) { return ""; });
  SystemResolver resolver;
  const PostResult result = HttpPoster(&resolver, milliseconds(50)).Send(PostTo(silent.origin()));
  EXPECT_EQ(result.problem, "there was no answer: it took too long");
}

TEST(HttpPoster, EndsWhenItIsCancelled) {
  LetterBox silent([](const Letter&) { return ""; });
  SystemResolver resolver;
  HttpPoster poster(&resolver, kLong);
  auto waiting = std::async(std::launch::async, [&] { return poster.Send(PostTo(silent.origin())); });
  ASSERT_TRUE(silent.WaitFor(1));
  poster.Cancel();
  EXPECT_EQ(waiting.get().problem, "there was no answer: the server ends");
  EXPECT_FALSE(poster.Send(PostTo(silent.origin())).taken);
}

}  // namespace
}  // namespace gsoaprm::net
