#!/bin/sh
# The tests of records in PostgreSQL need a server. Where CONSENT_TEST_POSTGRES names none and none is installed, install
# Debian's; the tests start one of their own from it. Where that cannot be done, say so loudly and let them be skipped.
[ -n "${CONSENT_TEST_POSTGRES:-}" ] && exit 0
command -v initdb >/dev/null 2>&1 && exit 0
for initdb in /usr/lib/postgresql/*/bin/initdb; do
    [ -x "$initdb" ] && exit 0
done
if command -v apt-get >/dev/null 2>&1; then
    root=""
    [ "$(id -u)" = 0 ] || { command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null && root="sudo -n"; }
    if [ "$(id -u)" = 0 ] || [ -n "$root" ]; then
        echo "No PostgreSQL found: installing Debian's (apt-get install postgresql)"
        # A policy that starts no service: the tests start a server of their own, for as long as they run.
        $root apt-get update -qq && DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 $root apt-get install -y -qq postgresql \
            >/dev/null && exit 0
    fi
fi
echo "================================================================================"
echo "NO POSTGRESQL: the tests of records in PostgreSQL will be SKIPPED. To run them:"
echo "    apt-get update && apt-get install -y postgresql"
echo "or set CONSENT_TEST_POSTGRES to the URL of a server on which databases may be made."
echo "================================================================================"
exit 0
