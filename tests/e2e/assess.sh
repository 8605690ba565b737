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
is "distance of a network" "True" "[m['resolves'] for m in s['missing'] if m['signal'] == 'S08'][0].startswith('one address')" -s 146.83.250.0/24 home.ieb
is "territory alone, of a network" "INSUFFICIENT" "level('ORIGIN_NET')" -s $subject home.ieb
is "what it is made of" "S02 S05 S04" "signals('ORIGIN_AREA') + ' ' + signals('ORIGIN_NET')" -s $subject home.ieb
is "tracking is off by default" "DISABLED_BY_POLICY DISABLED_BY_POLICY" "missing['S16'] + ' ' + missing['S32']" -s $subject home.ieb
is "no position" "SENSOR_LIMIT" "missing['S08']" -s $subject home.ieb
is "who is responsible" "['O5']" "s['not_assessed']" -s $subject home.ieb
run 0 "$indicia" assess -s $subject home.ieb
grep -q 'Responsible entity (O5): NOT ASSESSED' "$work/stdout" && good || bad "O5 is not named"
grep -q 'tunnel of IP packets: not detectable' "$work/stdout" && good || bad "what cannot be detected is not named"

# What RPKI says of the route: more weight of family T, which stays territory; or none, and a doubt that is territory too.
says() { printf 'ASN,IP Prefix,Max Length,Trust Anchor\n%s\n' "$1" > "$data/vrps.csv"; printf 'kind = rpki\ndate = 2026-09-20T08:00:00Z\n' > "$data/vrps.csv.meta"; }
weights="' '.join('%s:%d' % (i['rule'], i['weight']) for t in ('ORIGIN_NET', 'SPOOFED') for h in hyp(t) for i in h['items']) + ' ' + level('ORIGIN_NET') + ' ' + level('SPOOFED')"
says AS64500,146.83.0.0/16,24,test
is "a route that its holder allows" "S04_VALID:75 INSUFFICIENT INSUFFICIENT" "$weights" -s $subject -d "$data" home.ieb
says AS64501,146.83.0.0/16,24,test
is "a route that its holder does not allow" "S04_SINGLE:0 S04_INVALID:35 INSUFFICIENT INSUFFICIENT" "$weights" -s $subject -d "$data" home.ieb
rm "$data"/vrps.csv*

# What no data set in use could say is missing for want of data; what one could and does not was not seen. A list that does not name it was asked.
is "no database, no list" "REFDATA_MISSING REFDATA_MISSING REFDATA_MISSING not testable" "missing['S03'] + ' ' + missing['S34'] + ' ' + missing['S35'] + ' ' + others['Tor or listed relay']" -s $subject home.ieb
mkdir "$work/vpns"; echo 192.0.2.0/24 > "$work/vpns/some.txt"; printf 'kind = vpn\ndate = 2026-09-20T08:00:00Z\n' > "$work/vpns/some.txt.meta"
is "a list that does not name it" "NOT_SEEN REFDATA_MISSING tested" "missing['S34'] + ' ' + missing['S02'] + ' ' + others['Tor or listed relay']" -s $subject -d "$work/vpns" home.ieb
is "a list that is too old" "REFDATA_MISSING not testable" "missing['S34'] + ' ' + others['Tor or listed relay']" -s $subject -d "$work/vpns" --since-data 2026-10-01 home.ieb

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
made other osaka --position 34.69,135.50,10 -- handshakes 20 12 2e-9
is "one address in two places" "True 0" "others['content network or anycast'] == 'tested' and str(sum(i['weight'] for h in hyp('ORIGIN_AREA') for i in h['items'] if i['signal'] == 'S08')) and 'True 0'" \
    -s $subject --position $madrid home.ieb other.ieb
