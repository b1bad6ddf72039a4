#!/usr/bin/env bash
# Start the built program on a bare Debian: nothing but a minimal system and the libraries that
# docs/installation.md names, no network, an ordinary user. The three jobs are played, then every
# screen is shown, offscreen.
#
#   sudo packaging/debian-chroot.sh [BUILT-FOLDER]     (default: dist/scc-admin)
#
# Needs root, debootstrap and the network of a Debian mirror; leaves nothing behind. SUITE chooses
# the release (bookworm), MIRROR where it comes from.
set -euo pipefail

LIBRARIES="libgl1 libegl1 fontconfig-config"
SUITE=${SUITE:-bookworm}
MIRROR=${MIRROR:-}  # empty: the one that debootstrap is set up with
built=$(realpath "${1:-$(dirname "$0")/../dist/scc-admin}")
[ -x "$built/scc-admin" ] || { echo "No built program in $built: run dev.py build." >&2; exit 2; }
[ "$(id -u)" = 0 ] || { echo "A chroot needs root: run this with sudo." >&2; exit 2; }
command -v debootstrap >/dev/null || { echo "Missing: apt-get install debootstrap" >&2; exit 2; }

bare=$(mktemp -d) && chmod 755 "$bare"
trap 'umount -q "$bare/proc" || true; rm -rf --one-file-system "$bare"' EXIT
echo "Bare $SUITE with: $LIBRARIES"
debootstrap --variant=minbase --include="${LIBRARIES// /,}" "$SUITE" "$bare" ${MIRROR:+"$MIRROR"} >/dev/null
umount -q "$bare/proc" || true
cp -a "$built" "$bare/opt/scc-admin"
chroot "$bare" useradd --create-home user

# A mount namespace with /proc, and a network namespace with nothing in it.
as_user() {
  unshare --net --mount sh -c 'mount -t proc proc "$1/proc" && shift && exec "$@"' sh "$bare" \
    chroot --userspec=user "$bare" env -i HOME=/home/user PATH=/usr/bin:/bin LANG=C.UTF-8 \
    QT_QPA_PLATFORM=offscreen "$@"
}
as_user /opt/scc-admin/scc-admin demo /home/user/demo
as_user sh -c '/opt/scc-admin/scc-admin packet verify /home/user/demo/exports/ESC-*.zip'
as_user /opt/scc-admin/scc-admin --workspace /home/user/demo/workspace window --once
as_user /opt/scc-admin/scc-admin --workspace /home/user/demo/workspace backup
as_user /opt/scc-admin/scc-admin --workspace /home/user/demo/workspace doctor
echo "Libraries that no file of the system or of the program provides (optional plug-ins):"
as_user sh -c 'cd /opt/scc-admin/_internal && find . -name "*.so*" -type f |
  LD_LIBRARY_PATH=$PWD xargs -n 1 ldd 2>/dev/null | awk "/not found/ {print \$1}" | sort -u'
