#!/bin/sh
# Installe SCC Admin pour vous seul, sans droits d'administration; installs it for you alone.
#
#   ./install.sh              installe, ou met à jour        installs or updates
#   ./install.sh --remove     désinstalle                    removes
#
# Vos espaces de travail ne sont jamais touchés. / Your workspaces are never touched.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
data=${XDG_DATA_HOME:-$HOME/.local/share}
program=$HOME/.local/opt/scc-admin
command=$HOME/.local/bin/scc-admin
entry=$data/applications/scc-admin.desktop
metainfo=$data/metainfo/org.scc_admin.scc_admin.metainfo.xml
icons=$data/icons/hicolor

say() { # French, English
  case ${LC_ALL:-${LC_MESSAGES:-${LANG:-fr}}} in en*) echo "$2" ;; *) echo "$1" ;; esac
}

refresh() {
  command -v update-desktop-database >/dev/null && update-desktop-database -q "$data/applications"
  command -v gtk-update-icon-cache >/dev/null && gtk-update-icon-cache -qtf "$icons" || true
}

if [ "${1:-}" = --remove ]; then
  rm -rf "$program"
  rm -f "$command" "$entry" "$metainfo" \
    "$icons/256x256/apps/scc-admin.png" "$icons/scalable/apps/scc-admin.svg"
  refresh
  say "SCC Admin est désinstallé; vos espaces de travail sont restés où ils sont." \
    "SCC Admin is removed; your workspaces are where they were."
  exit 0
fi

if [ ! -x "$here/scc-admin" ] || [ ! -d "$here/_internal" ]; then
  say "Ce script doit se trouver dans le dossier du programme, à côté de « scc-admin »." \
    "This script must stand in the program's folder, beside \`scc-admin\`." >&2
  exit 2
fi
if [ "$here" = "$program" ]; then
  say "Le programme est déjà installé ici; lancez « scc-admin »." \
    "The program is already installed here; start \`scc-admin\`." >&2
  exit 2
fi

missing=$(LD_LIBRARY_PATH=$here/_internal ldd "$here"/_internal/PySide6/QtGui.abi3.so \
  "$here"/_internal/PySide6/Qt/plugins/platforms/libqxcb.so | awk '/not found/ {print $1}' | sort -u)
if [ -n "$missing" ]; then
  say "Il manque des bibliothèques du système :" "Some libraries of the system are missing:" >&2
  echo "$missing" | sed 's/^/  /' >&2
  say "Debian, Ubuntu :" "Debian, Ubuntu:" >&2
  echo "  sudo apt-get install -y libgl1 libegl1 fontconfig-config" >&2
  say "Fedora :" "Fedora:" >&2
  echo "  sudo dnf install -y libglvnd-glx libglvnd-egl libxcb fontconfig" >&2
  exit 2
fi

# Beside the old one first: an interrupted copy leaves a program that starts.
mkdir -p "$(dirname "$program")" "$(dirname "$command")" "$(dirname "$entry")" \
  "$(dirname "$metainfo")" "$icons/256x256/apps" "$icons/scalable/apps"
rm -rf "$program.new" "$program.old"
cp -R "$here" "$program.new"
[ ! -e "$program" ] || mv "$program" "$program.old"
mv "$program.new" "$program"
rm -rf "$program.old"

ln -sf "$program/scc-admin" "$command"
drawings=$program/_internal/scc_admin/_data/resources/icons/app
cp "$drawings/app.png" "$icons/256x256/apps/scc-admin.png"
cp "$drawings/app.svg" "$icons/scalable/apps/scc-admin.svg"
cp "$here/org.scc_admin.scc_admin.metainfo.xml" "$metainfo"
# Quoted, since a home folder may hold a space.
sed "s|^Exec=.*|Exec=\"$program/scc-admin\"|" "$here/scc-admin.desktop" > "$entry"
refresh

say "SCC Admin est installé : cherchez-le parmi vos applications." \
  "SCC Admin is installed: look for it among your applications."
case ":$PATH:" in
  *":$HOME/.local/bin:"*) ;;
  *) say "Dans un terminal : $command" "In a terminal: $command" ;;
esac
