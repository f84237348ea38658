// Attachments in both directions: data behind a reference in the envelope (MTOM).
// clang-format off
#import "soap12.h"
#import "xop.h"
#import "xmime5.h"

//gsoap t service name: Files
//gsoap t service namespace: urn:gsoaprm:files
//gsoap t service location: http://localhost/files
//gsoap t schema namespace: urn:gsoaprm:files

struct t__Data {
  _xop__Include xop__Include;
  @char *xmime5__contentType;
};

//gsoap t service method-action: Upload urn:gsoaprm:files/Upload
int t__Upload(struct t__Data *file, std::string &checksum);

//gsoap t service method-action: Download urn:gsoaprm:files/Download
int t__Download(std::string name, struct t__Data *file);
