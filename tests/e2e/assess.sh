#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# What assess makes of situations, and that it says the same whatever the order, the language and the time zone. The addresses are those of the lab
# sample: nothing here is a finding about anyone.
. "$(dirname "$0")/lib.sh"
subject=146.83.250.41
data=$work/lists; mkdir "$data"
printf '%s\n' '2|test|1790000000|2|19830705|20261120|+0000' 'test|*|ipv4|*|1|summary' 'test|*|asn|*|1|summary' 'test|JP|ipv4|146.83.250.0|256|19930901|allocated|x' \
    'test|JP|asn|64500|8|19990101|allocated|x' > "$data/delegated-test-extended-20261120"
printf '146.83.250.0\t24\t64500\n' > "$data/routes.pfx2as"; printf 'kind = pfx2as\ndate = 2026-09-20T08:00:00Z\n' > "$data/routes.pfx2as.meta"

made() { # NAME SENSOR OPTIONS... -- SCENARIO...: a bundle
    local name=$1 sensor=$2; shift 2; local options=()
    while [ "$1" != -- ]; do options+=("$1"); shift; done; shift
    local scenario=$1; shift
    PYTHONPATH="$root/tests/support" python3 "$root/tests/support/assess_scenarios.py" "$scenario" "$work/$name.pcap" "$@" || bad "scenario $name"
    run 0 "$indicia" collect -q --sensor "$sensor" "${options[@]}" -d "$data" -r "$work/$name.pcap" -w "$name.ieb"
}
# ask PYTHON ARGUMENTS...: an expression of the assessment's JSON `a`, of its first subject `s`, and of level('TYPE').
ask() {
    local expression=$1; shift
    run 0 "$indicia" assess -q -o json "$@"
    python3 - "$work/stdout" "$expression" <<'P'
import json, sys
a = json.load(open(sys.argv[1]))
s = a['subjects'][0] if a['subjects'] else None
hyp = lambda t: [h for h in s['hypotheses'] if h['type'] == t]
level = lambda t: ' '.join(h['level'] for h in hyp(t))
signals = lambda t: ' '.join(sorted({i['signal'] for h in hyp(t) for i in h['items']}))
missing = {m['signal']: m['code'] for m in s['missing']} if s else {}
others = {o['name']: o['state'] for o in s['alternatives']} if s else {}
print(eval(sys.argv[2]))
P
}
is() { local what=$1 want=$2; shift 2; same "$what" "$want" "$(ask "$@")"; }

# Territory alone, however many data sets agree; and the words that must stand there.
made home near -- handshakes 20
is "territory alone" "INSUFFICIENT" "level('ORIGIN_AREA')" -s $subject home.ieb
is "territory alone, of a network" "INSUFFICIENT" "level('ORIGIN_NET')" -s $subject home.ieb
is "what it is made of" "S02 S05 S04" "signals('ORIGIN_AREA') + ' ' + signals('ORIGIN_NET')" -s $subject home.ieb
is "tracking is off by default" "DISABLED_BY_POLICY DISABLED_BY_POLICY" "missing['S16'] + ' ' + missing['S32']" -s $subject home.ieb
is "no position" "SENSOR_LIMIT" "missing['S08']" -s $subject home.ieb
is "who is responsible" "['O5']" "s['not_assessed']" -s $subject home.ieb
run 0 "$indicia" assess -s $subject home.ieb
grep -q 'Responsible entity (O5): NOT ASSESSED' "$work/stdout" && good || bad "O5 is not named"
grep -q 'tunnel of IP packets: not detectable' "$work/stdout" && good || bad "what cannot be detected is not named"

# Light: 20 ms do not reach from there; 200 ms reach from anywhere; the position may be given later, and its error widens.
madrid=near=40.42,-3.70,10
is "outside the disc" "EXCLUDED INCONSISTENT" "level('ORIGIN_AREA') + ' ' + s['findings'][0]['finding']" -s $subject --position $madrid home.ieb
is "an error as wide as the world" "INSUFFICIENT CONSISTENT" "level('ORIGIN_AREA') + ' ' + s['findings'][0]['finding']" -s $subject --position near=40.42,-3.70,20000 home.ieb
made far near --position 40.42,-3.70,10 -- handshakes 200
run 0 "$indicia" assess -s $subject --position nowhere=1,2,3 home.ieb; grep -q "no bundle is of sensor nowhere" "$work/stderr" && good || bad "a position of no sensor"
is "inside the disc" "INSUFFICIENT CONSISTENT" "level('ORIGIN_AREA') + ' ' + s['findings'][0]['finding']" -s $subject far.ieb
made few near --position 40.42,-3.70,10 -- handshakes 20 9
is "too few samples to exclude" "INSUFFICIENT" "level('ORIGIN_AREA')" -s $subject few.ieb
echo 'ORIGIN_AREA ES' > es; echo 'ORIGIN_AREA PT # a comment' > bad.hyp
is "another area" "EXCLUDED INSUFFICIENT" "' '.join(h['level'] for h in sorted(hyp('ORIGIN_AREA'), key=lambda h: h['about'] == 'ES'))" -s $subject --hypotheses es --position $madrid home.ieb

