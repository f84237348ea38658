#include "gsoap/tls/certificates.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>

namespace gsoaprm::testing {

Certificates::Certificates() : folder_(::testing::TempDir() + "gsoaprm_tls_XXXXXX") {
  EXPECT_NE(mkdtemp(folder_.data()), nullptr);
  MakeAuthority("authority");
  MakeAuthority("other_authority");
  for (const char* name : {"server", "alice", "mallory"}) Make(name, "authority");
  Make("stranger", "other_authority");
}

Certificates::~Certificates() { std::filesystem::remove_all(folder_); }

void Certificates::Run(const std::string& command) const {
  EXPECT_EQ(std::system(("cd " + folder_ + " && " + command + " 2>>log").c_str()), 0) << command;
}

void Certificates::MakeAuthority(const std::string& name) const {
  Run("openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=" + name +
      " -keyout " + name + ".key -out " + name + ".pem");
}

void Certificates::Make(const std::string& name, const std::string& authority) const {
  Run("openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj /CN=" + name + " -keyout " + name +
      ".key -out " + name + ".csr");
  Run("printf 'subjectAltName=DNS:localhost,IP:127.0.0.1\\n' >" + name + ".ext");
  Run("openssl x509 -req -days 2 -CA " + authority + ".pem -CAkey " + authority + ".key -CAcreateserial -extfile " +
      name + ".ext -in " + name + ".csr -out " + name + ".crt");
  Run("cat " + name + ".crt " + name + ".key >" + name + ".pem");
}

}  // namespace gsoaprm::testing
