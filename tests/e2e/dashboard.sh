#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Dashboard and alerts against a real Prometheus, which gets the figures of a real sensor from node_exporter: every panel shows something, every rule is evaluated, and
# one that applies is pending.
. "$(dirname "$0")/lib.sh"
for need in prometheus promtool prometheus-node-exporter ip curl jq; do command -v $need > /dev/null || { echo "needs $need"; exit 77; }; done
if [ "$(id -u)" != 0 ] || ! unshare -n true 2> /dev/null; then echo "no right to make a network namespace"; exit 77; fi
if [ "${BOARD_INSIDE:-}" != 1 ]; then BOARD_INSIDE=1 exec unshare -n "$root/tests/e2e/dashboard.sh" "$indicia"; fi
ip link set lo up || { echo "no loopback interface"; exit 77; }
board=$root/deploy/grafana/indicia.json
clean_up() { kill $(jobs -p); wait; }

mkdir sets figures bundles
printf 'indicator\n127.0.0.1\n' > sets/hosts.csv; printf 'kind = ioc\ndate = 2026-11-20\ngrade = D4\n' > sets/hosts.csv.meta
"$indicia" collect -q -i lo --flows 65536 --sensor board -w bundles -G 2 -d "$PWD/sets" --metrics "$PWD/figures/board.prom" --metrics-every 1 2> sensor.err & sensor=$!
# Connections that end, queries, and frames that contradict themselves: something of everything that a panel shows.
cat > traffic.py <<'P'
import socket, struct, time
query = b'\x00\x01\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\x07example\x00\x00\x01\x00\x01'
server = socket.create_server(('127.0.0.1', 8000))
udp, wire = socket.socket(socket.AF_INET, socket.SOCK_DGRAM), socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
wire.bind(('lo', 0))
while True:
    udp.sendto(query, ('127.0.0.1', 53))
    client = socket.create_connection(('127.0.0.1', 8000))
    other, _ = server.accept()
    client.close(), other.close()
    wire.send(bytes(12) + b'\x08\x00' + struct.pack('>BBHHHBBH', 0x45, 0, 8, 0, 0, 64, 17, 0) + bytes(8))
    time.sleep(0.1)
P
python3 traffic.py > traffic.err 2>&1 &
cat > prometheus.yml <<Y
global: {scrape_interval: 1s, evaluation_interval: 1s}
rule_files: [$root/deploy/prometheus/rules.yml]
scrape_configs: [{job_name: node, static_configs: [{targets: ['127.0.0.1:9100']}]}]
Y
prometheus-node-exporter --web.listen-address=127.0.0.1:9100 --collector.disable-defaults --collector.textfile --collector.textfile.directory="$PWD/figures" > exporter.log 2>&1 &
prometheus --config.file=prometheus.yml --storage.tsdb.path="$PWD/tsdb" --web.listen-address=127.0.0.1:9090 > prometheus.log 2>&1 &
ask() { curl -s --noproxy '*' -G --data-urlencode "query=$1" http://127.0.0.1:9090/api/v1/query; }
series() { ask "$1" | jq '.data.result | length' 2> /dev/null; }
wait_for '[ "$(series "indicia_flows_closed_total > 2")" = 1 ]'
wait_for '[ "$(series "count_over_time(indicia_running[5m]) > 5")" = 1 ]'

# What a panel asks, of all sensors. A clock that nothing keeps has no error: then the test says one in the sensor's place.
if ! grep -q '^indicia_clock_error_bound_seconds' figures/board.prom; then
    printf 'indicia_clock_%s_seconds{sensor="board"} 0.001\n' error_bound offset > figures/.clock; mv figures/.clock figures/clock.prom
    wait_for '[ "$(series indicia_clock_offset_seconds)" = 1 ]'
fi
shown=0
# A scrape that takes longer than a second makes its series stale until the next one.
answered() { answer=$(ask "${expression//\$sensor/.*}"); [ "$(jq '.status == "success" and (.data.result | length > 0)' <<< "$answer")" = true ]; }
while IFS= read -r expression; do
    wait_for "answered # $expression"
    same "$expression: of this sensor" board "$(jq -r '[.data.result[].metric.sensor] | unique | join(" ")' <<< "$answer")"
    same "$expression: values that are no number" 0 "$(jq '[.data.result[].value[1] | select(test("NaN|Inf"))] | length' <<< "$answer")"
    shown=$((shown + 1))
done < <(jq -r '.panels[].targets[]?.expr' "$board")
[ $shown -ge 16 ] && good || bad "only $shown expressions of the dashboard were asked"
same "sensors to choose from" board "$(curl -s --noproxy '*' -G --data-urlencode 'match[]=indicia_running' http://127.0.0.1:9090/api/v1/label/sensor/values | jq -r '.data | join(" ")')"
same "node_exporter reads the file" 0 "$(ask node_textfile_scrape_error | jq -r '.data.result[0].value[1]')"

# Alerts: all are evaluated, and those of docs/operations.md are these. The sensor ends: after its time, one fires.
rules() { curl -s --noproxy '*' http://127.0.0.1:9090/api/v1/rules | jq -r ".data.groups[].rules[] | $1"; }
same "rules that are not well" "" "$(rules 'select(.health != "ok") | .name + ": " + .health + " " + (.lastError // "")')"
for page in docs/operations.md docs/es/operations.md; do
    same "alerts in $page" "$(rules .name | sort)" "$(sed -n 's/^| \(Indicia[A-Za-z]*\) |.*/\1/p' "$root/$page" | sort)"
done
same "a sensor that runs is not said to be stopped" inactive "$(rules 'select(.name == "IndiciaSensorStopped").state')"
kill -TERM $sensor; wait $sensor; got=$?; same "exit status ($(cat sensor.err))" 0 $got
wait_for '[ "$(rules "select(.name == \"IndiciaSensorStopped\").state")" = pending ]'
finish
