#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""report_check.py PAGE [ASSESSMENT.json]: holds one report to what docs/report.md promises of every report: well-formed, every link leads
somewhere, nothing is loaded, nothing is run but its own script, what cannot be seen is shown, areas stand only inside claims. With an assessment:
every record that it cites stands on the page, linked. Prints a line per fault and the number of checks; exit status 1 if there is any."""
import base64
import hashlib
import json
import re
import sys
from html.parser import HTMLParser

VOID = {'meta', 'br', 'input', 'hr', 'img', 'link'}
HIDDEN = re.compile('[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]')


class Page(HTMLParser):
    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.stack, self.faults, self.ids, self.links, self.blocks, self.policy = [], [], [], [], [], ''
        self.texts = {}
        self.feed(text)
        self.close()
        if self.stack:
            self.faults.append(f'not closed: {self.stack}')

    def handle_starttag(self, tag, attrs):
        for name, value in attrs:
            self.attribute(tag, name, value or '')
        if tag == 'meta' and dict(attrs).get('http-equiv'):
            self.policy = dict(attrs)['content']
        if tag not in VOID:
            self.stack.append((tag, dict(attrs).get('class', '')))
        if tag in ('script', 'style'):
            self.blocks.append((tag, ''))

    def handle_startendtag(self, tag, attrs):
        for name, value in attrs:
            self.attribute(tag, name, value or '')

    def attribute(self, tag, name, value):
        if name == 'id':
            self.ids.append(value)
        if name == 'href':
            self.links.append(value)
        if name == 'style' or name.startswith('on') or name in ('src', 'srcset', 'action', 'xlink:href', 'formaction'):
            self.faults.append(f'<{tag}> has {name}')
        if 'url(' in value and not re.fullmatch(r'url\(#[\w-]+\)', value):
            self.faults.append(f'<{tag} {name}> loads {value}')

    def handle_endtag(self, tag):
        if not self.stack or self.stack[-1][0] != tag:
            self.faults.append(f'</{tag}> closes {self.stack[-1:]} in line {self.getpos()[0]}')
        else:
            self.stack.pop()

    def handle_data(self, data):
        if self.stack and self.stack[-1][0] in ('script', 'style'):
            self.blocks[-1] = (self.blocks[-1][0], self.blocks[-1][1] + data)
            return
        # What stands in English for want of a translation is a text of the element around it.
        above = self.stack[-2:-1] if self.stack and self.stack[-1] == ('span', '') else self.stack[-1:]
        for _, class_name in above:
            self.texts.setdefault(class_name, []).append(data)


def main():
    text = open(sys.argv[1], encoding='utf-8', newline='').read()
    page, checks = Page(text), 0
    faults = page.faults

    def check(ok, what):
        nonlocal checks
        checks += 1
        if not ok:
            faults.append(what)

    check(not HIDDEN.search(text.replace('\n', '').replace('\t', '')), 'a character that cannot be seen is in the page')
    check(len(page.ids) == len(set(page.ids)), f'ids are given twice: {sorted({i for i in page.ids if page.ids.count(i) > 1})[:5]}')
    for link in set(page.links):
        check(link.startswith('#') and link[1:] in page.ids, f'a link leads nowhere: {link}')
    check([tag for tag, _ in page.blocks] == ['style'] * (len(page.blocks) - 1) + ['script'], f'blocks: {[t for t, _ in page.blocks]}')
    for tag, body in page.blocks:
        digest = base64.b64encode(hashlib.sha256(body.encode()).digest()).decode()
        check(f"'sha256-{digest}'" in page.policy, f'the policy does not know the <{tag}>')
        check('http' not in body and 'url(' not in body, f'the <{tag}> names something outside')
    check("default-src 'none'" in page.policy, 'the policy lets things be loaded')
    for needed in ('pp8', 'o5'):
        check(len(page.texts.get(needed, [])) == 1, f'{needed} is not one text: {len(page.texts.get(needed, []))}')
    if len(sys.argv) > 2:
        anchors = {i for i in page.ids if i.startswith('r-')}
        for subject in json.load(open(sys.argv[2]))['subjects'][:8]:
            for hypothesis in subject['hypotheses']:
                for item in hypothesis['items']:
                    for record in item['records']:
                        name = 'r-' + record.replace(':', '-')
                        check(name in anchors and '#' + name in page.links, f'{record} is cited and not there')
    for fault in faults:
        print(f'{sys.argv[1]}: {fault}')
    print(f'{checks} checks')
    return bool(faults)


sys.exit(main())
