// A contract for what happens below the envelope.
// clang-format off
#import "soap12.h"

//gsoap t service name: Echoes
//gsoap t service namespace: urn:gsoaprm:echoes
//gsoap t service location: http://localhost/echoes
//gsoap t schema namespace: urn:gsoaprm:echoes

//gsoap t service method-action: Echo urn:gsoaprm:echoes/Echo
int t__Echo(std::string text, std::string &result);
