#!/bin/bash
# The part of the official image's start that docker-compose.yml uses: makes user and database once, then becomes the server.
set -euo pipefail

if [[ ! -s "$PGDATA/PG_VERSION" ]]; then
  initdb -D "$PGDATA" -U "$POSTGRES_USER" -A scram-sha-256 --pwfile="$POSTGRES_PASSWORD_FILE" -E UTF8
  printf 'host all all all scram-sha-256\n' >>"$PGDATA/pg_hba.conf"
  # Nobody but this script while the database is made.
  pg_ctl -D "$PGDATA" -w -o "-c listen_addresses= -k /tmp" start
  export PGPASSWORD; PGPASSWORD="$(cat "$POSTGRES_PASSWORD_FILE")"
  [[ "$POSTGRES_DB" == postgres ]] || createdb -h /tmp -U "$POSTGRES_USER" "$POSTGRES_DB"
  pg_ctl -D "$PGDATA" -w -m fast stop
  unset PGPASSWORD
fi

[[ "${1:-}" == postgres ]] && set -- "$@" -D "$PGDATA"
exec "$@"
