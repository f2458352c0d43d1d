#!/bin/sh
# Fuzzes on stable Rust: fuzz/run.sh [seconds for each target, 600] [target...]
#
# The compiler puts in the counters of libFuzzer by a pass of LLVM that needs no nightly; there is no address sanitizer,
# which this code without `unsafe` does not need. What is found goes to target/fuzz/found/<target>; add it to a unit test.
set -eu
cd "$(dirname "$0")/.."
seconds=${1:-600}
[ $# -gt 0 ] && shift
[ $# -gt 0 ] || set -- pktline delta pack
host=$(rustc -vV | sed -n 's/^host: //p')
export CARGO_TARGET_DIR=target/fuzz
bins=$(printf -- '--bin %s ' "$@")
# With --target the flags do not reach build scripts, which have no runtime of libFuzzer to link with.
RUSTFLAGS="-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
-Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
-Cllvm-args=-sanitizer-coverage-trace-compares -Ccodegen-units=1 --cfg fuzzing" \
    cargo build --quiet --locked --release --manifest-path fuzz/Cargo.toml --target "$host" $bins
for target in "$@"; do
    mkdir -p "target/fuzz/corpus/$target" "target/fuzz/found/$target"
    echo "fuzzing $target for $seconds s"
    # The first folder gets what is new; the second is the committed one. Most of the memory is what libFuzzer itself
    # remembers of its inputs: the targets need some 40 MB.
    "target/fuzz/$host/release/$target" "target/fuzz/corpus/$target" "fuzz/corpus/$target" \
        -max_total_time="$seconds" -rss_limit_mb=2048 -timeout=10 -max_len=16384 \
        -artifact_prefix="target/fuzz/found/$target/" -print_final_stats=1 -verbosity=0
done
