#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""language.py [ROOT] [FILE...]: holds catalogues, and pages and letters that were made (*.html, *.txt), to the language contract (docs/languages.md).
language.py --selftest ROOT: plants one hit of each kind and expects it to be found.
language.py --digests ROOT: prints what collector/report/po/fixed.sha256 is to hold.

Of catalogues: Spanish is complete; places for data are those of the English message; fixed sentences are those whose SHA-256 is listed, and the
caution is translated where an official text is at hand and nowhere else; no other message holds words of collector/letter/forbidden.def, a per cent
figure, a name of a country, of its people, or an ISO 3166 code. Of pages the same is asked of all that is not data: what stands in an element for data
(bdi, code, pre, data, q) or for a data set's claim (class "claim") is left out, and so are fixed sentences. Exit status 1 if there is any hit."""
import gettext
import glob
import hashlib
import html.parser
import json
import os
import re
import sys

PO, WORDS = 'collector/report/po', 'collector/letter/forbidden.def'
ISO = '/usr/share/iso-codes/json/iso_3166-1.json'
OFFICIAL = {'es'}
COMPLETE = {'es'}
# Measures of the method, as in "within 1 %", are not shares of belief.
MEASURES = 'collector/assess/rules.def'
# Codes that are words of this field, or of a language in capitals.
NOT_CODES = {'KN', 'KH', 'TC', 'AS', 'ID', 'IN', 'IS', 'IT', 'NO', 'TO', 'BE', 'DE', 'LA', 'ES', 'SE', 'SI', 'AND', 'ARE', 'TLS', 'CAN', 'NON', 'PER', 'SUR', 'EST', 'DOM'}
# Arabic is written with or without them.
SHORT_VOWELS = re.compile('[\u064b-\u0652]')
# Of the people of a country, as stems: what iso-codes does not have.
PEOPLE = {
    'en': 'Afghan|Algerian|American|Argentin|Australian|Austrian|Belarusian|Belgian|Brazilian|British|Bulgarian|Canadian|Chilean|Chinese|Colombian|Cuban|Czech|Danish|Dutch|Egyptian|'
          'Estonian|Finnish|French|German|Greek|Hungarian|Indian|Indonesian|Iranian|Iraqi|Irish|Israeli|Italian|Japanese|Kazakh|Korean|Latvian|Lebanese|Lithuanian|Mexican|Moroccan|Nigerian|'
          'Norwegian|Pakistani|Palestinian|Peruvian|Polish|Portuguese|Romanian|Russian|Saudi|Serbian|Slovak|Spanish|Swedish|Swiss|Syrian|Thai|Turkish|Ukrainian|Venezuelan|Vietnamese',
    'es': 'alem[aá]n|argentin|australian|austriac|bielorrus|belga|brasileñ|británic|búlgar|canadiens|chilen|chin[oa]s?\\b|colombian|coreano|cuban|dan[eé]s|egipci|español|estadounidens|estoni|'
          'finland[eé]s|franc[eé]s|griego|húngar|indonesi|iraní|iraquí|irland[eé]s|israelí|italian|japon[eé]s|kazaj|lituan|marroquí|mexican|norueg|norteamerican|pakistaní|palestin|peruan|polac|'
          'portugu[eé]s|rumano|rus[oa]s?\\b|saudí|serbio|siri[oa]s?\\b|suec|suiz|turc[oa]s?\\b|ucranian|venezolan|vietnamit',
    'fr': 'allemand|américain|argentin|australien|autrichien|biélorusse|belge|brésilien|britannique|bulgare|canadien|chilien|chinois|colombien|coréen|cubain|danois|égyptien|espagnol|'
          'estonien|finlandais|français|grec(que)?s?\\b|hongrois|indien|iranien|irakien|irlandais|israélien|italien|japonais|marocain|mexicain|norvégien|pakistanais|palestinien|polonais|portugais|'
          'roumain|russe|saoudien|serbe|suédois|suisse|syrien|turc\\b|ukrainien|vénézuélien|vietnamien',
    'ru': 'американ|аргентин|австрали|австрийск|белорус|бельгийск|бразильск|британск|болгарск|канадск|китайск|корейск|кубинск|датск|египетск|испанск|эстонск|финск|французск|немецк|'
          'греческ|венгерск|индийск|иранск|иракск|израильск|итальянск|японск|казахск|мексиканск|норвежск|пакистанск|палестинск|польск(ий|ая|ое|ие)|португальск|румынск|русск|российск|саудовск|сербск|шведск|'
          'швейцарск|сирийск|турецк|украинск|венесуэльск|вьетнамск',
    'zh_CN': '[中美俄英法德日韩印]国人|俄方|美方|中方',
    'ar': 'أمريكي|ألماني|أسترالي|برازيلي|بريطاني|كندي|صيني|كوري|كوبي|مصري|إسباني|فرنسي|يوناني|هندي|إيراني|عراقي|إسرائيلي|إيطالي|ياباني|مغربي|مكسيكي|باكستاني|فلسطيني|بولندي|روسي|سعودي|سوري|تركي(?!ب)|أوكراني|فنزويلي',
}


