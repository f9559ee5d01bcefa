#!/usr/bin/env bash
# shellcheck disable=SC2016 # A name may have a dollar in it.
# Sweep __NAME__, __SIZE__: __SHARDS__ shards by GNU parallel, merged when all are done.
#
#     bash FILE [OPTIONS OF PARALLEL]
#
# from the folder to which paths are relative; the environment's IR3SIM is the program if it is not in PATH. What is
# finished is kept: run again, it goes on from there.
set -euo pipefail

out=__OUT__
failed=$(mktemp -d)
trap 'rm -r "$failed"' EXIT

# Runs a shard. One that a signal has ended is run again; whatever else fails would fail again, and only says so.
shard() {
    local code=0
    if [[ -s $failed/$1 ]]; then return "$(cat "$failed/$1")"; fi
    "${IR3SIM:-ir3sim}" sweep run __DESIGN__ --out __OUT__ \
        --shard "$1/__SHARDS__" --jobs __JOBS__ || code=$?
    if ((code > 0 && code < 128)); then echo "$code" >"$failed/$1"; fi
    return "$code"
}
export -f shard
export failed PARALLEL_SHELL=$BASH

# What is wrong with the sweep is told once, and not by every shard.
"${IR3SIM:-ir3sim}" sweep plan __DESIGN__
mkdir -p "$(dirname "$out")"
if ! seq 0 __LAST__ | parallel --joblog "$out.joblog" --retries 3 --jobs __TOGETHER__ "$@" shard; then
    echo "not all shards are finished; $out.joblog has their exit codes" >&2
    exit 1
fi
"${IR3SIM:-ir3sim}" sweep merge "$out"