made wide osaka --position 34.69,135.50,10 -- handshakes 60 12 2e-9
is "two sensors" "S02 S05 S09 tested" "signals('ORIGIN_AREA') + ' ' + others['content network or anycast']" -s $subject far.ieb wide.ieb
made later near -- handshakes 20 12 1.5
# One capture that was collected twice, under whatever names, is neither a larger sample nor a second sensor.
made twice osaka -- handshakes 20
is "a capture twice" "12 12 1" "'%d %d %d' % (s['seen']['flows'], s['seen']['repeated'], s['seen']['sensors'])" -s $subject home.ieb twice.ieb
is "a capture twice, of a network" "12 12" "'%d %d' % (s['seen']['flows'], s['seen']['repeated'])" -s 0.0.0.0/0 home.ieb twice.ieb
# What holds most of a flow counts, whichever bundle has the lower digest. Both are made anew each time: an even chance, whatever digests come.
sooner() { # LOWER OTHER COMMAND: has it make both until LOWER has the lower digest
    for _ in $(seq 64); do
        rm -f "$1" "$2"; eval "$3"
        [ "$(sha256sum "$1" "$2" | sort | head -1 | cut -c67-)" != "$1" ] || return
    done
    bad "$1 never had a lower digest than $2"
}
both="run 0 '$indicia' collect -q --sensor near -d '$data' -r '$work/home.pcap' -w all.ieb; run 0 '$indicia' collect -q --sensor near -f 'tcp[13] = 2' -r '$work/home.pcap' -w part.ieb"
for order in 'all.ieb part.ieb' 'part.ieb all.ieb'; do
    # shellcheck disable=SC2086
    sooner $order "$both"
    is "a part of a capture beside all of it, ${order%% *} first" "12 12 12 12" "'%d %d %d %d' % (s['seen']['flows'], s['seen']['validated'], s['seen']['repeated'], s['seen']['round_trips'][0]['handshakes'])" -s $subject all.ieb part.ieb
    is "a filter that chooses the part alone, beside another subject" "12 0" "'%d %d' % (s['seen']['flows'], s['seen'].get('repeated', 0))" -s 'packets < 2' -s $subject all.ieb part.ieb
done
# Of equal ones that of a sensor whose place is known, which measures more.
for order in 'placed.ieb twice.ieb' 'twice.ieb placed.ieb'; do
    # shellcheck disable=SC2086
    sooner $order "made placed madrid --position 40.42,-3.70,10 -- handshakes 20; made twice osaka -- handshakes 20"
    is "a sensor with a position beside one without, ${order%% *} first" "madrid" "' '.join(t['sensor'] for t in s['seen']['round_trips'])" -s $subject placed.ieb twice.ieb
done
made less near --position 40.42,-3.70,10 -- handshakes 20 6; cp "$work/less.pcap" "$work/less2.pcap"
run 0 "$indicia" collect -q --sensor near --position 40.42,-3.70,10 --case second -d "$data" -r "$work/less2.pcap" -w less2.ieb
is "half a sample twice excludes nothing" "INSUFFICIENT" "level('ORIGIN_AREA')" -s $subject less.ieb less2.ieb
run 0 "$indicia" assess -s $subject less.ieb less2.ieb; grep -q '6 flows stand in another of these bundles as well' "$work/stdout" && good || bad "it does not say that flows are repeated"
is "a sensor in two places" "SENSOR_LIMIT" "missing['S08']" -s $subject far.ieb home.ieb
is "windows" "2" "s['seen']['windows']" -s $subject home.ieb later.ieb