# Two sensors: both see it near, which cannot be of one place; or their discs meet.
made other osaka --position 34.69,135.50,10 -- handshakes 20
is "one address in two places" "True 0" "others['content network or anycast'] == 'tested' and str(sum(i['weight'] for h in hyp('ORIGIN_AREA') for i in h['items'] if i['signal'] == 'S08')) and 'True 0'" \
    -s $subject --position $madrid home.ieb other.ieb
made wide osaka --position 34.69,135.50,10 -- handshakes 60
is "two sensors" "S02 S05 S09" "signals('ORIGIN_AREA')" -s $subject far.ieb wide.ieb
made later near -- handshakes 20 12 1.5
is "a sensor in two places" "SENSOR_LIMIT" "missing['S08']" -s $subject far.ieb home.ieb
is "windows" "2" "s['seen']['windows']" -s $subject home.ieb later.ieb

# Not validated: an indication at most, and no claim of origin; of one side only nothing is said.
made flood near --position 40.42,-3.70,10 -- flood
is "a flood" "INSUFFICIENT INSUFFICIENT S01" "level('ORIGIN_AREA') + ' ' + level('SPOOFED') + ' ' + signals('SPOOFED')" -s $subject flood.ieb
is "nothing of territory counts" "0" "sum(h['net'] for h in hyp('ORIGIN_AREA'))" -s $subject flood.ieb
made half near -- one-sided
is "one side" "SENSOR_LIMIT " "missing['S01'] + ' ' + signals('SPOOFED')" -s $subject half.ieb
is "no subject without a validated flow" "0" "len(a['subjects'])" flood.ieb

# Settings do not make a claim.
made planted near -- planted
is "a planted language" "INSUFFICIENT lang:pt" "level('OPERATOR_ENV') + ' ' + hyp('OPERATOR_ENV')[0]['about']" -s $subject planted.ieb

# The lab sample: a relay is seen behind one address, in too few handshakes to weigh more; nothing claims an origin.
run 0 "$indicia" collect -q --sensor sample -r "$sample" -w sample.ieb
is "the sample's relay" "INSUFFICIENT S10 S11" "level('RELAY') + ' ' + signals('RELAY')" -s 193.136.250.101 sample.ieb
is "the sample's claims of origin" "True" "all(h['level'] == 'INSUFFICIENT' for s in a['subjects'] for h in s['hypotheses'] if h['class'] == 'ACC')" sample.ieb

# Real clients over delay lines: with and without a relay.
lab=$root/../shared/lab/relay-lab.pcap
if [ -e "$lab" ]; then
    run 0 "$indicia" collect -q --sensor lab -r "$lab" -w lab.ieb
    is "behind a relay" "LIMITED S10 S11 True" "level('RELAY') + ' ' + signals('RELAY') + ' ' + str(s['clusters_disagree'])" -s 10.9.0.2 lab.ieb
    is "direct" "INSUFFICIENT excluded by S10" "level('RELAY') + ' ' + others['relay that forwards TCP']" -s 10.9.0.1 lab.ieb
    is "two subjects" "INSUFFICIENT" "level('LINKED')" -s 10.9.0.1 -s 10.9.0.2 lab.ieb
    is "a filter" "150" "s['seen']['flows']" -s 'tcp dst port 4433' lab.ieb
fi

# A Tor consensus of the day: doubt, which caps what claims say.
run 0 "$indicia" collect -q -d "$root/tests/data/tor" -r "$root/tests/data/http_mixed.pcap" -w tor.ieb
is "a listed relay" "S34" "signals('RELAY')" -s 203.0.113.50 tor.ieb

