#!/bin/sh
# Brings what a fresh machine lacks: uv, Python 3.12, the locked environment. For the tests also, by name: "browser"
# (Chromium), "postgres" (PostgreSQL's programs), "redis" and "foreign" (FHIR software from npm, where npm is).
# Whatever is there already is used; nothing outside this folder is changed but Debian packages, and those only as root.
set -eu
cd "$(dirname "$0")/.."

UV_VERSION=0.13.8

say() { printf '==> %s\n' "$1" >&2; }
stop() { printf '\n%s\n' "$1" >&2; exit 1; }

as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"
    elif command -v sudo >/dev/null 2>&1; then sudo "$@"
    else return 1
    fi
}

apt_install() {
    as_root sh -c "apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $*" >&2
}

bring_uv() {
    for found in .tools/bin/uv "$(command -v uv || true)"; do
        [ -n "$found" ] && [ -x "$found" ] && { UV=$found; return; }
    done
    say "Bringing uv $UV_VERSION into .tools"
    if ! python3 -m pip --version >/dev/null 2>&1 && ! python3 -c 'import ensurepip' >/dev/null 2>&1; then
        apt_install python3-venv || stop "Python's venv module is missing. Run: sudo apt-get install python3-venv, then try again."
    fi
    if python3 -c 'import ensurepip' >/dev/null 2>&1; then
        python3 -m venv .tools && .tools/bin/python -m pip install --quiet --disable-pip-version-check "uv==$UV_VERSION" >&2
    else
        python3 -m pip install --quiet --disable-pip-version-check --target .tools "uv==$UV_VERSION" >&2
    fi
    UV=.tools/bin/uv
    [ -x "$UV" ] || stop "uv could not be installed; the lines above say why."
}

find_python() {
    for found in .venv/bin/python "$(command -v python3.12 || true)" "$HOME"/.pyenv/versions/3.12*/bin/python "${PYENV_ROOT:-/nonexistent}"/versions/3.12*/bin/python; do
        # A pyenv shim is on PATH but fails when its version is not the chosen one, so each candidate is tried.
        if [ -x "$found" ] && "$found" -c 'import sys; sys.exit(sys.version_info[:2] != (3, 12))' >/dev/null 2>&1; then
            PYTHON=$found
            return
        fi
    done
    say "No Python 3.12 on this machine, so uv downloads one"
    PYTHON=3.12
}

bring_environment() {
    find_python
    # uv asks the network only for what its lock names and its cache lacks.
    "$UV" sync --locked --quiet --python "$PYTHON" || stop "The environment could not be built; the lines above say why."
}

bring_browser() {
    command -v chromium >/dev/null 2>&1 && return
    say "Installing Chromium for the browser tests"
    apt_install chromium fonts-dejavu-core || stop "The browser tests need Chromium. Run: sudo apt-get install chromium, then try again."
}

bring_postgres() {
    for found in /usr/lib/postgresql/*/bin/initdb /opt/homebrew/opt/postgresql*/bin/initdb; do
        [ -x "$found" ] && return
    done
    say "Installing PostgreSQL for the tests"
    apt_install_postgresql || stop "The tests on PostgreSQL need its programs. Run: sudo apt-get install postgresql, then try again."
}

apt_install_postgresql() {
    # The tests start a server of their own, so the package is told not to make one that goes on running.
    # Where the file is already, somebody has decided about that.
    conf=/etc/postgresql-common/createcluster.conf
    if [ ! -e $conf ]; then
        as_root sh -c "mkdir -p ${conf%/*} && echo 'create_main_cluster = false' >$conf" || return 1
    fi
    apt_install postgresql
}

bring_redis() {
    command -v redis-server >/dev/null 2>&1 && return
    say "Installing Redis for the tests"
    apt_install redis-server || stop "The tests on Redis need its server. Run: sudo apt-get install redis-server, then try again."
}

bring_foreign() {
    if ! command -v npm >/dev/null 2>&1; then
        say "There is no npm on this machine, so the tests against FHIR software from npm are skipped"
        return
    fi
    # Our copy of the lock that was installed: an equal one means that nothing is missing.
    cmp -s tests/foreign/package-lock.json tests/foreign/node_modules/.installed && return
    say "Bringing the FHIR software that the tests ask, into tests/foreign"
    (cd tests/foreign && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error >&2) || stop "npm could not bring it; the lines above say why."
    cp tests/foreign/package-lock.json tests/foreign/node_modules/.installed
}

bring_uv
bring_environment
for wanted in "$@"; do
    case $wanted in
        browser) bring_browser ;;
        postgres) bring_postgres ;;
        redis) bring_redis ;;
        foreign) bring_foreign ;;
        *) stop "Unknown: $wanted. Known are browser, postgres, redis and foreign." ;;
    esac
done
