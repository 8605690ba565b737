#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""report_browser.py CHROMIUM FOLDER AXE|- ENGLISH.html ARABIC.html: what a person with a browser meets in a report.

Scripts on and off, the console, what the policy of the page refuses, requests, widths, light and dark, right to left, text over text in pictures, the
keyboard, paper, and (with AXE, axe.min.js) the rules of axe-core. Pictures of the page are written to FOLDER. One line for each failure."""
import os
import sys

from browser import Browser

WIDTHS = (1280, 768, 400)
FOREIGN = 'https://192.0.2.1/'
failures, checks = [], 0


def check(fine, what):
    global checks
    checks += 1
    if not fine:
        failures.append(what)
        print('FAILED: ' + what)


# Letters of a picture that lie over other ones, and the smallest ones; halos are the same letters again.
TEXTS = """(() => {
  const over = [], small = [];
  for (const svg of document.querySelectorAll('svg[role=img]')) {
    const texts = [...svg.querySelectorAll('text:not(.p-halo)')].map(t => [t, t.getBoundingClientRect()]);
    const scroller = svg.closest('.scroll');
    for (const [t, a] of texts) {
      const size = parseFloat(getComputedStyle(t).fontSize) * svg.getBoundingClientRect().width / svg.viewBox.baseVal.width;
      if (size < 8.5) small.push(t.textContent + ' ' + size.toFixed(1));
      for (const [u, b] of texts)
        if (t !== u && a.left + 1 < b.right && b.left + 1 < a.right && a.top + 3 < b.bottom && b.top + 3 < a.bottom) over.push(t.textContent + ' / ' + u.textContent);
    }
  }
  return {over, small};
})()"""

# Everything that a keyboard is to reach, as the browser sees it.
REACHED = """[...document.querySelectorAll('a[href], button, input, select, textarea, summary, [tabindex="0"]')]
  .filter(e => e.checkVisibility() && !e.disabled)"""


def widths(page, folder, name, schemes, most):
    for scheme in schemes:
        page.scheme(scheme)
        for width in WIDTHS:
            page.size(width)
            check(page.value('document.scrollingElement.scrollWidth') <= width, '%s: wider than %d pixels' % (name, width))
            found = page.value(TEXTS)
            check(not found['over'], '%s, %d: text over text: %s' % (name, width, found['over'][:3]))
            check(not found['small'], '%s, %d: letters too small: %s' % (name, width, found['small'][:3]))
            page.picture(os.path.join(folder, '%s-%d-%s.png' % (name, width, scheme)), width, most)


def accessibility(page, axe, name):
    page.value(axe + '; 0')
    found = page.value("axe.run(document, {resultTypes: ['violations']}).then(r => ({rules: r.passes.length, "
                       "wrong: r.violations.map(v => v.id + ': ' + v.nodes.slice(0, 2).map(n => n.target.join(' ') + ' ' + n.failureSummary).join(' | '))}))")
    check(found['rules'] > 10, name + ': axe-core did not look')
    check(not found['wrong'], '%s: axe-core: %s' % (name, found['wrong']))


def keyboard(page, name, most):
    wanted = page.value('window.reach = %s; window.reach.length' % REACHED)
    page.value('document.body.focus(); window.seen = []; document.addEventListener("focusin", e => window.seen.push(window.reach.indexOf(e.target))); 0')
    for _ in range(min(wanted, most)):
        page.press_tab()
    seen = page.value('window.seen')
    check(seen == list(range(min(wanted, most))), '%s: the keyboard went to %s... of %d, not one after the other' % (name, seen[:20], wanted))
    check(page.value('getComputedStyle(document.activeElement).outlineStyle') != 'none', name + ': it is not seen where the keyboard is')


def hostile(page, path, folder):
    """The same page, with what a forger or a broken filter might have added: nothing of it may happen."""
    added = ('<script>document.title = "run"</script><style>body { outline: 7px solid red }</style><p id="styled" style="position:fixed">x</p>'
             '<img id="far" src="%spicture.png" alt=""><img id="odd" src="x" onerror="document.title=\'run\'" alt=""><iframe src="%s"></iframe>'
             '<link rel="stylesheet" href="%sstyle.css"><script src="%sscript.js"></script>' % ((FOREIGN,) * 4))
    with open(path, encoding='utf-8') as f:
        text = f.read()
    changed = os.path.join(folder, 'injected.html')
    with open(changed, 'w', encoding='utf-8') as f:
        f.write(text.replace('</body>', added + '</body>'))
    page.open(changed)
    check(page.value('document.title') != 'run', 'an injected script ran')
    check(page.value('getComputedStyle(document.body).outlineWidth') != '7px', 'an injected style holds')
    check(page.value('getComputedStyle(document.getElementById("styled")).position') == 'static', 'an injected style attribute holds')
    check(page.value('document.getElementById("far").naturalWidth') == 0, 'an injected picture was loaded')
    # Chromium announces a request before the policy refuses it: what counts is that none was answered, and that it says so.
    answered = [e['params']['response']['url'] for e in page.browser.events if e['method'] == 'Network.responseReceived' and e['params']['response']['url'].startswith('http')]
    check(not answered, 'something was loaded: %s' % answered)
    said = [s for s in page.talk() if 'Content Security Policy' in s or 'violates the following' in s]
    check(len(said) >= 6, 'the policy refused %d things of 6 or more: %s' % (len(said), said))
    os.unlink(changed)


def without_scripts(page, path):
    page.scripts(False)
    page.open(path)
    headings = page.value('[...document.querySelectorAll("section[id]")].map(s => [s.id, s.getBoundingClientRect().height])')
    check(len(headings) >= 8 and all(height > 10 for _, height in headings), 'without scripts some section is empty: %s' % headings)
    check(page.value('[...document.querySelectorAll("input, button")].filter(e => e.checkVisibility()).length') == 0, 'without scripts something is shown that needs them')
    check(not page.talk(), 'without scripts the console says: %s' % page.talk())
    page.scripts(True)


def filtering(page):
    """The filter of records, if the page has one: a word that nothing has leaves no row."""
    if not page.value('!!document.querySelector("input[type=search]")'):
        return
    shown = 'document.querySelectorAll("#s-records tbody tr:not([hidden])").length'
    before = page.value(shown)
    page.value('(() => { const q = document.querySelector("input[type=search]"); q.value = "nothing has this word"; q.dispatchEvent(new Event("input")); })()')
    check(before > 0 and page.value(shown) == 0, 'the filter leaves %s of %s records' % (page.value(shown), before))
    page.value('(() => { const q = document.querySelector("input[type=search]"); q.value = ""; q.dispatchEvent(new Event("input")); })()')
    check(page.value(shown) == before, 'an empty filter hides records')


def main():
    chromium, axe_path = sys.argv[1], sys.argv[3]
    folder, english, arabic = (os.path.abspath(name) for name in (sys.argv[2], sys.argv[4], sys.argv[5]))
    long_run = bool(os.environ.get('INDICIA_LONG'))
    most = 12000 if long_run else 6000
    axe = '' if axe_path == '-' else open(axe_path, encoding='utf-8').read()
    with Browser(chromium) as browser:
        page = browser.page()
        page.size(1280)
        page.open(english)
        check(not page.talk(), 'the console says: %s' % page.talk())
        asked = page.requests()
        check(asked == ['file://' + english], 'requests: %s' % asked)
        check(page.value('document.querySelectorAll("svg[role=img]").length') >= 2, 'there are no pictures')
        filtering(page)
        keyboard(page, 'english', 2000 if long_run else 150)
        widths(page, folder, 'english', ('light', 'dark'), most)
        for scheme in ('light', 'dark') if axe else ():
            page.scheme(scheme)
            page.size(1280)
            accessibility(page, axe, 'english, ' + scheme)
        page.scheme('light')
        pages = page.pdf(os.path.join(folder, 'english.pdf'))
        check(pages >= 2, 'on paper: %d pages' % pages)
        without_scripts(page, english)
        hostile(page, english, folder)
        page.open(arabic)
        check(page.value('document.documentElement.dir') == 'rtl', 'arabic does not go from right to left')
        check(not page.talk(), 'arabic: the console says: %s' % page.talk())
        widths(page, folder, 'arabic', ('light', 'dark') if long_run else ('light',), most)
        if axe:
            page.size(1280)
            accessibility(page, axe, 'arabic')
    print('%d checks, %d failed; %d pages on paper' % (checks, len(failures), pages))
    raise SystemExit(bool(failures))


if __name__ == '__main__':
    main()
