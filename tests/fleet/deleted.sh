# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2154
# Sourced by run, with a Ceph that is up: a live sensor that keeps one bundle, and only deletes what was shipped. While the gateway is dead nothing goes; afterwards nothing goes that the
# store does not have. The sensor is in a network namespace of its own, with a loopback interface that carries nothing: it needs no network.
if unshare -n true 2> /dev/null && command -v ip > /dev/null; then
    mkdir -p "$work/live" "$work/trust" "$(state live)" "$(state ship-live)"
    XDG_STATE_HOME=$(state ship-live) "$indicia" keys new > /dev/null 2>&1
    XDG_STATE_HOME=$(state ship-live) "$indicia" keys show > "$work/trust/shipper.pub"
    chmod 755 "$work" # the sensor runs as somebody else, who reads receipts and keys
    kill -9 "$(cat "$ceph_dir/pid.rgw")"
    XDG_STATE_HOME=$(state ship-live) "$indicia" ship -q --dir "$work/live" --endpoint "$endpoint" --bucket evidence --credentials "$ceph_dir/keys" --timeout 15 2> "$work/ship-live.log" &
    shippers=($!)
    XDG_STATE_HOME=$(state live) INDICIA_TRUST_DIR=$work/trust unshare -n sh -c 'ip link set lo up; exec "$0" "$@"' "$indicia" collect -i lo --flows 1024 --sensor bgo-05 -w "$work/live" -G 1 -W 1 \
        --require-shipped 2> "$work/live.err" &
    shippers+=($!)
    deleted() { sed -n 's/^indicia: deleted .*sha256 //p' "$work/live.err" | sort -u; }
    for _ in $(seq 1200); do [ "$(find "$work/live" -name '*.ieb' | wc -l)" -ge 4 ] && break; sleep 0.5; done
    check "bundles that wait for the store" yes "$([ "$(find "$work/live" -name '*.ieb' | wc -l)" -ge 4 ] && echo yes)"
    check "deleted while the gateway is dead" 0 "$(deleted | wc -l)"
    "$here/ceph" rgw "$ceph_dir"
    for _ in $(seq 1200); do [ "$(deleted | wc -l)" -ge 4 ] && break; sleep 0.5; done
    kill "${shippers[@]}"; wait "${shippers[@]}" 2> /dev/null; shippers=()
    check "deleted when it was there again ($(tail -n 2 "$work/live.err" "$work/ship-live.log" | tr '\n' ' '))" yes "$([ "$(deleted | wc -l)" -ge 4 ] && echo yes)"
    objects list | sed -n 's/.*\/\([0-9a-f]*\)\.ieb\t.*/\1/p' | sort -u > "$work/listed-live"
    check "deleted, and not in the store" "" "$(deleted | comm -23 - "$work/listed-live")"
    objects digests | awk '$1 != $2' > "$work/wrong"
    check "objects that are not what their names say" "" "$(cat "$work/wrong")"
else
    echo "note: no network namespace here: deletion after shipping is tried by tests/e2e/retention.sh alone"
fi
