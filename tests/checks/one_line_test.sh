#!/bin/bash
# What the plugin adds to a sample is its include and the line that registers it; nothing else depends on WITH_RM.
# What the programs share (samples/common, not looked at here) besides reads the options of the session from the command
# line, and closes it at the end with soap_rm_close(), because only that tells whether the service has confirmed: README
# says so. Not looked at either: calculator_session's server, which also takes the state of the session, and the client in
# C, which shares nothing and so has all of this in its one file.
set -u
wanted='#include "soap_rm.h"
  soap_register_plugin_arg(soap, soap_rm, &options.reliable);'
status=0
for file in samples/calculator/{client,server,functions_client,functions_server}.cpp \
    samples/calculator_session/client.cpp samples/notes/{client,server}.cpp; do
  added=$(awk '/^#ifdef WITH_RM/ {inside = 1; next} /^#(else|endif)/ {inside = 0; next} inside' "$file")
  if [ "$added" != "$wanted" ] || grep -q '^#else' "$file"; then
    echo "$file adds with the plugin:"
    echo "$added"
    status=1
  fi
done
exit $status
