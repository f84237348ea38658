// The C++ layer, over a gSOAP and a plugin that only take notes.
#include <gtest/gtest.h>

#include <cstring>
#include <string>
#include <type_traits>
#include <vector>

struct soap {
  int error = 0;
  std::vector<std::string> calls;
  int result = 0;          // of the next calls
  bool registered = true;  // whether the plugin can be asked for its error
};
#define SOAP_OK 0
#define SOAP_ERR (-1)
extern "C" int soap_register_plugin_arg(struct soap* soap, int (*plugin)(struct soap*, struct soap_plugin*, void*),
                                        void* options);
extern "C" void soap_sprint_fault(struct soap* soap, char* text, std::size_t size);

#include "include/soap_rm.hpp"

namespace {

int Note(struct soap* soap, const char* call, const char* endpoint) {
  soap->calls.push_back(std::string(call) + " " + endpoint);
  return soap->error = soap->result;
}

}  // namespace

extern "C" {
int soap_rm(struct soap*, struct soap_plugin*, void*) { return SOAP_OK; }
int soap_register_plugin_arg(struct soap* soap, int (*plugin)(struct soap*, struct soap_plugin*, void*),
                             void* options) {
  EXPECT_EQ(plugin, &::soap_rm);
  soap->calls.push_back("register " + std::to_string(static_cast<soap_rm_options*>(options)->max_retry_count));
  return soap->error = soap->result;
}
void soap_sprint_fault(struct soap*, char* text, std::size_t size) { std::strncpy(text, "a fault", size); }
int soap_rm_open(struct soap* soap, const char* endpoint) { return Note(soap, "open", endpoint); }
int soap_rm_close(struct soap* soap, const char* endpoint) { return Note(soap, "close", endpoint); }
int soap_rm_abort(struct soap* soap, const char* endpoint) { return Note(soap, "abort", endpoint); }
int soap_rm_reopen(struct soap* soap, const char* endpoint) { return Note(soap, "reopen", endpoint); }
enum soap_rm_state soap_rm_session_state(struct soap*, const char*) { return SOAP_RM_OPENED; }
int soap_rm_get_error(struct soap* soap, struct soap_rm_error* error) {
  if (!soap->registered) return SOAP_ERR;
  error->error_class = soap->result ? SOAP_RM_SEQUENCE_DEAD : SOAP_RM_NO_ERROR;
  error->outcome = SOAP_RM_UNKNOWN;
  error->code = "MaxRetryCount";
  error->reason = "It was sent nine times.";
  error->advice = "Open a new session.";
  return SOAP_OK;
}
}