# Not validated: an indication at most, and no claim of origin; of one side only nothing is said.
made flood near --position 40.42,-3.70,10 -- flood
is "a flood" "INSUFFICIENT INSUFFICIENT S01" "level('ORIGIN_AREA') + ' ' + level('SPOOFED') + ' ' + signals('SPOOFED')" -s $subject flood.ieb
is "nothing of territory counts" "0" "sum(h['net'] for h in hyp('ORIGIN_AREA'))" -s $subject flood.ieb
is "who only answers" "NOT_SEEN 12 0" "missing['S01'] + ' %d %d' % (s['seen']['flows'], s['seen']['validated'])" -s 130.206.214.20 home.ieb
run 0 "$indicia" assess -s 130.206.214.20 home.ieb
grep -q 'not validated: what is said of territory and path weighs nothing; it started no connection' "$work/stdout" && good || bad "it does not say why territory weighs nothing"
made half near -- one-sided
is "one side" "SENSOR_LIMIT " "missing['S01'] + ' ' + signals('SPOOFED')" -s $subject half.ieb
is "no subject without a validated flow" "0" "len(a['subjects'])" flood.ieb

# Settings do not make a claim.
made planted near -- planted
is "a planted language" "INSUFFICIENT lang:pt" "level('OPERATOR_ENV') + ' ' + hyp('OPERATOR_ENV')[0]['about']" -s $subject planted.ieb
is "one word of its own is compared with none" "not testable" "others['staging']" -s $subject home.ieb

# The lab sample: a relay is seen behind one address, in too few handshakes to weigh more; nothing claims an origin.
run 0 "$indicia" collect -q --sensor sample -r "$sample" -w sample.ieb
is "the sample's relay" "INSUFFICIENT S10 S11" "level('RELAY') + ' ' + signals('RELAY')" -s 193.136.250.101 sample.ieb
is "what was not asked for" "DISABLED_BY_POLICY NOT_SEEN" "missing['S18'] + ' ' + {m['signal']: m['code'] for m in a['subjects'][1]['missing']}['S18']" -s 2001:638:9a0:3::65 -s 193.136.250.101 sample.ieb
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
run 0 "$indicia" assess -s $subject -o json home.ieb later.ieb other.ieb; cp "$work/stdout" "$work/one"; cp "$work/one" "$work/one.json"
run 0 "$indicia" assess -s $subject -o json home.ieb later.ieb other.ieb; cmp "$work/one" "$work/stdout" && good || bad "twice is not the same"
run 0 "$indicia" assess -s $subject home.ieb later.ieb other.ieb; cp "$work/stdout" "$work/one.table"
# Locales whose letters, digits and signs are others; without Debian's "locales" they are names only. (The C library leaks with LOCPATH.)
export LOCPATH=$work/locales; mkdir "$LOCPATH"
made_locales=0
for place in tr_TR:Asia/Kathmandu ar_EG:Pacific/Apia fa_IR:America/St_Johns de_DE:Antarctica/Troll; do
    locale=${place%%:*}
    [ -e /usr/share/i18n/locales/$locale ] && localedef -i $locale -f UTF-8 "$LOCPATH/$locale.UTF-8" > /dev/null 2>&1 && made_locales=$((made_locales + 1))
    for format in json table; do
        run 0 env ASAN_OPTIONS=detect_leaks=0 TZ="${place#*:}" LC_ALL=$locale.UTF-8 LANGUAGE="${locale%_*}" "$indicia" assess -s $subject -o $format other.ieb home.ieb later.ieb
        cmp "$work/one.$format" "$work/stdout" && good || bad "the order of the bundles, the zone or the language matter: $place"
    done
done
unset LOCPATH
echo "$made_locales locales were made for this"
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

# Whether claims are the bundles' or those of given data stands among the inputs: what is made of it is not the same.
cp -r "$data" "$work/same"; rm -f "$work/same"/vrps*
"$indicia" assess -s $subject -o inputs -d "$work/same" home.ieb > given; "$indicia" assess -s $subject -o inputs home.ieb > own
grep -q '"data_given":true' given && ! grep -q data_given own && good || bad "given data cannot be told from the bundles'"

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
run 2 "$indicia" assess --policy policy --policy policy home.ieb; one_error 'second policy'
run 2 "$indicia" assess --hypotheses es --hypotheses es home.ieb; one_error 'second file'
echo 'require ACC LIMITED foo 90' > foo; run 2 "$indicia" assess --policy foo home.ieb; one_error "'foo' is no condition"
echo 'require ACC LIMITED contradiction_below 0' > none; run 2 "$indicia" assess --policy none home.ieb; one_error 'out of bounds'
echo 'require ACC LIMITED net 50' > loose; run 2 "$indicia" assess --policy loose home.ieb; one_error 'line 1' 'never loosen'
echo 'disable S01' > s01; run 2 "$indicia" assess --policy s01 home.ieb; one_error 'cannot be left out'
echo 'ORIGIN_STATE X' > state; run 2 "$indicia" assess --hypotheses state home.ieb; one_error 'line 1' 'State'
run 2 "$indicia" assess --hypotheses bad.hyp home.ieb; one_error 'line 1'

