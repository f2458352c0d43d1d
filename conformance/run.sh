#!/usr/bin/env bash
# Compares stoa's Xet with the published crates: builds what is needed and runs every comparison.
#
#   conformance/run.sh              everything, with few cases
#   conformance/run.sh xorbs        what has this in its name
#
# Settings: STOA_CONFORMANCE_CASES (cases of a comparison, 100), STOA_CONFORMANCE_SEED (1), STOA_CONFORMANCE_CASE (only
# this one), STOA_CACHE (where what it builds outlives the clone, ~/.cache/stoa-ci), CARGO_TARGET_DIR.

set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

if [ "${1:-}" = --help ] || [ "${1:-}" = -h ]; then
	sed -n '2,/^$/s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"
	exit
fi

cache=${STOA_CACHE:-$HOME/.cache/stoa-ci}
export CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-$cache/conformance}
# Settings of the published client change what it does.
unset "${!HF_@}"

cargo fmt --check
# Not in parallel: a panic of a case is told apart from the others', and the machine may have two cores.
exec cargo test --locked --test it -- --nocapture --test-threads=1 "$@"
