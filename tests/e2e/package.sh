#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Packages. Always: every file that is installed has its place in one package, and what they are built from is what the build needs. With INDICIA_LONG=1,
# root and the tools: built twice, in other places and under other circumstances, they are the same bytes; lintian has nothing to say; in a clean Debian
# they are installed, used, upgraded, taken back and purged, and evidence and keys survive that.
. "$(dirname "$0")/lib.sh"
. "$root/tests/support/debian_root.sh"
lists=$root/deploy/debian
build=$(dirname "$indicia")

manifest_agrees() {
    local tree=$work/tree triplet=x86_64-linux-gnu
    [ -f "$build/cmake_install.cmake" ] || { echo "no build folder: lists of files are not compared"; return; }
    mkdir -p "$tree/debian/tmp"; cp "$lists"/*.install "$tree/debian/"
    run 0 cmake --install "$build" --prefix "$tree/debian/tmp/usr"
    rm -f "$tree/debian/tmp/usr/share/doc/indicia/LICENSE"
    # Packages are configured for /usr, where Debian's libraries have a folder for each architecture.
    if [ ! -d "$tree/debian/tmp/usr/lib/$triplet" ]; then
        mkdir "$tree/debian/tmp/usr/lib/$triplet"
        mv "$tree"/debian/tmp/usr/lib/{libindicia.so*,cmake,pkgconfig,indicia} "$tree/debian/tmp/usr/lib/$triplet/"
    fi
    cd "$tree" || exit 1
    sh debian/indicia.install > rest; cut -d' ' -f1 rest | sort > claimed
    for list in debian/lib*.install; do
        while read -r pattern; do
            # shellcheck disable=SC2086
            found=$(cd debian/tmp && find $pattern ! -type d 2> /dev/null)
            [ -n "$found" ] && good || bad "$list: nothing is installed as $pattern"
            echo "$found" >> claimed
        done < "$list"
    done
    same "files in no package, or in two" "" "$(diff <(cd debian/tmp && find . ! -type d | sed 's|^\./||' | sort) <(sort claimed))"
    for path in usr/bin/indicia usr/share/bash-completion/completions/indicia usr/share/zsh/vendor-completions/_indicia usr/share/fish/vendor_completions.d/indicia.fish \
        usr/share/doc/indicia/docs/operations.md usr/libexec/indicia/refdata usr/libexec/indicia/indicia-fleet; do
        grep -qxF "$path ${path%/*}" rest && good || bad "not in the package indicia: $path"
    done
    same "completion of the build" "$("$indicia" completion bash | sha256sum)" "$(sha256sum < debian/tmp/usr/share/bash-completion/completions/indicia)"
    same "symbols of the library" "$(sed -n 's/^ \([a-z0-9_]*\)@.*/\1/p' "$lists/libindicia0.symbols" | sort)" \
        "$(nm -D --defined-only "debian/tmp/usr/lib/$triplet/libindicia.so" | awk '$3 ~ /^ind_/ { print $3 }' | sort)"
    cd "$work/out" || exit 1
}
manifest_agrees

# What a build needs is said twice: for apt-get and for dpkg-buildpackage.
if command -v dpkg > /dev/null; then
    build_depends=$(sed -n '/^Build-Depends:/,/^[A-Z]/p' "$lists/control" | sed -e '1s/Build-Depends://' -e '/^[A-Z]/d' -e 's/([^)]*)//g' | tr ',' '\n' | tr -d ' ' | grep . |
        grep -vE '^(debhelper-compat|python3:any)$' | sort)
    same "build dependencies" "$(sed -n 's/^    \[build\]="\(.*\)"$/\1/p' "$root/deploy/install-packages" | tr ' ' '\n' | grep -vxE 'gcc|libc6-dev|make' | sort)" "$build_depends"
fi