# Who cannot be a subject, and why.
for who in Freedonia 'The Ministry of Truth' 'Jane Doe' ''; do run 2 "$indicia" assess -s "$who" home.ieb; one_error 'cannot be one' 'O5'; done
for who in 'Freedonia (FR)' APT99 'Unidad 61999' '"Freedonia"' country=XX 'Estado: Freedonia' 'Gobierno de Freedonia' 'República de Freedonia' Фредония 'Jane Doe <jane@example.org>' AS64500; do
    run 2 "$indicia" assess -s "$who" home.ieb
    grep -q 'A State, a government, an organisation or a person cannot be one' "$work/stderr" && good || bad "$who: it does not say why: $(cat "$work/stderr")"
done
for who in 'ntlm.domain = "FREEDONIA"' 'not exists krb.realm' 'tcp and (rdp.cookie ~ jane* or port 3389)' 'signal krb.cname = jane'; do run 2 "$indicia" assess -s "$who" home.ieb; one_error 'cannot be one' 'goes by'; done
for who in 146.83.250 146.83.250.041 10.0.0.0/8/8 2001:db8:::1; do run 2 "$indicia" assess -s "$who" home.ieb; one_error 'no whole address'; done
printf '%s\n' $subject > listed; run 2 "$indicia" assess -s 'host in @listed' home.ieb; one_error 'a list in a file'
many=(); for n in $(seq 17); do many+=(-s 146.83.250.$((n + 24))); done
run 0 "$indicia" assess "${many[@]}" home.ieb; grep -q 'links are weighed between 16 subjects' "$work/stderr" && good || bad "it does not say that links are left out"
run 2 "$indicia" assess -s "$(printf 'tcp or %.0s' $(seq 200))udp" home.ieb; one_error 'too long'
is "blanks around an address" "$subject 12" "s['subject'] + ' ' + str(s['seen']['flows'])" -s " $subject " home.ieb
is "a flow between two addresses of a network" "12 12 2" "'%d %d %d' % (s['seen']['flows'], s['seen']['validated'], s['seen']['addresses'])" -s 0.0.0.0/0 home.ieb
run 0 "$indicia" assess -s 0.0.0.0/0 home.ieb; grep -q '2 addresses are weighed as one' "$work/stdout" && good || bad "a network is not said to be weighed as one"
run 0 "$indicia" assess -s 192.0.2.77 home.ieb; one_error '192.0.2.77' 'no flow of it'
run 2 "$indicia" assess -s 'claim country JP' home.ieb; one_error 'cannot ask claims'
run 2 "$indicia" assess -s 'ntlm.user = "jane"' home.ieb; one_error 'cannot be one'
run 2 "$indicia" assess -s 10.0.0.1/8 home.ieb; one_error 'behind the prefix'
run 2 "$indicia" assess --position 1,2,3 home.ieb; one_error 'sensor'
run 2 "$indicia" assess; one_error 'name a bundle'
run 3 "$indicia" assess nowhere.ieb; one_error 'nowhere.ieb'
head -c 3000 home.ieb > cut.ieb; run 3 "$indicia" assess -s $subject cut.ieb
grep -q 'Subject 1' "$work/stdout" && good || bad "nothing of a cut bundle"
finish
