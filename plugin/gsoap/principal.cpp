#include "gsoap/principal.h"

#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <strings.h>

#include <cstring>
#include <memory>

namespace gsoaprm::binding {
namespace {

std::string Hex(const unsigned char* bytes, unsigned int count) {
  static const char kDigits[] = "0123456789abcdef";
  std::string text;
  for (unsigned int i = 0; i < count; i++) {
    text += kDigits[bytes[i] >> 4];
    text += kDigits[bytes[i] & 15];
  }
  return text;
}

// Credentials are kept as a digest: they identify, and need not be readable in memory for the life of a session.
std::string Sha256(const std::string& text) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  EVP_Digest(text.data(), text.size(), digest, &size, EVP_sha256(), nullptr);
  return Hex(digest, size);
}

std::string CertificatePrincipal(struct soap* soap) {
  // A gSOAP library without OpenSSL leaves soap->ssl undefined; the mode says whether this connection is encrypted.
  if (!(soap->imode & SOAP_ENC_SSL) || !soap->ssl) return std::string();
  std::unique_ptr<X509, decltype(&X509_free)> certificate(
      SSL_get1_peer_certificate(reinterpret_cast<const SSL*>(soap->ssl)), X509_free);
  if (!certificate) return std::string();
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  if (X509_digest(certificate.get(), EVP_sha256(), digest, &size) != 1) return std::string();
  return "tls:" + Hex(digest, size);
}

std::string DigestUser(const char* parameters) {
  const char* user = strcasestr(parameters, "username=\"");
  if (!user) return std::string();
  user += std::strlen("username=\"");
  const char* end = std::strchr(user, '"');
  return end ? std::string(user, end) : std::string();
}

}  // namespace

std::string AuthorizationPrincipal(const char* authorization) {
  if (!strncasecmp(authorization, "Basic ", 6)) return "http:" + Sha256(authorization + 6);
  if (!strncasecmp(authorization, "Digest ", 7)) {
    const std::string user = DigestUser(authorization + 7);
    return user.empty() ? std::string() : "http:" + Sha256(user);
  }
  return std::string();
}

Principal PeerPrincipal(struct soap* soap, const std::string& authorization) {
  std::string certificate = CertificatePrincipal(soap);
  return Principal(certificate + authorization);
}

}  // namespace gsoaprm::binding
