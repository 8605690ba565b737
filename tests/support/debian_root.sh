# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# Sourced behind tests/e2e/lib.sh by the tests of packages: builds the packages, and makes a clean Debian 12 to install them in. What is mounted is
# mounted in a namespace of the test, and is gone with it. INDICIA_PACKAGES is a folder of packages that were built already.

# packages_ready WHY: skips the test unless all is there that it needs.
packages_ready() {
    local tool
    [ "${INDICIA_LONG:-}" = 1 ] || { echo "$1: only with INDICIA_LONG=1"; finish_or_skip; }
    [ "$(id -u)" = 0 ] || { echo "$1: needs root"; finish_or_skip; }
    for tool in dpkg-buildpackage dh lintian mmdebstrap git unshare; do
        command -v $tool > /dev/null || { echo "$1: there is no $tool (deploy/install-packages package packagetest)"; finish_or_skip; }
    done
}
finish_or_skip() { [ "$checks" = 0 ] && exit 77; finish; }

# own_mounts ARGUMENT...: runs the script again in a mount namespace of its own.
own_mounts() {
    [ "${OWN_MOUNTS:-}" = 1 ] && return
    OWN_MOUNTS=1 exec unshare --mount --propagation private "$root/tests/e2e/${0##*/}" "$@"
}

# packages_built: $packages has the packages of the commit that is checked out.
packages_built() {
    packages=${INDICIA_PACKAGES:-}
    [ -z "$packages" ] || return 0
    packages=$work/packages
    run 0 "$root/deploy/package" "$packages"
    [ "$failures" = 0 ] || finish
}

# debian_root FOLDER: a minimal Debian 12 from this machine's mirror.
debian_root() {
    local mirror
    mirror=$(sed -n 's/^URIs: *//p' /etc/apt/sources.list.d/debian.sources 2> /dev/null | head -1)
    if ! mmdebstrap --quiet --variant=minbase --include=ca-certificates bookworm "$1" "${mirror:-http://deb.debian.org/debian}" > "$work/root.log" 2>&1; then
        tail -5 "$work/root.log"; echo "no Debian root: no mirror can be reached"; finish_or_skip
    fi
    cp /etc/resolv.conf "$1/etc/resolv.conf"
    # No more than that: the folder is removed in the end, and what is mounted there must not go with it.
    clean_up() { umount "$debian/proc"; }
    mount -t proc proc "$1/proc"
    mkdir -p "$1/packages"
    cp "$packages"/*.deb "$1/packages/"
    inside apt-get -qq update
}

# inside COMMAND...: in the new root, with nothing of this environment.
inside() { env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive chroot "$debian" "$@"; }
# Patterns are those of files in there.
apt_install() { inside sh -c "apt-get -qq -y -o Dpkg::Use-Pty=0 --no-install-recommends install $*"; }
