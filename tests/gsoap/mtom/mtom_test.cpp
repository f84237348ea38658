// MTOM attachments through a reliable session, in both directions, over a network that loses.
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cstring>
#include <memory>
#include <tuple>

#include "Files.nsmap"
#include "gsoap/gzip.h"
#include "gsoap/support/options.h"
#include "gsoap/support/own_server.h"
#include "proxy/fault_proxy.h"
#include "soapFilesProxy.h"
#include "soapFilesService.h"
#include "soap_rm.h"

namespace gsoaprm::testing {
namespace {

constexpr int kSize = 300 * 1024;

// Every value of a byte, line ends and what looks like a boundary among them.
std::string Content(const std::string& name, int size = kSize) {
  std::string content = "\r\n--" + name + "\r\n";
  std::uint32_t state = static_cast<std::uint32_t>(name.size());
  while (content.size() < static_cast<std::size_t>(size)) {
    state = state * 1664525u + 1013904223u;
    content += static_cast<char>(state >> 24);
  }
  return content;
}

void Fill(struct soap* soap, const std::string& content, t__Data* file) {
  auto* const bytes = static_cast<unsigned char*>(soap_malloc(soap, content.size()));
  std::memcpy(bytes, content.data(), content.size());
  file->xop__Include.__ptr = bytes;
  file->xop__Include.__size = static_cast<int>(content.size());
  file->xop__Include.type = soap_strdup(soap, "application/octet-stream");
}

std::string ContentOf(const t__Data& file) {
  return std::string(reinterpret_cast<const char*>(file.xop__Include.__ptr),
                     static_cast<std::size_t>(file.xop__Include.__size));
}

void ExpectContent(const std::string& arrived, const std::string& name) {
  EXPECT_TRUE(arrived == Content(name)) << name << ": " << arrived.size() << " bytes: " << arrived.substr(0, 200);
}

// How the programs send, and in which envelopes.
struct Way {
  const char* name;
  soap_mode mode;
  soap_rm_soap_version soap = SOAP_RM_SOAP_AS_GENERATED;
  int compress = 0;
};
constexpr Way kWays[] = {{"Default", SOAP_IO_DEFAULT},
                         {"Chunked", SOAP_IO_CHUNK},
                         {"Stored", SOAP_IO_STORE},
                         {"Soap11", SOAP_IO_DEFAULT, SOAP_RM_SOAP_11},
                         {"Compressed", SOAP_IO_DEFAULT, SOAP_RM_SOAP_AS_GENERATED, 1},
                         {"CompressedChunkedSoap11", SOAP_IO_CHUNK, SOAP_RM_SOAP_11, 1}};

using Case = std::tuple<soap_rm_protocol_version, Way>;

class Attachments : public ::testing::TestWithParam<Case> {
 protected:
  Attachments()
      : mode_(way().mode | SOAP_IO_KEEPALIVE | SOAP_ENC_MTOM),
        server_(mode_),
        client_(std::make_unique<OwnContext>(mode_)) {
    options_ = QuickOptions(std::get<0>(GetParam()));
    options_.soap_version = way().soap;
    options_.compress = way().compress;
    { FilesService namespaces(server_.get()); }
    for (struct soap* soap : {server_.get(), client_->get()})
      EXPECT_EQ(soap_register_plugin_arg(soap, soap_rm, &options_), SOAP_OK);
    server_->user = this;
    listener_ = std::make_unique<OwnServer>(server_.get(), [](struct soap* soap) { FilesService(soap).serve(); });
    network_ = std::make_unique<proxy::FaultProxy>(static_cast<std::uint16_t>(listener_->port()));
    url_ = "http://127.0.0.1:" + std::to_string(network_->port()) + "/files";
  }
  ~Attachments() override {
    client_.reset();
    network_.reset();
    listener_.reset();
  }

  static const Way& way() { return std::get<1>(GetParam()); }

  // Loses the request or the response of the next call, as its name says. Compressed ones do not show their name.
  void Lose(const char* name) {
    const std::string text = way().compress ? "POST" : name;
    if (std::strstr(name, "request")) network_->AddRule({proxy::Fault::kDropRequest, text});
    if (std::strstr(name, "response")) network_->AddRule({proxy::Fault::kDropResponse, text});
  }
  void ExpectLossesAndACleanClose() {
    EXPECT_EQ(executions_, 3);
    EXPECT_EQ(network_->counts().dropped_requests, 1u);
    EXPECT_EQ(network_->counts().dropped_responses, 1u);
    EXPECT_EQ(soap_rm_close(client_->get(), nullptr), SOAP_OK) << client_->Fault();
  }

