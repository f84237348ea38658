#!/bin/bash
# What the sample programs say with their exit status and last line: 0 only when all calls were right and the session was
# closed cleanly, 1 when not, 2 for a command line that they do not understand.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/interop/servers.sh
programs=$build/samples
bad=0

# expect STATUS LINE PROGRAM ARGUMENT...: the last line of its output is LINE, unless that is "-"
expect() {
  local status=$1 line=$2 got
  shift 2
  "$@" >"$scratch/out" 2>"$scratch/err"
  got=$?
  if [ "$got" != "$status" ] || { [ "$line" != - ] && [ "$(tail -1 "$scratch/out")" != "$line" ]; }; then
    echo "$*: status $got instead of $status, or not the last line '$line'"
    tail -n 5 "$scratch/out" "$scratch/err"
    bad=1
  fi
}

# said TEXT: on its standard error
said() {
  grep -q -- "$1" "$scratch/err" && return
  echo "not said: $1"
  cat "$scratch/err"
  bad=1
}

# ---- command lines ----
for program in calculator_client calculator_functions_client calculator_session_client notes_client \
    calculator_server calculator_functions_server calculator_session_server notes_server; do
  expect 0 - "$programs/$program" --help
  grep -q '^usage: ' "$scratch/out" || { echo "$program --help shows no usage"; bad=1; }
  expect 2 - "$programs/$program" --no-such-option
  said "unknown option '--no-such-option'"
  expect 2 - "$programs/$program" --set max_retry_count=0
  said max_retry_count
  expect 2 - "$programs/$program" --config samples/wcf/App.config --binding NoSuchBinding
  said NoSuchBinding
  expect 2 - "$programs/$program" --tls-cert server.pem
  said _ssl
done
expect 2 - "$programs/calculator_client" --calls 0
expect 2 - "$programs/calculator_client" --calls ten
expect 2 - "$programs/calculator_client" --calls
expect 2 - "$programs/calculator_client" --soap 1.3
expect 2 - "$programs/calculator_client" --rm 1.2
expect 2 - "$programs/calculator_server" --port 65536
expect 2 - "$programs/calculator_server" --connections 0
expect 2 - "$programs/calculator_c_client" --no-such-option
expect 2 - "$programs/calculator_c_client" --set max_retry_count=0
expect 2 - "$programs/plain/calculator_client" --rm 1.1

# ---- calls ----
start calculator || exit 1
for program in calculator_client calculator_functions_client calculator_c_client; do
  expect 0 "5 calls, 0 wrong, 0 failed" "$programs/$program" --url "$url" --calls 5
done

# A close that is never confirmed.
start_proxy --rule "drop-request times=1000000 match=TerminateSequence" || exit 1
for program in calculator_client calculator_functions_client calculator_c_client; do
  expect 1 "5 calls, 0 wrong, 0 failed" "$programs/$program" --url "$url" --calls 5 --set via="$via" \
    --set close_timeout=300
  said CloseTimeout
done
executed_all 30 || bad=1
stop

# Nobody is there.
for program in calculator_client calculator_functions_client calculator_c_client; do
  expect 1 "3 calls, 0 wrong, 3 failed" "$programs/$program" --url "$url" --calls 3 --set open_timeout=100
done

# A service that cannot add.
cat >"$scratch/wrong.py" <<'END'
import http.server, sys
class Wrong(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        self.rfile.read(int(self.headers['Content-Length']))
        body = (b'<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Body><AddResponse xmlns='
                b'"http://Microsoft.ServiceModel.Samples"><AddResult>4711</AddResult></AddResponse></s:Body></s:Envelope>')
        self.send_response(200)
        self.send_header('Content-Type', 'application/soap+xml; charset=utf-8')
        self.send_header('Content-Length', str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    def log_message(self, *arguments):
        pass
server = http.server.HTTPServer(('127.0.0.1', 0), Wrong)
print('LISTENING', server.server_port, flush=True)
server.serve_forever()
END
python3 "$scratch/wrong.py" >"$scratch/wrong.log" &
server=$!
wait_for "$scratch/wrong.log" '^LISTENING' "$server" || exit 1
expect 1 "1 calls, 1 wrong, 0 failed" "$programs/plain/calculator_client" --calls 1 \
  --url "http://127.0.0.1:$(sed -n 's/^LISTENING //p' "$scratch/wrong.log")/"
said "expected 3"
exit $bad