# The same bytes, whatever the order, the language, the zone; the id is the digest of the inputs, the text canonical.
run 0 "$indicia" assess -s $subject -o json home.ieb later.ieb other.ieb; cp "$work/stdout" "$work/one"
run 0 env TZ=Asia/Kathmandu LC_ALL=tr_TR.UTF-8 "$indicia" assess -s $subject -o json other.ieb home.ieb later.ieb
cmp "$work/one" "$work/stdout" && good || bad "the order of the bundles, the zone or the language matter"
mkdir folder; cp home.ieb folder/z.ieb; cp later.ieb folder/a.ieb; cp other.ieb folder/m.ieb
run 0 "$indicia" assess -s $subject -o json folder; cmp "$work/one" "$work/stdout" && good || bad "names of files matter"
run 0 "$indicia" assess -q -s $subject -o json home.ieb folder; cmp "$work/one" "$work/stdout" && good || bad "a bundle that is named twice counts twice"
run 0 sh -c "'$indicia' assess -s $subject -o json - later.ieb other.ieb < home.ieb"; cmp "$work/one" "$work/stdout" && good || bad "standard input is read otherwise"
python3 - "$work/one" <<'P' && good || bad "the JSON is not canonical"
import hashlib, json, sys
t = open(sys.argv[1], encoding='utf8').read()
d = json.loads(t)
canonical = lambda x: json.dumps(x, sort_keys=True, separators=(',', ':'), ensure_ascii=False)
assert canonical(d) + '\n' == t
assert hashlib.sha256(canonical(d['inputs']).encode()).hexdigest() == d['assessment_id']
P
"$indicia" assess -s $subject -o inputs home.ieb later.ieb other.ieb > in
same "the id" "$(sha256sum < in | cut -c1-64)" "$(python3 -c 'import json,sys; print(json.load(open(sys.argv[1]))["assessment_id"])' "$work/one")"
digest=$("$indicia" method -o json | tr -d '\n' | sha256sum | cut -c1-64)
grep -q "\"method_sha256\":\"$digest\"" "$work/one" && good || bad "the method's digest"
"$indicia" method | grep -q "$digest" && good || bad "method does not print its digest"

# A review names the assessment.
run 0 "$indicia" custody add --type reviewed --object in --actor "A. Analyst" --place Lab --purpose "case 1" home.ieb
review=$(ls home.ieb*.iec)
run 0 "$indicia" assess -s $subject -o json --review "$review" home.ieb later.ieb other.ieb
grep -q '"reviewed":true' "$work/stdout" && good || bad "the review does not count"
same "its id" "$(grep -o '"assessment_id":"[^"]*"' "$work/one")" "$(grep -o '"assessment_id":"[^"]*"' "$work/stdout")"
run 4 "$indicia" assess -s $subject --review "$review" home.ieb; one_error 'no event of type reviewed'
run 4 "$indicia" assess -s $subject --review nowhere.iec home.ieb

# Other reference data; old ones left out; a policy leaves out and tightens, never loosens.
mkdir "$work/empty"
is "no data" "REFDATA_MISSING" "missing['S02']" -s $subject -d "$work/empty" home.ieb
is "data that are too old" "REFDATA_MISSING" "missing['S02']" -s $subject --since-data 2027-01-01 home.ieb
printf '# ours\ndisable S02\nrequire ACC LIMITED net 80\n' > policy
is "a policy" "DISABLED_BY_POLICY S05" "missing['S02'] + ' ' + signals('ORIGIN_AREA')" -s $subject --policy policy home.ieb
echo 'require ACC LIMITED net 50' > loose; run 2 "$indicia" assess --policy loose home.ieb; one_error 'line 1' 'never loosen'
echo 'disable S01' > s01; run 2 "$indicia" assess --policy s01 home.ieb; one_error 'cannot be left out'
echo 'ORIGIN_STATE X' > state; run 2 "$indicia" assess --hypotheses state home.ieb; one_error 'line 1' 'State'
run 2 "$indicia" assess --hypotheses bad.hyp home.ieb; one_error 'line 1'

# Who cannot be a subject, and why.
for who in Freedonia 'The Ministry of Truth' 'Jane Doe' ''; do run 2 "$indicia" assess -s "$who" home.ieb; one_error 'cannot be one' 'O5'; done
run 2 "$indicia" assess -s 'claim country JP' home.ieb; one_error 'cannot ask claims'
run 2 "$indicia" assess -s 'ntlm.user = "jane"' home.ieb; one_error 'cannot be one'
run 2 "$indicia" assess -s 10.0.0.1/8 home.ieb; one_error 'behind the prefix'
run 2 "$indicia" assess --position 1,2,3 home.ieb; one_error 'sensor'
run 2 "$indicia" assess; one_error 'name a bundle'
head -c 3000 home.ieb > cut.ieb; run 3 "$indicia" assess -s $subject cut.ieb
grep -q 'Subject 1' "$work/stdout" && good || bad "nothing of a cut bundle"
finish
