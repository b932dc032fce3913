#!/bin/sh
# Installs what building, running and testing Lethe needs, by Debian package name. It asks for
# commands and libraries, not for packages, so that what is there already is used as it is.
set -eu

need=
want_command() { # command package
    command -v "$1" >/dev/null 2>&1 || need="$need $2"
}
want_library() { # pkg-config-name package
    pkg-config --exists "$1" 2>/dev/null || need="$need $2"
}
want_file() { # path package
    [ -e "$1" ] || need="$need $2"
}

want_command gcc gcc
want_file /usr/include/string.h libc6-dev
want_command pkg-config pkg-config
want_command meson meson
want_command ninja ninja-build
want_library libuv libuv1-dev
want_file /usr/share/llhttp/llhttp.c node-llhttp
want_library libsodium libsodium-dev
want_library openssl libssl-dev
want_library jansson libjansson-dev
want_library libcurl libcurl4-openssl-dev
want_library sqlite3 libsqlite3-dev
want_library libpq libpq-dev
want_library libutf8proc libutf8proc-dev
want_library inih libinih-dev
want_library check check
want_file /usr/include/uthash.h uthash-dev
# Another vendor's Node brings its own npm; Debian's would collide with it.
command -v node >/dev/null 2>&1 || need="$need nodejs npm"
# For the tests: a database server, a mail server, a browser.
want_file /usr/lib/postgresql/15/bin/initdb postgresql-15
want_file /usr/lib/python3/dist-packages/aiosmtpd python3-aiosmtpd
want_file /usr/lib/python3/dist-packages/websockets python3-websockets
want_command chromium chromium
want_command setpriv util-linux

[ -n "$need" ] || exit 0

as_root=
if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null 2>&1 || {
        echo "Lethe needs these Debian packages:$need" >&2
        echo "Install them as root (apt-get install$need) and run make again." >&2
        exit 1
    }
    as_root=sudo
fi
echo "Installing:$need" >&2
# PostgreSQL's package would start a server of its own; the tests start a private one instead.
if [ ! -e /etc/postgresql-common/createcluster.conf ]; then
    $as_root mkdir -p /etc/postgresql-common
    echo 'create_main_cluster = false' | $as_root tee /etc/postgresql-common/createcluster.conf >/dev/null
fi
$as_root apt-get update -q >/dev/null
# shellcheck disable=SC2086
DEBIAN_FRONTEND=noninteractive $as_root apt-get install -y -q --no-install-recommends $need >/dev/null