# The build id: the program's own, its HEADER's, the linker's.
built=$(readelf -n "$indicia" | sed -n 's/.*Build ID: //p')
same "build id" "build $built" "$("$indicia" version --build | grep '^build ')"
run 0 "$indicia" collect -q -r "$sample" -w built.ieb
same "build id in HEADER" "indicia $(sed -n 's/^project(indicia VERSION \([0-9.]*\).*/\1/p' "$root/CMakeLists.txt") ($built)" \
    "$("$indicia" show -o json built.ieb | sed -n 's/.*"build_id":"\([^"]*\)".*/\1/p')"

packages_ready "building, installing and purging packages"
own_mounts "$indicia"
git -C "$root" rev-parse -q --verify HEAD > /dev/null 2>&1 || { echo "no git checkout: nothing is built"; finish; }

# ---- the same bytes, wherever and whenever
packages_built
git clone -q "$root" "$work/a-longer/path/of another checkout"
(umask 077; TZ=Pacific/Auckland LC_ALL=C DEB_BUILD_OPTIONS=parallel=1 "$work/a-longer/path/of another checkout/deploy/package" "$work/again") > "$work/again.log" 2>&1 ||
    { tail "$work/again.log"; bad "the second build fails"; }
same "packages" "$(cd "$packages" && ls -- *.deb)" "$(cd "$work/again" && ls -- *.deb)"
for deb in "$packages"/*.deb; do cmp "$deb" "$work/again/${deb##*/}" && good || bad "${deb##*/} is not built reproducibly"; done
run 0 lintian --no-cfg --fail-on error,warning,info --allow-root "$packages"/*.changes
same "what lintian says" "" "$(cat "$work/stdout")"

# ---- in a clean Debian
debian=$work/debian
debian_root "$debian"
apt_install man-db > "$work/apt.log" 2>&1
version=$(dpkg-deb -f "$packages"/indicia_*.deb Version)
apt_install bash-completion gcc libc6-dev pkgconf sqlite3 '/packages/indicia_*.deb /packages/libindicia0_*.deb /packages/libindicia-dev_*.deb /packages/libsqlite3-mod-indicia_*.deb' >> "$work/apt.log" 2>&1 ||
    { tail -20 "$work/apt.log"; bad "not installed"; finish; }
same "installed" "install ok installed $version" "$(inside dpkg-query -W -f '${Status} ${Version}' indicia)"
run 0 inside sh -ec 'cd /srv && indicia collect -q -r /usr/share/doc/indicia/examples/sample.pcap -w s.ieb && indicia verify s.ieb'
run 0 inside sh -c 'MANPAGER=cat man indicia-collect | head -3'; grep -q 'indicia-collect(1)' "$work/stdout" && good || bad "no manual page of collect"
run 0 inside bash -c '. /usr/share/bash-completion/bash_completion; _completion_loader indicia; COMP_WORDS=(indicia col) COMP_CWORD=1; _indicia; echo "${COMPREPLY[*]}"'
same "completion" collect "$(cat "$work/stdout")"
run 0 inside sqlite3 -cmd ".load $(cd "$debian" && find usr/lib -name indicia.so | sed 's|^|/|')" :memory: "CREATE VIRTUAL TABLE t USING indicia_flows('/srv/s.ieb'); SELECT count(*) > 0 FROM t"
sed -n '/^cat > reader.c/,/^C$/p' "$root/tests/e2e/install.sh" | sed '1d;$d' > "$debian/srv/reader.c"
run 0 inside sh -ec 'cd /srv && gcc -Wall -Werror -o reader reader.c $(pkg-config --cflags --libs indicia) && ./reader s.ieb'
same "read through the library" "$(inside sh -c 'indicia flows -o ndjson /srv/s.ieb | grep -c .') flows: no more input" "$(cat "$work/stdout")"
same "digests of installed files" "" "$(inside dpkg --verify indicia libindicia0 libindicia-dev libsqlite3-mod-indicia 2>&1)"

# ---- one build, one name: program, HEADER, SBOM, debug symbols
python3 - "$debian" "$packages" "$(inside indicia version --build | sed -n 's/^build //p')" <<'P' && good || bad "the SBOM"
import glob, hashlib, json, os, re, subprocess, sys
debian, packages, build = sys.argv[1:]
doc = json.load(open(debian + '/usr/share/doc/indicia/sbom.spdx.json'))
assert doc['spdxVersion'] == 'SPDX-2.3' and doc['dataLicense'] == 'CC0-1.0' and doc['SPDXID'] == 'SPDXRef-DOCUMENT'
assert re.fullmatch(r'\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ', doc['creationInfo']['created']) and doc['creationInfo']['creators']
assert doc['documentNamespace'].startswith('https://') and '#' not in doc['documentNamespace']
ids = ['SPDXRef-DOCUMENT'] + [e['SPDXID'] for e in doc['packages'] + doc['files']]
assert len(ids) == len(set(ids)) and all(re.fullmatch(r'SPDXRef-[A-Za-z0-9.-]+', i) for i in ids), ids
for r in doc['relationships']:
    assert r['spdxElementId'] in ids and r['relatedSpdxElement'] in ids, r
for p in doc['packages']:
    assert all(p.get(k) for k in ('name', 'downloadLocation', 'licenseConcluded', 'licenseDeclared', 'copyrightText')), p
for f in doc['files']:
    content = open(os.path.join(debian, f['fileName']), 'rb').read()
    digest = {c['algorithm']: c['checksumValue'] for c in f['checksums']}
    assert digest == {'SHA1': hashlib.sha1(content).hexdigest(), 'SHA256': hashlib.sha256(content).hexdigest()}, f
    elf = os.path.join(debian, f['fileName'])
    assert subprocess.run(['readelf', '-n', elf], capture_output=True, text=True).stdout.split('Build ID: ')[1].split()[0] == f['comment'].split()[-1]
    # What the linker asks for is what the document names.
    needed = set(re.findall(r'\(NEEDED\).*\[(.+)\]', subprocess.run(['readelf', '-d', elf], capture_output=True, text=True).stdout))
    assert needed == {r['comment'] for r in doc['relationships'] if r['relationshipType'] == 'DYNAMIC_LINK' and r['spdxElementId'] == f['SPDXID']}, needed
program = [f for f in doc['files'] if f['fileName'] == './usr/bin/indicia'][0]
assert program['comment'] == 'GNU build id ' + build, (program, build)
symbols = subprocess.run(['dpkg-deb', '-f', glob.glob(packages + '/indicia-dbgsym_*.deb')[0], 'Build-Ids'], capture_output=True, text=True).stdout.split()
assert build in symbols, symbols
P

# ---- upgraded, and taken back: what was there before stays
repack() { # VERSION: the same package under another version
    rm -rf "$work/repack"; dpkg-deb -R "$packages"/indicia_*.deb "$work/repack"
    sed -i "s/^Version: .*/Version: $1/" "$work/repack/DEBIAN/control"
    dpkg-deb --root-owner-group -b "$work/repack" "$debian/packages/other.deb" > /dev/null
}
mkdir -p "$debian/var/lib/indicia/bundles" "$debian/etc/indicia/trust.d"
inside indicia collect -q -r /usr/share/doc/indicia/examples/sample.pcap -w /var/lib/indicia/bundles/kept.ieb
inside sh -c 'indicia keys show > /etc/indicia/trust.d/own.pub'
kept() { (cd "$debian" && find var/lib/indicia etc/indicia -type f -exec sha256sum {} + | sort); }
before=$(kept); same "files that are kept" yes "$([ "$(wc -l <<< "$before")" -ge 3 ] && echo yes)"
repack 9.0
run 0 inside dpkg -i /packages/other.deb
run 0 inside indicia verify /var/lib/indicia/bundles/kept.ieb
same "after an upgrade" "$before" "$(kept)"
run 0 inside sh -c 'dpkg -i /packages/indicia_*.deb'
run 0 inside indicia verify /var/lib/indicia/bundles/kept.ieb
same "after going back" "$before" "$(kept)"

# ---- purged: the program is gone, evidence and keys are not
run 0 inside sh -c 'dpkg --purge libindicia-dev libindicia0 libsqlite3-mod-indicia indicia'
grep -q '/var/lib/indicia.*left as it is' "$work/stdout" && good || bad "purge does not say that evidence stays: $(cat "$work/stdout")"
same "after a purge" "$before" "$(kept)"
same "files of the program" "" "$(cd "$debian" && find usr/bin usr/lib usr/share usr/libexec -name '*indicia*' ! -path '*/dpkg/*' 2> /dev/null)"
run 0 inside sh -c 'apt-get -qq -y -o Dpkg::Use-Pty=0 --no-install-recommends install /packages/indicia_*.deb > /dev/null 2>&1 && indicia verify /var/lib/indicia/bundles/kept.ieb'
finish
