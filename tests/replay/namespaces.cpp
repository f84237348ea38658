// The namespace table of the generated classes, which gSOAP's library wants once in a program.
#include "WSHttpBinding_USCOREICalculator.nsmap"
