/* The calculator client in C. WITH_RM adds the lines that make it reliable: registration, and the close that confirms.
 * Usage: calculator_c_client [--url URL] [--calls N] [--set option=value]... */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "Calculator.nsmap"
#include "soapH.h"
#ifdef WITH_RM
#include "soap_rm.h"
static struct soap_rm_options reliable;
#endif

static const char* url = "http://localhost:8080/calculator";
static int calls = 10;

/* 0 when the option is not known or its value is wrong. */
static int parse(const char* name, char* value) {
  if (strcmp(name, "--url") == 0) return (url = value) != NULL;
  if (strcmp(name, "--calls") == 0) return (calls = atoi(value)) > 0;
#ifdef WITH_RM
  if (strcmp(name, "--rm") == 0) {
    return soap_rm_options_set(&reliable, "reliable_messaging_version", value, NULL, 0) == 0;
  }
  if (strcmp(name, "--set") == 0 && strchr(value, '=') != NULL) {
    char* text = strchr(value, '=');
    *text++ = '\0';
    return soap_rm_options_set(&reliable, value, text, NULL, 0) == 0;
  }
#endif
  return 0;
}

/* 1 when the sum came back and is right, 0 when it is wrong, -1 when the call failed. */
static int add(struct soap* soap, double n1, double n2) {
  struct _samples__Add request = {&n1, &n2};
  struct _samples__AddResponse response = {NULL};
  int result;
  if (soap_call___samples__Add(soap, url, NULL, &request, &response) != SOAP_OK) {
    soap_print_fault(soap, stderr);
    result = -1;
  } else {
    if (calls <= 20) printf("Add(%g, %g) = %g\n", n1, n2, response.AddResult ? *response.AddResult : 0);
    result = response.AddResult != NULL && *response.AddResult == n1 + n2;
  }
  soap_destroy(soap);
  soap_end(soap);
  return result;
}

int main(int argc, char** argv) {
  struct soap* soap;
  int number, wrong = 0, failed = 0, closed = 1;
  signal(SIGPIPE, SIG_IGN);
#ifdef WITH_RM
  soap_rm_options_default(&reliable);
#endif
  for (number = 1; number < argc; number += 2) {
    if (number + 1 == argc || !parse(argv[number], argv[number + 1])) {
      fprintf(stderr, "cannot use '%s'\n", argv[number]);
      return 2;
    }
  }
  soap = soap_new1(SOAP_IO_KEEPALIVE);
#ifdef WITH_RM
  if (soap_register_plugin_arg(soap, soap_rm, &reliable) != SOAP_OK) soap_print_fault(soap, stderr);
#endif
  for (number = 1; number <= calls; number++) {
    int result = add(soap, number, number + 1);
    wrong += result == 0;
    failed += result < 0;
  }
#ifdef WITH_RM
  closed = soap_rm_close(soap, url) == SOAP_OK;
  if (!closed) soap_print_fault(soap, stderr);
#endif
  printf("%d calls, %d wrong, %d failed\n", calls, wrong, failed);
  soap_free(soap);
  return wrong == 0 && failed == 0 && closed ? 0 : 1;
}
