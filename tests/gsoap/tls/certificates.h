// Certificates for one run of the tests, made with the openssl program: an authority, a server, two clients, and
// another authority with a server of its own. PEM files with certificate and key.
#pragma once

#include <string>

namespace gsoaprm::testing {

class Certificates {
 public:
  Certificates();
  ~Certificates();
  Certificates(const Certificates&) = delete;
  Certificates& operator=(const Certificates&) = delete;

  std::string authority() const { return folder_ + "/authority.pem"; }
  std::string other_authority() const { return folder_ + "/other_authority.pem"; }
  std::string server() const { return folder_ + "/server.pem"; }
  std::string stranger() const { return folder_ + "/stranger.pem"; }
  std::string alice() const { return folder_ + "/alice.pem"; }
  std::string mallory() const { return folder_ + "/mallory.pem"; }

 private:
  void Run(const std::string& command) const;
  void MakeAuthority(const std::string& name) const;
  void Make(const std::string& name, const std::string& authority) const;

  std::string folder_;
};

}  // namespace gsoaprm::testing