  // What the server took, or the fault.
  std::string Upload(const std::string& content) {
    FilesProxy files(client_->get(), url_.c_str());
    t__Data file{};
    Fill(client_->get(), content, &file);
    std::string taken;
    const int error = files.Upload(&file, taken);
    return Ended(error, taken);
  }
  std::string Download(const std::string& name) {
    FilesProxy files(client_->get(), url_.c_str());
    t__Data file{};
    const int error = files.Download(name, &file);
    return Ended(error, error ? std::string() : ContentOf(file));
  }
  std::string Ended(int error, std::string result) {
    if (error) result = client_->Fault();
    soap_destroy(client_->get());
    soap_end(client_->get());
    return result;
  }

  const soap_mode mode_;
  soap_rm_options options_;
  OwnContext server_;
  std::unique_ptr<OwnContext> client_;
  std::unique_ptr<OwnServer> listener_;
  std::unique_ptr<proxy::FaultProxy> network_;
  std::string url_;

 public:
  std::string uploaded_;  // written by an operation, read after its reply
  std::atomic<int> executions_{0};
};

INSTANTIATE_TEST_SUITE_P(Modes, Attachments,
                         ::testing::Combine(::testing::Values(SOAP_RM_FEBRUARY_2005, SOAP_RM_11),
                                            ::testing::ValuesIn(kWays)),
                         [](const auto& p) {
                           return std::string(std::get<0>(p.param) == SOAP_RM_11 ? "Rm11" : "Rm2005") +
                                  std::get<1>(p.param).name;
                         });

TEST_P(Attachments, SurviveALostRequestAndALostResponseUpwards) {
  for (const char* name : {"clean", "request lost", "response lost"}) {
    Lose(name);
    const std::string content = Content(name);
    EXPECT_EQ(Upload(content), "307200 bytes") << name;
    ExpectContent(uploaded_, name);
  }
  ExpectLossesAndACleanClose();
}

TEST_P(Attachments, SurviveALostRequestAndALostResponseDownwards) {
  for (const char* name : {"clean", "request lost", "response lost"}) {
    Lose(name);
    ExpectContent(Download(name), name);
  }
  ExpectLossesAndACleanClose();
}

TEST_P(Attachments, GoOverTheWireAsPartsOfTheirOwn) {
  network_->Record();
  const std::string content = Content("part");
  EXPECT_EQ(Upload(content), "307200 bytes");
  ExpectContent(Download("part"), "part");
  const auto exchanges = network_->exchanges();
  const auto multipart = [](const proxy::HttpMessage& message) {
    return message.Header("content-type").find("multipart/related") != std::string::npos;
  };
  const auto upload = std::find_if(exchanges.begin(), exchanges.end(),
                                   [&](const auto& exchange) { return multipart(exchange.request); });
  const auto download = std::find_if(exchanges.begin(), exchanges.end(),
                                     [&](const auto& exchange) { return multipart(exchange.response); });
  ASSERT_NE(upload, exchanges.end());
  ASSERT_NE(download, exchanges.end());
  for (const proxy::HttpMessage* message : {&upload->request, &download->response}) {
    EXPECT_EQ(message->Header("content-encoding"), way().compress ? "gzip" : "");
    std::string plain = message->Content();
    if (way().compress) {
      EXPECT_EQ(binding::Inflate(message->Content(), 1 << 20, &plain), binding::InflateResult::kOk);
    }
    EXPECT_NE(plain.find(content), std::string::npos);
    EXPECT_EQ(plain.find("http://schemas.xmlsoap.org/soap/envelope/") != std::string::npos,
              way().soap == SOAP_RM_SOAP_11);
  }
}

TEST_P(Attachments, OfAFewBytesArrive) {
  for (const std::string& content : {std::string("\n"), std::string("\r\n--")}) {
    EXPECT_EQ(Upload(content), std::to_string(content.size()) + " bytes");
    EXPECT_EQ(uploaded_, content);
  }
}

}  // namespace
}  // namespace gsoaprm::testing

using gsoaprm::testing::Attachments;
using gsoaprm::testing::Content;
using gsoaprm::testing::ContentOf;
using gsoaprm::testing::Fill;

int FilesService::Upload(t__Data* file, std::string& taken) {
  auto* const test = static_cast<Attachments*>(soap->user);
  test->executions_++;
  test->uploaded_ = ContentOf(*file);
  taken = std::to_string(test->uploaded_.size()) + " bytes";
  return SOAP_OK;
}

int FilesService::Download(const std::string& name, t__Data* file) {
  static_cast<Attachments*>(soap->user)->executions_++;
  Fill(soap, Content(name), file);
  return SOAP_OK;
}
