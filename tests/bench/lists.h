// A contract with what takes gSOAP's parser longest: lists of elements that may refer to each other.
// clang-format off

//gsoap l service name: Lists
//gsoap l service namespace: urn:gsoaprm:lists
//gsoap l service location: http://localhost/lists
//gsoap l schema namespace: urn:gsoaprm:lists
//gsoap l schema form: unqualified

class l__Item { std::string *name; std::string *text; };
class l__Items { std::vector<l__Item*> item; };
//gsoap l service method-action: Put urn:gsoaprm:lists/Put
int l__Put(l__Items *items, int &count);
