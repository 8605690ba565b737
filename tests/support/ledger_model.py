#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The ledger of docs/method.md in a few lines, written from the method's text: what the program's own ledger is compared with.

ledger_model.py examples            prints the worked examples
ledger_model.py compare DRIVER N [SEED]   N random ledgers through both

A ledger is {'sensors','windows','review','k','failed','disagrees','hyps': [(type, own)], 'items': [dict(sig,fam,tier,r,q,forge,h,bound,of)]}."""
import random, subprocess, sys

CAP = dict(T=60, P=160, H=80, A=80, L=50, C=60, I=120, E=80)
BASE = {1: 30, 2: 70, 3: 100, 4: 300}
FORGE = {'trivial': 2, 'moderate': 4, 'hard': 6, 'physical': 8}
CLASS = dict(ORIGIN_NET='ACC', ORIGIN_AREA='ACC', OPERATOR_ENV='ACC', RELAY='DOUBT', SPOOFED='DOUBT', STAGED='DOUBT', LINKED='LINK')
TIER = dict(ORIGIN_NET=3, ORIGIN_AREA=3, OPERATOR_ENV=4, RELAY=2, SPOOFED=2, STAGED=4, LINKED=3)
ORIGINS = ('ORIGIN_NET', 'ORIGIN_AREA')
DERIVES = {'S05': {'S02', 'S03', 'S04'}, 'S09': {'S08'}, 'S15': {'S14', 'S20', 'S21', 'S22'}, 'S11': {'S10'}}
FAMILY = dict(S02='T', S03='T', S04='T', S05='T', S06='T', S07='P', S08='P', S09='P', S10='P', S11='P', S12='P', S13='P', S14='H', S15='H', S16='H',
              S17='H', S18='H', S20='A', S21='A', S22='A', S23='A', S24='L', S25='L', S26='L', S27='L', S28='C', S29='C', S30='C', S31='I', S32='I',
              S33='I', S34='E', S35='E')
EX, INS, LIM, MOD, STR = -1, 0, 1, 2, 3
NAMES = {EX: 'EXCLUDED', INS: 'INSUFFICIENT', LIM: 'LIMITED', MOD: 'MODERATE', STR: 'STRONG'}


def quality(led, e):
    q = e['q']
    if led['k'] >= 2 and e['fam'] in 'HALC' and not e['bound']:
        q //= 2
    if led['k'] >= 8 and led['hyps'][e['h']][0] in ORIGINS:
        q //= 2
    return q


def weight(led, e):
    return BASE[abs(e['r'])] * quality(led, e) * FORGE[e['forge']] // 64


def speaking(led, items):
    """Of supports that are made of one another only the heaviest is left."""
    left, out = list(items), []
    while left:
        group, todo = [], [left.pop()]
        while todo:
            a = todo.pop()
            group.append(a)
            near = [b for b in left if b['sig'] in a['of'] or a['sig'] in b['of']]
            left = [b for b in left if not any(b is n for n in near)]
            todo += near
        out.append(max(group, key=lambda e: (weight(led, e), FORGE[e['forge']], e['tier'], -int(e['sig'][1:]), -'VTPHALCIE'.index(e['fam']))))
    return out


def family(ws, cap):
    top = max(ws)
    return min(cap, top + (sum(ws) - top) // 4)


def ledger(led, h, without_t=False, without=None):
    kind = led['hyps'][h][0]
    mine = [e for e in led['items'] if e['h'] == h and not (without_t and e['fam'] == 'T') and not (e['r'] > 0 and e['sig'] == without)]
    pro, con = speaking(led, [e for e in mine if e['r'] > 0]), [e for e in mine if e['r'] < 0]
    S, X = {}, {}
    for f in CAP:
        if any(e['fam'] == f for e in pro):
            S[f] = family([weight(led, e) for e in pro if e['fam'] == f], 30 if f == 'T' and kind == 'ORIGIN_AREA' and led['disagrees'] else CAP[f])
        if any(e['fam'] == f for e in con):
            X[f] = family([weight(led, e) for e in con if e['fam'] == f], 300 if any(e['r'] == -4 for e in con if e['fam'] == f) else CAP[f])
    K = {f for f in S if S[f] >= 20}
    loud = [e for e in pro if weight(led, e) >= 20]
    return dict(S=S, X=X, s=sum(S.values()), x=sum(X.values()), net=sum(S.values()) - sum(X.values()), K=K, KN=K - {'T'},
                KH={e['fam'] for e in loud if e['forge'] in ('hard', 'physical')} & K - {'T'},
                TC={e['fam'] for e in loud if e['tier'] >= TIER[kind]} & K,
                excluded=any(e['r'] == -4 and e['forge'] == 'physical' and quality(led, e) == 8 for e in con),
                signals={e['sig'] for e in pro if weight(led, e) > 0})


def gates(led, kind, L, margin):
    n, k, kn, kh, tc, x = L['net'], len(L['K']), len(L['KN']), len(L['KH']), len(L['TC']), L['x']
    se, wi = led['sensors'], led['windows']
    if L['excluded']:
        return EX
    if CLASS[kind] == 'ACC':
        if n >= 200 and k >= 5 and kn >= 4 and kh >= 3 and tc >= 2 and x < 30 and margin >= 100 and se >= 2 and wi >= 2 and led['review']:
            return STR
        if n >= 120 and k >= 4 and kn >= 3 and kh >= 2 and tc >= 2 and x < 60 and margin >= 50 and (se >= 2 or wi >= 2):
            return MOD
        return LIM if n >= 60 and k >= 3 and kn >= 2 and kh >= 1 and tc >= 1 else INS
    if CLASS[kind] == 'DOUBT':
        return STR if n >= 140 and kn >= 2 and kh >= 1 else MOD if n >= 80 and kn >= 2 else LIM if n >= 40 and kn >= 1 else INS
    return STR if n >= 150 and kn >= 3 and kh >= 2 else MOD if n >= 90 and kn >= 2 and kh >= 1 else LIM if n >= 40 and kn >= 1 and kh >= 1 else INS


def rivals(led, h):
    kind = led['hyps'][h][0]
    others = [i for i in range(len(led['hyps'])) if i != h]
    if kind in ORIGINS:
        return [i for i in others if led['hyps'][i][0] in (kind, 'RELAY', 'SPOOFED')]
    return [i for i in others if led['hyps'][i][0] == 'OPERATOR_ENV'] if kind == 'OPERATOR_ENV' else []


def margin_of(led, Ls, h, net):
    return min([net - Ls[i]['net'] for i in rivals(led, h)] or [999])


def ceilings(led, h, doubts):
    """R3, R4, R5: does one of them hold this hypothesis down?"""
    kind, own = led['hyps'][h]
    up = {led['hyps'][i][0] for i, v in doubts.items() if v >= LIM}
    return (kind in ORIGINS and own and bool(up & {'RELAY', 'SPOOFED'})) or (kind == 'OPERATOR_ENV' and 'STAGED' in up) or (kind in ORIGINS and led['failed'])


def r1(L, v):
    return min(v, INS) if not L['KN'] else v


def through_r5(led, without_t=False):
    """Levels after R1 to R5, and the sums, of a ledger or of what is left of it without T."""
    below = None if without_t else through_r5(led, True)
    Ls = [ledger(led, h, without_t) for h in range(len(led['hyps']))]
    raw, v = [], []
    for h, (kind, _) in enumerate(led['hyps']):
        g = gates(led, kind, Ls[h], margin_of(led, Ls, h, Ls[h]['net']))
        raw.append(g)
        g = r1(Ls[h], g)
        v.append(g if without_t else min(g, max(below['v'][h], INS) + 1))
    doubts = {h: v[h] for h, (kind, _) in enumerate(led['hyps']) if CLASS[kind] == 'DOUBT'}
    v = [min(v[h], INS) if ceilings(led, h, doubts) else v[h] for h in range(len(v))]
    return dict(v=v, L=Ls, raw=raw, doubts=doubts, below=below)


def dropped(led, world, h, sig, without_t):
    """The level of h through R1 to R5 if the signal did not support it."""
    def one(w, no_t):
        L = ledger(led, h, no_t, sig)
        return r1(L, gates(led, led['hyps'][h][0], L, margin_of(led, w['L'], h, L['net'])))
    if without_t:
        return min(one(world, True), INS) if ceilings(led, h, world['doubts']) else one(world, True)
    low = one(world['below'], True)
    if ceilings(led, h, world['below']['doubts']):
        low = min(low, INS)
    v = min(one(world, False), max(low, INS) + 1)
    return min(v, INS) if ceilings(led, h, world['doubts']) else v


def hinges(led, world, h, without_t=False):
    here = world['v'][h]
    return sorted(s for s in world['L'][h]['signals'] if here > INS and dropped(led, world, h, s, without_t) < here)


def assess(led):
    world, out = through_r5(led), []
    for h in range(len(led['hyps'])):
        L, on = world['L'][h], hinges(led, world, h)
        step = lambda v, hangs: v - 1 if hangs and v >= MOD else v
        no_t = step(world['below']['v'][h], hinges(led, world['below'], h, True))
        level = min(step(world['v'][h], on), max(no_t, INS) + 1)
        out.append(dict(level=level, r5=world['v'][h], raw=world['raw'][h], no_t=no_t, s=L['s'], x=L['x'], net=L['net'],
                        margin=margin_of(led, world['L'], h, L['net']), K=L['K'], KH=L['KH'], TC=L['TC'], S=L['S'], X=L['X'], hinges=on))
    return out


def text_of(results):
    letters = lambda s: ''.join(sorted(s)) or '-'
    sums = lambda d: ','.join('%s%d' % (f, d[f]) for f in sorted(d)) or '-'
    return ';'.join('%d %d %d %d %d %d %d %d %s %s %s %s %s %s' % (r['level'], r['r5'], r['raw'], r['no_t'], r['s'], r['x'], r['net'], r['margin'],
                    letters(r['K']), letters(r['KH']), letters(r['TC']), sums(r['S']), sums(r['X']), ','.join(r['hinges']) or '-') for r in results)


def line_of(led):
    head = '%d %d %d %d %d %d' % (led['sensors'], led['windows'], led['review'], led['k'], led['failed'], led['disagrees'])
    hyps = ' '.join('%s:%d' % h for h in led['hyps'])
    items = ' '.join('%s/%s/%d/%d/%d/%d/%d/%d/%s' % (e['sig'], e['fam'], e['tier'], e['r'], e['q'], FORGE[e['forge']], e['h'], e['bound'],
                     ','.join(sorted(e['of'])) or '-') for e in led['items'])
    return '%s | %s | %s' % (head, hyps, items)


def random_ledger(rng):
    kinds = list(CLASS)
    hyps = [('RELAY', 0), ('STAGED', 0)] if rng.random() < .5 else []
    hyps += [(rng.choice(kinds), int(rng.random() < .4)) for _ in range(rng.randint(1, 5))]
    signals, items = sorted(FAMILY), []
    few = rng.sample(signals, rng.randint(4, len(signals)))
    for _ in range(rng.randint(0, 45)):
        s = rng.choice(few)
        r = rng.choice((1, 2, 3, 1, 2, 3, 1, 2, 3, -1, -2, -3, -4)) if rng.random() < .75 else rng.choice((2, 3))
        items.append(dict(sig=s, fam=FAMILY[s] if rng.random() < .97 else rng.choice(list(CAP)), tier=rng.randint(1, 4), r=r, q=rng.choice((8, 8, 8, rng.randint(0, 8))),
                          forge=rng.choice(list(FORGE) + ['hard', 'physical']), h=rng.randrange(len(hyps)), bound=int(rng.random() < .3),
                          of=DERIVES.get(s, set()) if rng.random() < .8 else set()))
    if rng.random() < .15:              # what would be needed for the highest level
        hyps, few = [('ORIGIN_NET', 1), ('LINKED', 0)], rng.sample(signals, 14)
        items = [dict(sig=s, fam=FAMILY[s], tier=rng.randint(2, 4), r=rng.choice((2, 3)), q=8, forge='hard', h=0, bound=1, of=set()) for s in few * 2]
        return dict(sensors=rng.randint(1, 3), windows=rng.randint(1, 3), review=rng.randint(0, 1), k=0, failed=0, disagrees=0, hyps=hyps, items=items)
    return dict(sensors=rng.randint(1, 3), windows=rng.randint(1, 3), review=rng.randint(0, 1), k=rng.choice((0, 1, 1, 2, 5, 8, 20)),
                failed=int(rng.random() < .1), disagrees=int(rng.random() < .2), hyps=hyps, items=items)


def item(sig, fam, tier, r, q, forge, h, of=()):
    return dict(sig=sig, fam=fam, tier=tier, r=r, q=q, forge=forge, h=h, bound=0, of=set(of))


def led_of(hyps, items, sensors=1, windows=1, review=0):
    return dict(sensors=sensors, windows=windows, review=review, k=0, failed=0, disagrees=0, hyps=hyps, items=[item(*i) for i in items])


def examples():
    """The three worked examples of the method."""
    a, b, relay, staged, env = range(5)
    hyps = [('ORIGIN_AREA', 1), ('ORIGIN_AREA', 0), ('RELAY', 0), ('STAGED', 0), ('OPERATOR_ENV', 0)]
    one = [('S02', 'T', 1, 1, 8, 'moderate', a), ('S03', 'T', 1, 2, 8, 'moderate', a), ('S04', 'T', 1, 1, 8, 'hard', a), ('S05', 'T', 1, 1, 8, 'moderate', a)]
    two = one + [('S08', 'P', 2, 1, 8, 'physical', a), ('S10', 'P', 3, -2, 8, 'moderate', a), ('S10', 'P', 3, 3, 8, 'moderate', relay),
                 ('S34', 'E', 1, 2, 8, 'hard', relay), ('S34', 'E', 1, -1, 8, 'hard', a), ('S15', 'H', 2, 2, 8, 'trivial', staged),
                 ('S15', 'H', 2, 1, 8, 'trivial', relay), ('S24', 'L', 4, 1, 8, 'trivial', a), ('S24', 'L', 4, -1, 8, 'trivial', env),
                 ('S28', 'C', 4, 2, 6, 'moderate', env), ('S28', 'C', 4, -2, 6, 'moderate', a), ('S28', 'C', 4, 1, 6, 'moderate', b),
                 ('S24', 'L', 4, 2, 8, 'trivial', staged), ('S28', 'C', 4, 1, 6, 'moderate', staged)]
    net, other, relay3 = range(3)
    hyps3 = [('ORIGIN_NET', 1), ('ORIGIN_AREA', 0), ('RELAY', 0), ('STAGED', 0)]
    three = [('S02', 'T', 1, 1, 8, 'moderate', net), ('S04', 'T', 1, 3, 8, 'hard', net), ('S08', 'P', 2, 1, 8, 'physical', net),
             ('S07', 'P', 2, 1, 8, 'moderate', net), ('S10', 'P', 3, 2, 8, 'physical', net), ('S10', 'P', 3, -2, 8, 'physical', relay3),
             ('S08', 'P', 2, -4, 8, 'physical', other), ('S03', 'T', 1, 2, 8, 'moderate', other), ('S25', 'L', 4, 2, 8, 'trivial', other),
             ('S16', 'H', 2, 2, 8, 'hard', net), ('S15', 'H', 2, 1, 8, 'moderate', net), ('S20', 'A', 3, 1, 8, 'trivial', net),
             ('S31', 'I', 3, 2, 8, 'hard', net)]
    return [led_of(hyps, one), led_of(hyps, two, windows=2), led_of(hyps3, three, windows=2), led_of(hyps3, three)]


def ask(driver, ledgers):
    text = subprocess.run([driver], input='\n'.join(map(line_of, ledgers)) + '\n', capture_output=True, text=True, check=True).stdout.splitlines()
    if len(text) != len(ledgers):
        sys.exit('%d answers to %d ledgers' % (len(text), len(ledgers)))
    return text


def compare(driver, count, seed):
    rng, seen, wrong = random.Random(seed), {}, 0
    for at in range(0, count, 5000):
        ledgers = [random_ledger(rng) for _ in range(min(5000, count - at))]
        for led, got in zip(ledgers, ask(driver, ledgers)):
            results = assess(led)
            for h, r in zip(led['hyps'], results):
                key = (CLASS[h[0]], NAMES[r['level']])
                seen[key] = seen.get(key, 0) + 1
            if text_of(results) != got:
                wrong += 1
                print('differs:', line_of(led), '\n model  ', text_of(results), '\n program', got)
                if wrong == 3:
                    sys.exit(1)
    print('%d random ledgers, %d differ; levels seen: %s' % (count, wrong, ', '.join('%s %s %d' % (*k, n) for k, n in sorted(seen.items()))))
    return wrong


def check_examples(driver):
    """The figures that the method prints, of the model and of the program."""
    leds = examples()
    res, got = [assess(l) for l in leds], ask(driver, leds)
    assert [text_of(r) for r in res] == got, got
    e1, e2, e3, e3one = res
    assert (e1[0]['s'], e1[0]['K'], e1[0]['level']) == (48, {'T'}, INS)
    assert e2[0]['S'] == dict(T=48, P=30, L=7) and e2[0]['X'] == dict(P=35, C=26, E=22) and (e2[0]['s'], e2[0]['x'], e2[0]['net'], e2[0]['level']) == (85, 83, 2, INS)
    assert e2[2]['S'] == dict(P=50, E=52, H=7) and (e2[2]['net'], e2[2]['K'], e2[2]['r5']) == (109, {'P', 'E'}, MOD)
    assert (e2[3]['s'], e2[3]['level'], e2[4]['net'], e2[4]['level']) == (45, INS, 19, INS), (e2[3], e2[4])
    assert e3[0]['S'] == dict(T=60, P=81, H=55, A=7, I=52) and (e3[0]['net'], e3[0]['K'], e3[0]['KH'], e3[0]['margin']) == (255, set('TPHI'), set('PHI'), 325)
    assert (e3[0]['r5'], e3[0]['no_t'], e3[2]['net'], e3one[0]['r5']) == (MOD, LIM, -70, LIM)
    assert (e3[1]['level'], e3[1]['s']) == (EX, 52)
    # What R6 makes of them, which the printed figures leave out: both hang by single signals.
    assert (e2[2]['level'], e2[2]['hinges']) == (LIM, ['S10', 'S34']) and (e3[0]['level'], e3[0]['hinges']) == (LIM, ['S04', 'S10', 'S16', 'S31']), (e2[2], e3[0])
    print('worked examples: as printed')


if __name__ == '__main__':
    if sys.argv[1] == 'examples':
        for n, led in enumerate(examples(), 1):
            print('example %d' % n)
            for h, r in zip(led['hyps'], assess(led)):
                print('  %-13s %-13s' % (h[0], NAMES[r['level']]), {k: r[k] for k in ('s', 'x', 'net', 'margin', 'S', 'X', 'hinges')}, 'before R6', NAMES[r['r5']])
    else:
        check_examples(sys.argv[2])
        sys.exit(bool(compare(sys.argv[2], int(sys.argv[3]), int(sys.argv[4]) if len(sys.argv) > 4 else 5)))
