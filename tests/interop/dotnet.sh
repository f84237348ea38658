# For the scripts of this folder, after servers.sh: builds programs of WCF, with its packages from NuGet or with the
# assemblies in the folder WCF_ASSEMBLIES; where neither is to be had, ends the script as skipped.

# No process outlives the build, and nothing waits for a network that is not there.
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_CLI_UI_LANGUAGE=en DOTNET_GENERATE_ASPNET_CERTIFICATE=false
export MSBUILDDISABLENODEREUSE=1
export no_proxy=localhost NO_PROXY=localhost

skip() {
  echo "$1"
  exit 77
}

command -v dotnet >/dev/null || skip "there is no dotnet on this machine"
timeout 60 dotnet --version >/dev/null 2>&1 || skip "dotnet has no SDK here"
mkdir -p "$build/interop"
output=$(cd "$build/interop" && pwd)
properties=("-p:BuildFolder=$output" -p:UseSharedCompilation=false -p:Configuration=Release -nodeReuse:false -m:1)
if [ -n "${WCF_ASSEMBLIES:-}" ]; then
  assemblies=$(cd "$WCF_ASSEMBLIES" && pwd) || exit 1
  properties+=("-p:WcfAssemblies=$assemblies")
fi

restore() {
  timeout -k 5 120 dotnet restore "$1" -v q "${properties[@]}" >"$scratch/restore.log" 2>&1 && return 0
  local reason
  reason=$(grep -o 'error .*' "$scratch/restore.log" | head -1)
  reason="WCF's packages are not to be had: ${reason:-no answer within two minutes}"
  if [ -n "${WCF_ASSEMBLIES:-}" ]; then
    cat "$scratch/restore.log"
    exit 1
  fi
  skip "$reason"
}

# compile PROJECT
compile() {
  restore "$1"
  timeout -k 5 300 dotnet build "$1" --no-restore -v q "${properties[@]}" >"$scratch/build.log" 2>&1 ||
    { cat "$scratch/build.log"; exit 1; }
}