# ---- catalogues ----

class Entry:
    def __init__(self, block):
        def text(key):
            m = re.search(r'^%s ((?:"(?:\\.|[^"\\])*"\n?)+)' % key, block, re.M)
            return None if not m else re.sub(r'\\(.)', lambda c: {'n': '\n', 't': '\t'}.get(c.group(1), c.group(1)), ''.join(re.findall(r'"((?:\\.|[^"\\])*)"', m.group(1))))
        self.message, self.plural = text('msgid'), text('msgid_plural')
        self.texts = [text('msgstr')] if self.plural is None else [text(r'msgstr\[%d\]' % n) for n in range(6)]
        self.texts = [t for t in self.texts if t is not None]
        self.fuzzy = bool(re.search(r'^#,.*\bfuzzy\b', block, re.M))
        fixed = re.search(r'^#\. fixed: (\w+)', block, re.M)
        self.fixed = fixed.group(1) if fixed else None
        self.measure = MEASURES in block
        self.translated = bool(self.texts) and all(self.texts) and not self.fuzzy


def catalogue(path):
    with open(path, encoding='utf-8') as f:
        entries = [Entry(b) for b in re.split(r'\n\s*\n', f.read()) if re.search(r'^msgid ', b, re.M) and not b.startswith('#~')]
    return [e for e in entries if e.message]


def places(text):
    """What stands in a text for data: %u, {1}, and options of the command line."""
    return sorted(re.findall(r'%(?:\d+\$)?[-+ #0]*\d*(?:\.\d+)?(?:hh|h|ll|l|z)?[diuxXcs]\b|\{\d\}|--[a-z][a-z-]+', text))


# ---- words ----

class Words:
    def __init__(self, root):
        self.banned, self.names = {}, {}
        with open(os.path.join(root, WORDS), encoding='utf-8') as f:
            for language, words in re.findall(r'^FORBIDDEN\((\w+), "([^"]+)"\)', f.read(), re.M):
                self.banned.setdefault(language, []).append((words, self.pattern(language, words)))
        if len(self.banned) < 6:
            raise SystemExit(f'{WORDS}: a language has no words')
        with open(ISO, encoding='utf-8') as f:
            self.areas = json.load(f)['3166-1']
        self.left_out = sorted({' '.join(t.split()) for po in glob.glob(os.path.join(root, PO, '*.po*')) for e in catalogue(po)
                                if e.fixed or e.measure for t in [e.message] + e.texts if t}, key=len, reverse=True)
        self.codes = {a[k] for a in self.areas for k in ('alpha_2', 'alpha_3')} - NOT_CODES

    @staticmethod
    def pattern(language, words):
        text = re.escape(words.rstrip('*')).replace(r'\ ', r'\s+')
        if language == 'zh_CN':
            return re.compile(text, re.I)
        return re.compile(r'(?<!\w)' + text + ('' if words.endswith('*') else r'(?!\w)'), re.I)

    def countries(self, language):
        """Names in the language and in English, as one pattern. Of inflected Russian names the ends are left open."""
        if language in self.names:
            return self.names[language]
        try:
            translate = gettext.translation('iso_3166-1', '/usr/share/locale', [language]).gettext if language != 'en' else str
        except OSError:
            raise SystemExit(f'no names of countries in {language}: is the Debian package iso-codes whole?')
        names = set()
        for area in self.areas:
            for key in ('name', 'common_name'):
                for name in {area.get(key), translate(area[key]) if key in area else None} - {None}:
                    names |= {name, name.split(',')[0].split(' (')[0]}
        parts = []
        names = {SHORT_VOWELS.sub('', n) for n in names}
        for name in sorted(n for n in names if len(n) > (1 if language == 'zh_CN' else 3)):
            bare = name.isascii() or language not in ('ru', 'zh_CN')
            if language == 'ar' and not name.isascii():
                parts.append(r'(?<!\w)[وفبلك]{0,2}' + re.sub('^ال', '(?:ال|ل)?', re.escape(name)) + r'(?!\w)')
            elif bare:
                parts.append(r'(?<!\w)' + re.escape(name) + r'(?!\w)')
            elif language == 'ru':
                parts.append(r'(?<!\w)' + re.escape(name[:-1] if name[-1] in 'аяийеоы' and len(name) > 4 else name) + r'[а-я]{0,3}(?!\w)')
            else:
                parts.append(re.escape(name))
        self.names[language] = re.compile('|'.join(parts))
        return self.names[language]

    def hits(self, language, text, measure=False):
        text = SHORT_VOWELS.sub('', text)
        for words, pattern in self.banned.get(language, []) + (self.banned['en'] if language != 'en' else []):
            if pattern.search(text):
                yield f'says "{pattern.search(text).group(0)}" (forbidden: {words})'
        if not measure and re.search(r'\d\s?[%٪％]', text):
            yield f'a share: "{re.search(r"[0-9٠-٩.,]+.?[%٪％]", text).group(0)}"'
        found = self.countries(language).search(text)
        if found:
            yield f'names a country or area: "{found.group(0)}"'
        found = re.search(r'(?<!\w)(?:%s)' % PEOPLE[language], text, 0 if language == 'en' else re.I)
        if found:
            yield f'names a people: "{found.group(0)}"'
        for code in re.findall(r'(?<![\w.-])[A-Z]{2,3}(?![\w.-])', text):
            if code in self.codes:
                yield f'an ISO 3166 code: "{code}"'


