// What a program has that uses gSOAP's plugins for WS-Addressing, WS-Security and WS-ReliableMessaging.
// clang-format off
#import "soap12.h"
#import "wsa5.h"
#import "wsse.h"
#import "wsrm.h"

//gsoap t service name: Texts
//gsoap t service namespace: urn:gsoaprm:texts
//gsoap t service location: http://localhost/texts
//gsoap t schema namespace: urn:gsoaprm:texts

//gsoap t service method-action: Reverse urn:gsoaprm:texts/Reverse
int t__Reverse(std::string text, std::string &result);