namespace soaprm {
namespace {

using Calls = std::vector<std::string>;

template <class Work>
std::string Thrown(Work work) {
  try {
    work();
  } catch (const std::exception& problem) {
    return problem.what();
  }
  return "nothing";
}

TEST(CppOptions, AreSetInAChain) {
  Options options;
  options.set("max_retry_count", 20)
      .set("ordered", false)
      .set("inactivityTimeout", "00:05:00")
      .set("session_memory", std::size_t{70000});
  EXPECT_EQ(options.get().max_retry_count, 20);
  EXPECT_EQ(options.get().ordered, 0);
  EXPECT_EQ(options.get().inactivity_timeout, 300000);
  EXPECT_EQ(options.get().session_memory, 70000u);
  options.text("ordered=1\nmax_sessions=7");
  EXPECT_EQ(options.get().max_sessions, 7);
}

TEST(CppOptions, ThrowTheSentenceAndStayAsTheyWere) {
  Options options;
  EXPECT_THROW(options.set("max_retry_count", 0), std::invalid_argument);
  EXPECT_EQ(Thrown([&] { options.set("max_retry_count", 0); }),
            "max_retry_count must be a whole number from 1 to 2147483647, not '0'.");
  EXPECT_EQ(Thrown([&] { options.text("x=1", "f.txt"); }), "f.txt:1: There is no option 'x'.");
  EXPECT_EQ(Thrown([&] { options.load("none.config", "B"); }),
            "none.config: The file cannot be read: No such file or directory.");
  EXPECT_EQ(options.get().max_retry_count, 8);
  options.get().retransmission_maximum = 399;
  EXPECT_EQ(Thrown([&] { options.check(); }),
            "retransmission_maximum must not be below retransmission_minimum, but 399 ms is below 400 ms.");
}

TEST(CppRegistration, PassesTheOptionsOrThrows) {
  struct soap soap;
  register_on(&soap, Options().set("max_retry_count", 3));
  EXPECT_EQ(soap.calls, Calls{"register 3"});
  soap.result = SOAP_RM_ERROR;
  soap.registered = false;
  try {
    register_on(&soap);
    FAIL() << "nothing was thrown";
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(), "a fault");
    EXPECT_EQ(error.soap_error(), SOAP_RM_ERROR);
    EXPECT_EQ(error.error_class(), SOAP_RM_MISUSE);
  }
}

TEST(CppSession, OpensAndClosesByScope) {
  struct soap soap;
  {
    const ReliableSession session(&soap, "http://s/");
    EXPECT_TRUE(session);
    EXPECT_EQ(session.state(), SOAP_RM_OPENED);
    EXPECT_EQ(soap.calls, Calls{"open http://s/"});
  }
  EXPECT_EQ(soap.calls, (Calls{"open http://s/", "close http://s/"}));
}

TEST(CppSession, ClosesOnce) {
  struct soap soap;
  {
    ReliableSession session(&soap, "http://s/");
    session.close();
    session.close();
    EXPECT_FALSE(session);
    EXPECT_EQ(session.state(), SOAP_RM_CLOSED);
  }
  EXPECT_EQ(soap.calls, (Calls{"open http://s/", "close http://s/"}));
}

TEST(CppSession, ThrowsWhyItWasNotOpened) {
  struct soap soap;
  soap.result = SOAP_RM_ERROR;
  try {
    const ReliableSession session(&soap, "http://s/");
    FAIL() << "nothing was thrown";
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(), "MaxRetryCount: It was sent nine times. Open a new session.");
    EXPECT_EQ(error.soap_error(), SOAP_RM_ERROR);
    EXPECT_EQ(error.error_class(), SOAP_RM_SEQUENCE_DEAD);
    EXPECT_EQ(error.outcome(), SOAP_RM_UNKNOWN);
    EXPECT_EQ(error.code(), "MaxRetryCount");
    EXPECT_EQ(error.reason(), "It was sent nine times.");
    EXPECT_EQ(error.advice(), "Open a new session.");
  }
  EXPECT_EQ(soap.calls, Calls{"open http://s/"});
}

TEST(CppSession, ThrowsWhenClosingFailsButNotWhenDestroyed) {
  struct soap soap;
  {
    ReliableSession first(&soap, "http://1/");
    ReliableSession second(&soap, "http://2/");
    soap.result = SOAP_RM_ERROR;
    EXPECT_THROW(first.close(), Error);
  }
  EXPECT_EQ(soap.calls, (Calls{"open http://1/", "open http://2/", "close http://1/", "close http://2/"}));
}

TEST(CppSession, AbortsAndReopens) {
  struct soap soap;
  ReliableSession session(&soap, "http://s/");
  session.reopen();
  session.abort();
  session.abort();
  EXPECT_EQ(soap.calls, (Calls{"open http://s/", "reopen http://s/", "abort http://s/"}));
}

TEST(CppSession, MovesButIsNotCopied) {
  static_assert(!std::is_copy_constructible<ReliableSession>::value, "a session is closed once");
  static_assert(std::is_nothrow_move_assignable<ReliableSession>::value, "moving opens and closes nothing that throws");
  struct soap soap;
  {
    ReliableSession first(&soap, "http://1/");
    ReliableSession second(&soap, "http://2/");
    second = std::move(first);
    EXPECT_EQ(second.endpoint(), "http://1/");
    const ReliableSession third(std::move(second));
    EXPECT_EQ(soap.calls, (Calls{"open http://1/", "open http://2/", "close http://2/"}));
  }
  EXPECT_EQ(soap.calls, (Calls{"open http://1/", "open http://2/", "close http://2/", "close http://1/"}));
}

}  // namespace
}  // namespace soaprm