# ---- what is checked ----

def digests(root):
    """Lines of fixed.sha256: digest, language, sentence."""
    lines = []
    for path in sorted(glob.glob(os.path.join(root, PO, '*.po*'))):
        language = 'en' if path.endswith('.pot') else os.path.basename(path)[:-3]
        for e in catalogue(path):
            text = e.message if language == 'en' else e.texts[0]
            if e.fixed and text:
                lines.append(f'{hashlib.sha256(text.encode()).hexdigest()}  {language} {e.fixed}')
    return sorted(lines, key=lambda line: line.split()[1:])


def check_catalogues(root, words, tell):
    with open(os.path.join(root, PO, 'fixed.sha256'), encoding='utf-8') as f:
        listed = [line.rstrip('\n') for line in f]
    for line in digests(root):
        if line not in listed:
            tell(f'{PO}/fixed.sha256', f'not the listed text of a fixed sentence: {line[66:]}')
    for line in sorted(set(listed) - set(digests(root))):
        tell(f'{PO}/fixed.sha256', f'lists what no catalogue holds: {line[66:]}')
    template = {e.message: e for e in catalogue(os.path.join(root, PO, 'indicia.pot'))}
    for e in template.values():
        for text in [] if e.fixed else [e.message] + [e.plural] * bool(e.plural):
            for hit in words.hits('en', text, e.measure):
                tell('indicia.pot', f'{hit}: {text}')
    for path in sorted(glob.glob(os.path.join(root, PO, '*.po'))):
        check_catalogue(path, os.path.basename(path)[:-3], template, words, tell)


def check_catalogue(path, language, template, words, tell):
    name, entries = os.path.basename(path), catalogue(path)
    if {e.message for e in entries} != set(template):
        tell(name, 'is not of the messages of indicia.pot: run deploy/languages/messages')
    for e in entries:
        if not e.translated:
            if language in COMPLETE or any(e.texts):
                tell(name, f'is not translated: {e.message}')
            continue
        if e.fixed == 'CAUTION' and language not in OFFICIAL:
            tell(name, 'translates the caution, and no official text of this language is at hand')
        for text in e.texts:
            if places(text) != places(e.message) and places(text) != places(e.plural or e.message):
                tell(name, f'has other places for data than "{e.message}": {text}')
            for hit in [] if e.fixed else words.hits(language, text, e.measure):
                tell(name, f'{hit}: {text}')


