// A contract for calls with gSOAP's libgsoapck++, which knows cookies.
// clang-format off
#import "soap12.h"

//gsoap samples service name: Adder
//gsoap samples service namespace: http://Microsoft.ServiceModel.Samples
//gsoap samples service location: http://localhost/adder
//gsoap samples schema namespace: http://Microsoft.ServiceModel.Samples
//gsoap samples schema form: qualified

//gsoap samples service method-action: Add http://Microsoft.ServiceModel.Samples/ICalculator/Add
int samples__Add(double n1, double n2, struct samples__AddResponse { double AddResult; } &response);
