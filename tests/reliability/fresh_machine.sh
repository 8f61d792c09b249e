#!/usr/bin/env bash
# The README's two commands on a machine with Python, its venv, and nothing else: a bare Debian in a folder.
#
#   tests/reliability/fresh_machine.sh SUITE FOLDER [arguments for pytest]
#
# Run it by hand, as root, where debootstrap is installed. SUITE decides the version of Python: bookworm has 3.11, trixie
# 3.13, forky 3.14. FOLDER is made, and kept to look at. What git has as HEAD is unpacked there, and an ordinary user
# follows the README, word for word: first the course, whose page must answer, then all tests, or those that the
# arguments choose. Settings go along if they stand in the environment: MIRROR (of Debian), PIP_INDEX_URL, PIP_CERT.
set -euo pipefail
# In namespaces of its own: what is mounted and started here ends with this script.
[ $$ = 1 ] || exec unshare --mount --pid --fork --kill-child -- "$0" "$@"
trap 'exit 130' INT TERM # the first process of a namespace would not hear Ctrl-C

suite=$1 root=$(realpath -m "$2")
shift 2
cd "$(dirname "$0")/../.."

if [ ! -e "$root/home/learner" ]; then
    scripts=/usr/share/debootstrap/scripts # an older debootstrap does not know the newest suites by name
    script=$scripts/$suite
    [ -e "$script" ] || script=$scripts/sid
    debootstrap --variant=minbase --include=python3,python3-venv "$suite" "$root" "${MIRROR:-}" "$script" >/dev/null
    chroot "$root" useradd --create-home learner
fi
cp --dereference /etc/resolv.conf /etc/hosts "$root/etc/"
[ -z "${PIP_CERT:-}" ] || install -D "$PIP_CERT" "$root$PIP_CERT"
mount -t proc proc "$root/proc"
mount --rbind /dev "$root/dev"
course=/home/learner/nnlab
rm -rf "$root$course"
mkdir "$root$course"
git archive HEAD | tar --extract --directory "$root$course"
chroot "$root" chown --recursive learner: "$course"

as_learner() {
    chroot --userspec=learner: "$root" env --ignore-environment --chdir="$course" HOME=/home/learner LANG=C.UTF-8 \
        PATH=/usr/bin:/bin ${PIP_INDEX_URL:+PIP_INDEX_URL="$PIP_INDEX_URL"} ${PIP_CERT:+PIP_CERT="$PIP_CERT"} "$@"
}

said() { # the command that the README shows, with this at its end
    as_learner sed -n "/^python3 -m venv.*$1\$/p" README.md
}

echo "+ $suite: $(as_learner python3 --version), $(chroot "$root" dpkg-query --show | wc -l) packages"
echo "+ $(said 'nnlab lab')"
as_learner bash -c "$(said 'nnlab lab')" >"$root/lab.log" 2>&1 &
address=
until [ "$address" ]; do
    kill -0 $! || { cat "$root/lab.log"; exit 1; }
    sleep 2
    address=$(grep --only-matching --max-count=1 'http://127.0.0.1:[0-9]*/[^ ]*token=.*' "$root/lab.log" || true)
done
grep -v '^\[' "$root/lab.log" | tail -n 20
as_learner python3 - "$address" <<'PYTHON'
import sys, urllib.request as request
address = sys.argv[1]
opener = request.build_opener(request.HTTPCookieProcessor())
page = opener.open(address, timeout=60)
assert page.status == 200 and b"jupyter-config-data" in page.read(), address
server, token = address.split("/lab/")[0], address.split("token=")[1]
chapter = opener.open(f"{server}/api/contents/00_start_here.ipynb?token={token}", timeout=60)
assert chapter.status == 200 and b"nbformat" in chapter.read()
print("+ the page answers:", page.url)
PYTHON
as_learner .venv/bin/nnlab doctor

test=$(said pytest)
echo "+ $test $*"
as_learner bash -c "$test \"\$@\"" pytest "$@"
