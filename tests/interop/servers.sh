# For the scripts of this folder: sample servers on free ports, and what they have executed. All ends with the script.
build=${BUILD:-build}
config=samples/wcf/App.config
scratch=$(mktemp -d)
server=""
proxy=""

stop() {
  for process in $proxy $server; do
    kill "$process" 2>/dev/null
    wait "$process" 2>/dev/null
  done
  server=""
  proxy=""
}
finish() {
  stop
  rm -rf "$scratch"
}
trap finish EXIT

# $1: file, $2: text, $3: process that is to write it
wait_for() {
  for _ in $(seq 300); do
    if grep -qs "$2" "$1"; then return 0; fi
    if ! kill -0 "$3" 2>/dev/null; then return 1; fi
    sleep 0.05
  done
  return 1
}

bindings=$(grep -o '<binding name="[^"]*"' "$config" | cut -d'"' -f2)
[ "$(wc -w <<<"$bindings")" -ge 7 ] || { echo "$config has lost its bindings"; exit 1; }

# What both ends need for a binding: sets scheme, and the options of server and client for TLS; a certificate is made for it.
use_binding() {
  scheme=http server_tls=() client_tls=()
  case $1 in Secure*) ;; *) return ;; esac
  scheme=https
  [ -e "$scratch/key.pem" ] ||
    openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -addext subjectAltName=DNS:localhost \
      -keyout "$scratch/key.pem" -out "$scratch/certificate.pem" 2>"$scratch/openssl.log" ||
    { cat "$scratch/openssl.log"; exit 1; }
  server_tls=(--tls-cert "$scratch/certificate.pem" --tls-key "$scratch/key.pem")
  client_tls=(--ca "$scratch/certificate.pem")
}

# program_of NAME: that sample; with OpenSSL for https
program_of() {
  [ "${scheme:-http}" = http ] && echo "$build/samples/$1" || echo "$build/samples/$1_ssl"
}

# check_client CONTRACT BINDING CALLS: our client at the server that was started. Each call is executed, and once.
check_client() {
  if ! timeout 100 "$(program_of "$1_client")" --config "$config" --binding "$2" "${client_tls[@]}" --url "$url" --calls "$3" \
      >"$scratch/client.log" 2>&1; then
    cat "$scratch/client.log"
    return 1
  fi
  tail -1 "$scratch/client.log" | grep -q "^$3 calls, 0 wrong, 0 failed$" || return 1
  executed_all "$3" || return 1
  [ "$1" = calculator_session ] || executed_once "$3"
}

# check_bindings START NOTES: both ends with each binding of App.config, and each contract; START CONTRACT OPTION... starts
# the server, NOTES are so many. False when one failed.
check_bindings() {
  local binding contract calls all=0
  for binding in $bindings; do
    use_binding "$binding"
    for contract in calculator calculator_session notes; do
      # Without an order, Result may overtake what it is the result of.
      if [ "$contract $binding" = "calculator_session UnorderedReliableSession11" ]; then continue; fi
      [ $contract = notes ] && calls=$2 || calls=20
      if ! { "$1" $contract --config "$config" --binding "$binding" "${server_tls[@]}" &&
          check_client $contract "$binding" $calls; }; then
        echo "FAILED: $contract with $binding"
        all=1
      fi
      stop
    done
  done
  return $all
}

# start CONTRACT OPTION...: our server; sets port and url
start() {
  local contract=$1
  shift
  start_program "$contract" "$(program_of "${contract}_server")" "$@"
}

# start_program CONTRACT PROGRAM... : any other that takes --port and --log
start_program() {
  local contract=$1
  shift
  for _ in 1 2 3 4 5; do
    port=$((20000 + RANDOM % 10000))
    "$@" --port "$port" --log >"$scratch/server.log" 2>&1 &
    server=$!
    url=${scheme:-http}://localhost:$port/$contract
    if wait_for "$scratch/server.log" '^READY' "$server"; then return 0; fi
    stop
  done
  echo "the server of $contract does not start: $(tail -1 "$scratch/server.log")"
  return 1
}

# start_proxy OPTION...: in front of the server; sets via
start_proxy() {
  "$build/tests/fault_proxy" --listen 0 --to "127.0.0.1:$port" "$@" >"$scratch/proxy.log" 2>&1 &
  proxy=$!
  wait_for "$scratch/proxy.log" '^LISTENING' "$proxy" || { cat "$scratch/proxy.log"; return 1; }
  via=http://localhost:$(sed -n 's/^LISTENING //p' "$scratch/proxy.log")/
}

# The operations that the server has executed, one a line.
executed() {
  sed -n 's/^EXEC //p' "$scratch/server.log"
}

# Exactly $1 operations have been executed. Messages may be acknowledged before their execution has ended.
executed_all() {
  for _ in $(seq 100); do
    [ "$(executed | wc -l)" -lt "$1" ] || break
    sleep 0.05
  done
  [ "$(executed | wc -l)" = "$1" ] && return 0
  echo "the server has executed, instead of $1 operations:"
  executed | head -50
  return 1
}

# The calls from 1 to $1 have been executed once each: notes, or calculations, whose first operand is the number.
executed_once() {
  local numbers
  if ! numbers=$(executed | awk '{print $2}' | sort -n) || [ "$numbers" != "$(seq "$1")" ]; then
    echo "the server has not executed the calls 1 to $1 once each:"
    executed | head -50
    return 1
  fi
}
