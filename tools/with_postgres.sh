#!/usr/bin/env bash
# Runs a command beside a throw-away PostgreSQL: tools/with_postgres.sh make test
# The cluster lives in a temporary folder and on a free port, trusts this machine alone, keeps nothing, and is
# gone when the command ends. TEST_POSTGRES_URL tells the tests where it is.
set -euo pipefail

bin=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1)
bin=${PG_BIN:-${bin:-$(dirname "$(command -v postgres || echo /missing/postgres)")}}
[ -x "$bin/initdb" ] || {
  echo "PostgreSQL is not installed: apt-get install postgresql-15, or set PG_BIN to its programs." >&2
  exit 1
}

home=$(mktemp -d)
# PostgreSQL refuses to run as root; a user of its own came with it.
as_owner=()
if [ "$(id -u)" = 0 ]; then
  chown postgres "$home"
  as_owner=(runuser -u postgres --)
fi

port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')

stop() {
  "${as_owner[@]}" "$bin/pg_ctl" -D "$home/data" -m immediate stop >/dev/null 2>&1 || true
  rm -rf "$home"
}
trap stop EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

cd "$home" # a folder that the owner may enter
"${as_owner[@]}" "$bin/initdb" -D "$home/data" -A trust -U postgres -E UTF8 --locale=C.UTF-8 --no-sync >/dev/null
"${as_owner[@]}" "$bin/pg_ctl" -D "$home/data" -w -s -l "$home/log" -o "-p $port -k $home -c listen_addresses=127.0.0.1 \
  -c fsync=off -c synchronous_commit=off -c full_page_writes=off -c autovacuum=off -c max_connections=200" start || {
  cat "$home/log" >&2
  exit 1
}
cd "$OLDPWD"
TEST_POSTGRES_URL="postgresql://postgres@127.0.0.1:$port/postgres" "$@"