class Page(html.parser.HTMLParser):
    """The text of a page that is not data, by the language of its element."""
    DATA = {'bdi', 'code', 'pre', 'data', 'q', 'script', 'style', 'template'}
    VOID = {'meta', 'link', 'br', 'hr', 'img', 'input', 'col', 'wbr', 'source', 'area', 'base', 'embed', 'track', 'param'}

    def __init__(self):
        super().__init__()
        self.stack, self.runs = [], []

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        above = self.stack[-1] if self.stack else ('', 'en', False)
        left_out = above[2] or tag in self.DATA or 'claim' in (attributes.get('class') or '').split()
        language = {'zh-Hans': 'zh_CN'}.get(attributes.get('lang'), attributes.get('lang')) or above[1]
        for key in ('title', 'alt', 'aria-label', 'placeholder'):
            if attributes.get(key) and not left_out:
                self.runs.append((language, attributes[key]))
        if tag not in self.VOID:
            self.stack.append((tag, language, left_out))

    def handle_startendtag(self, tag, attributes):
        self.handle_starttag(tag, attributes)
        if tag not in self.VOID:
            self.stack.pop()

    def handle_endtag(self, tag):
        while self.stack and self.stack.pop()[0] != tag:
            pass

    def handle_data(self, text):
        above = self.stack[-1] if self.stack else ('', 'en', False)
        if not above[2] and text.strip():
            self.runs.append((above[1], ' '.join(text.split())))


def letter_runs(path, text):
    """Of a letter in text: its name says its language, as in letter.es.txt; data and quotes are the lines that begin with '|'."""
    language = re.search(r'\.(\w+)\.txt$', path)
    kept = [line for line in text.splitlines() if not line.startswith('|')]
    return [(language.group(1) if language else 'en', ' '.join(' '.join(kept).split()))]


def check_page(path, root, words, tell):
    with open(path, encoding='utf-8') as f:
        text = f.read()
    if path.endswith('.html'):
        page = Page()
        page.feed(text)
        runs = page.runs
    else:
        runs = letter_runs(path, text)
    if not runs:
        tell(path, 'holds no text')
    for language, run in runs:
        for sentence in words.left_out:
            run = run.replace(sentence, ' ')
        for hit in words.hits(language if language in PEOPLE else 'en', run):
            tell(path, f'{hit}: {run[:160]}')


def check(root, files, words=None):
    found = []

    def tell(path, what):
        found.append(f'{path}: {what}')
    words = words or Words(root)
    if not files:
        check_catalogues(root, words, tell)
    for path in files:
        check_page(path, root, words, tell)
    return found


# ---- the check can fail ----

HEAD = '<!doctype html><html lang="%s"><body><p>-</p>%s</body></html>'
PLANTS = [  # language, text that must be found, what is said of it
    ('en', 'The activity is attributed to a group.', 'attributed to'), ('en', 'It was state-sponsored.', 'state-sponsored'), ('en', 'who is RESPONSIBLE', 'responsib'),
    ('en', 'with high confidence', 'confidence'), ('en', 'likely at 85 % or so', 'a share'), ('en', 'the attackers', 'attacker'), ('en', 'no VPN was used', 'no VPN'),
    ('en', 'this is the real IP', 'real IP'), ('en', 'as Fancy Bear does', 'Fancy Bear'), ('en', 'like APT28', 'APT2'), ('en', 'from Portugal', 'country'), ('en', 'Swedish hosts', 'people'),
    ('en', 'origin PT', 'ISO 3166'), ('en', 'origin PRT', 'ISO 3166'),
    ('es', 'La actividad fue atribuida a un grupo', 'atribuida a'), ('es', 'el responsable', 'responsab'), ('es', 'los atacantes', 'atacante'), ('es', 'con un nivel de confianza alto', 'confianza'),
    ('es', 'al 85 %', 'a share'), ('es', 'no se usó ninguna VPN', 'VPN'), ('es', 'es la IP real', 'IP real'), ('es', 'desde Noruega', 'country'), ('es', 'entre Noruega y Suecia', 'country'), ('es', 'equipos suecos', 'people'),
    ('fr', 'attribuée à un groupe', 'attribuée'), ('fr', 'les attaquants', 'attaquant'), ('fr', 'depuis la Norvège', 'country'), ('fr', 'des hôtes suédois', 'people'), ('fr', 'adresse IP réelle', 'IP réelle'),
    ('ru', 'приписывается группе', 'приписыва'), ('ru', 'Ответственный', 'ответственн'), ('ru', 'из Норвегии', 'country'), ('ru', 'шведские узлы', 'people'),
    ('zh_CN', '该活动归因于某组织', '归因于'), ('zh_CN', '攻击者', '攻击者'), ('zh_CN', '来自挪威', 'country'), ('zh_CN', '真实 IP', '真实'), ('zh_CN', '85％', 'a share'),
    ('ar', 'المسؤول', 'المسؤول'), ('ar', 'من النرويج', 'country'), ('ar', 'درجة الثقة عالية', 'الثقة'), ('ar', 'خوادم روسية', 'people'),
]
DATA = ['<bdi>attributed to Portugal</bdi>', '<code>responsible</code>', '<span class="claim">PT (Portugal), according to geo.mmdb of 2026-11-01</span>']


