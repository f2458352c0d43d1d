#!/usr/bin/env bash
# Runs everything: formatting, lints, unit and API tests, and the published clients against the real server.
#
#   scripts/test.sh                 everything
#   scripts/test.sh --quick         everything but the clients
#   scripts/test.sh --clients       the clients alone (builds the server first)
#   scripts/test.sh -- ARGUMENTS    what follows goes to pytest, e.g. `-- -k gguf -x`
#
# Installs what is missing: Debian packages (only if a command is absent), Python and npm packages. What it installs and
# builds outlives the clone in ${STOA_CACHE:-~/.cache/stoa-ci}; a second run starts from there.
# Settings: STOA_CACHE, CARGO_TARGET_DIR, STOA_PROFILE (dev or release: the server that the clients meet), PYTHON.

set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

checks=yes
clients=yes
while [ $# -gt 0 ]; do
	case $1 in
	--quick) clients=no ;;
	--clients) checks=no ;;
	--help | -h)
		sed -n '2,/^$/s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"
		exit
		;;
	--)
		shift
		break
		;;
	*)
		echo "scripts/test.sh: unknown argument $1 (see --help)" >&2
		exit 2
		;;
	esac
	shift
done

cache=${STOA_CACHE:-$HOME/.cache/stoa-ci}
mkdir -p "$cache"
export CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-$cache/target}
profile=${STOA_PROFILE:-dev}
report=()

# `step TITLE COMMAND…` says what it does and how long it took. A failure ends the run, named by the trap.
step() {
	title=$1
	start=$SECONDS
	shift
	printf '\n=== %s\n    %s\n' "$title" "$*"
	"$@"
	printf '    took %s s\n' $((SECONDS - start))
	report+=("$(printf '%6s s  %s' $((SECONDS - start)) "$title")")
	title=
}

title=
trap '[ -z "$title" ] || printf "\n=== FAILED: %s (%s s)\n" "$title" $((SECONDS - start))' EXIT

have() { command -v "$1" >/dev/null; }

as_root() {
	if [ "$(id -u)" = 0 ]; then
		"$@"
	elif have sudo; then
		sudo -n "$@"
	else
		echo "cannot run as root: $*" >&2
		return 1
	fi
}

# Debian packages for the commands that are absent, and nothing when none is.
install_commands() {
	local missing=()
	have git || missing+=(git)
	have gpg || missing+=(gnupg)
	have ssh && have ssh-keygen || missing+=(openssh-client)
	have cc || missing+=(gcc libc6-dev)
	have make || missing+=(make)
	have pkg-config || missing+=(pkg-config)
	if [ "$clients" = yes ]; then
		have "${PYTHON:-python3}" && "${PYTHON:-python3}" -c 'import ensurepip' 2>/dev/null || missing+=(python3 python3-venv)
		have npm || missing+=(nodejs npm)
		have git-lfs || missing+=(git-lfs)
		have chromium || missing+=(chromium)
	fi
	if [ ${#missing[@]} -gt 0 ]; then
		echo "installing ${missing[*]}"
		as_root apt-get update -qq
		as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}"
	fi
	if ! have cargo; then
		echo "cargo is missing: install Rust $(sed -n 's/^channel = "\(.*\)"/\1/p' rust-toolchain.toml) first" >&2
		return 1
	fi
}

# nextest if it is there or can be built, plain `cargo test` otherwise. The tests are the same.
run_tests() {
	if cargo nextest --version >/dev/null 2>&1 || cargo install --locked cargo-nextest; then
		cargo nextest run --workspace --no-fail-fast "${flags[@]}"
	else
		cargo test --workspace --no-fail-fast "${flags[@]}"
	fi
	# nextest does not run the examples in the documentation.
	cargo test --workspace --doc --quiet "${flags[@]}"
}

# One environment, brought up to date when the pins change, made anew when the interpreter does.
install_python() {
	local venv=$1 requirements=$2 version pins
	version=$("${PYTHON:-python3}" -c 'import sys; print(*sys.version_info[:3], sys.prefix)')
	pins=$(sha256sum <"$requirements")
	if [ "$(cat "$venv/made-by" 2>/dev/null)" != "$version" ]; then
		rm -rf "$venv"
		"${PYTHON:-python3}" -m venv "$venv"
		echo "$version" >"$venv/made-by"
	fi
	if [ "$(cat "$venv/pins" 2>/dev/null)" != "$pins" ]; then
		"$venv/bin/pip" install --quiet --no-deps --no-cache-dir --disable-pip-version-check -r "$requirements"
		echo "$pins" >"$venv/pins"
	fi
	du -sh "$venv"
}

# Older pairs of huggingface_hub and hf-xet, an environment each.
install_old_python() {
	local requirements
	for requirements in clients/requirements-old/*.txt; do
		install_python "$cache/old/$(basename "$requirements" .txt)" "$requirements"
	done
}

install_npm() {
	(cd clients/js && npm ci --no-audit --no-fund --prefer-offline --cache "$cache/npm")
}

run_clients() {
	local folder=debug
	[ "$profile" = release ] && folder=release
	(cd clients && STOA_CACHE="$cache" STOA_BIN="$CARGO_TARGET_DIR/$folder/stoa" "$cache/venv/bin/python" -m pytest --durations=15 "$@")
}

# The profile is the same for tests and clients, so that the server is built once.
flags=()
[ "$profile" = release ] && flags=(--release)
[ -f Cargo.lock ] && flags+=(--locked)

if have flock; then
	exec 9>"$cache/lock"
	flock -n 9 || { echo "waiting for another run that uses $cache"; flock 9; }
fi

step "commands" install_commands
if [ "$checks" = yes ]; then
	step "formatting" cargo fmt --all --check
	step "lints" cargo clippy --workspace --all-targets --locked -- -D warnings
	step "build of tests and server" cargo build --workspace --lib --bins --tests "${flags[@]}"
	step "unit and API tests" run_tests
else
	step "build of the server" cargo build --workspace --lib --bins --tests "${flags[@]}"
fi
if [ "$clients" = yes ]; then
	step "Python clients" install_python "$cache/venv" clients/requirements.txt
	step "older Python clients" install_old_python
	step "JavaScript clients" install_npm
	step "Rust client" cargo build --locked --manifest-path clients/rust/Cargo.toml --target-dir "$CARGO_TARGET_DIR/clients"
	step "clients against the real server" run_clients "$@"
fi

printf '\n=== all good\n'
printf '%s\n' "${report[@]}"
