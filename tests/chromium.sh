#!/bin/sh
# The browser tests need a Chromium. Where there is none, install Debian's; where that cannot be done, say so loudly
# and let the tests that need it be skipped. w3m, for one test, is installed where that takes nothing but asking.
if ! command -v w3m >/dev/null 2>&1 && command -v apt-get >/dev/null 2>&1 && [ "$(id -u)" = 0 ]; then
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq w3m >/dev/null 2>&1 \
        || { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq w3m; } >/dev/null 2>&1 || true
fi
for name in "${CONSENT_CHROMIUM:-}" chromium chromium-browser google-chrome; do
    [ -n "$name" ] && command -v "$name" >/dev/null 2>&1 && exit 0
done
if command -v apt-get >/dev/null 2>&1; then
    root=""
    [ "$(id -u)" = 0 ] || { command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null && root="sudo -n"; }
    if [ "$(id -u)" = 0 ] || [ -n "$root" ]; then
        echo "No Chromium found: installing Debian's (apt-get install chromium)"
        $root apt-get update -qq && DEBIAN_FRONTEND=noninteractive $root apt-get install -y -qq chromium >/dev/null \
            && exit 0
    fi
fi
echo "================================================================================"
echo "NO CHROMIUM: the browser tests will be SKIPPED. To run them:"
echo "    apt-get update && apt-get install -y chromium"
echo "or set CONSENT_CHROMIUM to the path of a Chromium or Chrome."
echo "================================================================================"
exit 0