def selftest(root):
    import tempfile
    words, missed = Words(root), []
    with tempfile.TemporaryDirectory() as top:
        def page(language, body):
            path = os.path.join(top, 'page.html')
            with open(path, 'w', encoding='utf-8') as f:
                f.write(HEAD % ({'zh_CN': 'zh-Hans'}.get(language, language), body))
            return check(root, [path], words)
        for language, text, want in PLANTS:
            for body in (f'<p>{text}</p>', f'<img alt="{text}">', f'<p><b>x</b> {text} <i>y</i></p>'):
                found = page(language, body)
                if not any(want in f for f in found):
                    missed.append(f'{language}: {body}: {found}')
        fixed = [e.message for e in catalogue(os.path.join(root, PO, 'indicia.pot')) if e.fixed]
        for body in DATA + [f'<p>{sentence}</p>' for sentence in fixed]:
            if page('en', body):
                missed.append(f'data or a fixed sentence was found: {body}: {page("en", body)}')
        if not page('en', f'<p>{fixed[0]} It is attributed to nobody.</p>'):
            missed.append('what stands beside a fixed sentence is not read')
        missed += selftest_catalogues(root, top, words)
    print(*missed, sep='\n', end='\n' if missed else '')
    print(f'{len(PLANTS) * 3 + len(DATA) + len(fixed) + 1 + len(SPOILS)} cases, {len(missed)} not as they should be')
    return bool(missed)


# Of a copy of the catalogues: what is changed, what must be said.
SPOILS = [
    ('es.po', r'\Z', '\n\nmsgid "a message of nobody"\nmsgstr "uno"\n', 'not of the messages'),
    ('es.po', r'msgstr "negociación inicial"', 'msgstr ""', 'is not translated: handshake'),
    ('es.po', r'msgstr "negociación inicial"', 'msgstr "negociación de un responsable"', 'responsab'),
    ('es.po', r'msgstr "negociación inicial"', 'msgstr "negociación {1}"', 'other places for data'),
    ('es.po', r'msgstr "negociación inicial"', 'msgstr "de Noruega"', 'country'),
    ('es.po', r'podría ser insuficiente', 'es insuficiente', 'not the listed text of a fixed sentence: es CAUTION'),
    ('fr.po', r'(msgid "Recognizing [^\n]*\nmsgstr )""', r'\1"Sachant que"', 'no official text of this language'),
    ('indicia.pot', r'msgid "handshake"', 'msgid "attributed to"', 'says "attributed to"'),
    ('indicia.pot', r'NOT ASSESSED', 'assessed', 'not the listed text of a fixed sentence: en O5'),
    ('fixed.sha256', r'\A', '0' * 64 + '  es GONE\n', 'lists what no catalogue holds: es GONE'),
]


def selftest_catalogues(root, top, words):
    import shutil
    missed = []
    for n, (name, pattern, text, want) in enumerate(SPOILS):
        copy = os.path.join(top, str(n))
        shutil.copytree(os.path.join(root, PO), os.path.join(copy, PO))
        path = os.path.join(copy, PO, name)
        with open(path, encoding='utf-8') as f:
            before = f.read()
        after = re.sub(pattern, text, before, count=1)
        with open(path, 'w', encoding='utf-8') as f:
            f.write(after)
        found = check(copy, [], words)
        if after == before or not any(want in f for f in found):
            missed.append(f'{name} with {text!r}: expected "{want}", found {found[:3]}')
    return missed


def main():
    args = [a for a in sys.argv[1:] if not a.startswith('--')]
    root = args[0] if args else os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', '..')
    if not os.path.exists(ISO):
        print('skipped: the Debian package iso-codes is missing')
        sys.exit(77)
    if '--selftest' in sys.argv:
        sys.exit(selftest(root))
    if '--digests' in sys.argv:
        print(*digests(root), sep='\n')
        return
    found = check(root, args[1:])
    print(*found, sep='\n', end='\n' if found else '')
    print(f'{len(found)} hits')
    sys.exit(1 if found else 0)


if __name__ == '__main__':
    main()
