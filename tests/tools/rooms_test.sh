#!/bin/sh
# check-rooms must bite: an upward, a sideways and an unknown include fail; a downward one passes.
# TAP on stdout.
set -u
tool=$1/tools/check-rooms
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
mkdir -p "$dir/src/base" "$dir/src/net" "$dir/src/sql" "$dir/src/api"
cp "$1/ARCHITECTURE.md" "$dir"
number=0

expect() { # description, wanted exit code, file, include line
    number=$((number + 1))
    echo "$4" >"$dir/$3"
    "$tool" "$dir" >"$dir/out" 2>&1
    got=$?
    rm "$dir/$3"
    if [ "$got" -eq "$2" ]; then echo "ok $number - $1"; else
        echo "not ok $number - $1"
        sed 's/^/# /' "$dir/out"
    fi
}

echo 1..5
expect "downward passes" 0 src/api/x.c '#include "base/slice.h"'
expect "upward fails" 1 src/base/x.c '#include "net/server.h"'
expect "sideways fails" 1 src/net/x.c '#include "sql/sql.h"'
expect "unknown room fails" 1 src/api/x.c '#include "attic/x.h"'
expect "no room fails" 1 src/api/x.c '#include "slice.h"'
