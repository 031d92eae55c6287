#!/bin/sh
# The tests of records in PostgreSQL need a server, and one of them a pooler before it. Where CONSENT_TEST_POSTGRES names
# no server and none is installed, install Debian's; the tests start their own from it. Where that cannot be done, say so
# loudly and let them be skipped.
[ -n "${CONSENT_TEST_POSTGRES:-}" ] && exit 0
missing="postgresql"
command -v initdb >/dev/null 2>&1 && missing=""
for initdb in /usr/lib/postgresql/*/bin/initdb; do
    [ -x "$initdb" ] && missing=""
done
command -v pgbouncer >/dev/null 2>&1 || [ -x /usr/sbin/pgbouncer ] || missing="$missing pgbouncer"
[ -z "$missing" ] && exit 0
if command -v apt-get >/dev/null 2>&1; then
    root=""
    [ "$(id -u)" = 0 ] || { command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null && root="sudo -n"; }
    if [ "$(id -u)" = 0 ] || [ -n "$root" ]; then
        echo "Not found, installing Debian's: $missing"
        # A policy that starts no service: the tests start a server of their own, for as long as they run.
        $root apt-get update -qq && DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 $root apt-get install -y -qq $missing \
            >/dev/null && exit 0
    fi
fi
echo "================================================================================"
echo "MISSING: $missing. Tests of records in PostgreSQL will be SKIPPED. To run them:"
echo "    apt-get update && apt-get install -y $missing"
echo "or set CONSENT_TEST_POSTGRES to the URL of a server on which databases may be made."
echo "================================================================================"
exit 0
