# SPDX-License-Identifier: Apache-2.0
"""A headless Chromium, spoken to through a pipe (Chrome DevTools Protocol): no port is opened and no library is needed."""
import base64
import json
import os
import re
import select
import subprocess
import tempfile
import time

FLAGS = ('--headless', '--disable-gpu', '--disable-background-networking', '--disable-component-update', '--disable-default-apps', '--disable-sync', '--no-first-run',
         '--no-default-browser-check', '--hide-scrollbars', '--mute-audio', '--disable-dev-shm-usage', '--lang=en-GB', '--force-color-profile=srgb', '--remote-debugging-pipe')


class Browser:
    """with Browser('chromium') as b: page = b.page()"""

    def __init__(self, program):
        self.folder = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)  # what the browser started may write there a moment longer
        to_read, self.to = os.pipe()
        self.back, from_write = os.pipe()

        def put_pipes():
            os.dup2(to_read, 13)
            os.dup2(from_write, 14)
            os.dup2(13, 3)
            os.dup2(14, 4)
        flags = FLAGS + (('--no-sandbox',) if os.geteuid() == 0 else ())
        self.process = subprocess.Popen([program, *flags, '--user-data-dir=' + self.folder.name, 'about:blank'], preexec_fn=put_pipes, pass_fds=(3, 4),
                                        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(to_read)
        os.close(from_write)
        self.number, self.waiting, self.events = 0, b'', []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        try:
            self.ask('Browser.close', wait=60)
        except (RuntimeError, OSError):
            self.process.kill()
        self.process.wait()
        self.folder.cleanup()

    def message(self, until):
        while b'\0' not in self.waiting:
            ready, _, _ = select.select([self.back], [], [], max(0, until - time.monotonic()))
            part = os.read(self.back, 1 << 20) if ready else b''
            if not part:
                raise RuntimeError('the browser does not answer')
            self.waiting += part
        one, self.waiting = self.waiting.split(b'\0', 1)
        return json.loads(one)

    def ask(self, method, session=None, wait=120, **params):
        self.number += 1
        question = {'id': self.number, 'method': method, 'params': params}
        if session:
            question['sessionId'] = session
        os.write(self.to, json.dumps(question).encode() + b'\0')
        until = time.monotonic() + wait
        while True:
            m = self.message(until)
            if m.get('id') == self.number:
                if 'error' in m:
                    raise RuntimeError('%s: %s' % (method, m['error']['message']))
                return m['result']
            if 'method' in m:
                self.events.append(m)

    def page(self):
        target = self.ask('Target.createTarget', url='about:blank')['targetId']
        return Page(self, self.ask('Target.attachToTarget', targetId=target, flatten=True)['sessionId'])


class Page:
    def __init__(self, browser, session):
        self.browser, self.session = browser, session
        for domain in ('Page', 'Runtime', 'Log', 'Network', 'DOM'):
            self.ask(domain + '.enable')
        self.ask('Page.setLifecycleEventsEnabled', enabled=True)

    def ask(self, method, **params):
        return self.browser.ask(method, session=self.session, **params)

    def open(self, path):
        self.browser.events.clear()
        loader = self.ask('Page.navigate', url='file://' + path)['loaderId']
        until = time.monotonic() + 120
        while not any(e['method'] == 'Page.lifecycleEvent' and e['params']['name'] == 'load' and e['params']['loaderId'] == loader for e in self.browser.events):
            m = self.browser.message(until)
            if 'method' in m:
                self.browser.events.append(m)

    def value(self, expression):
        got = self.ask('Runtime.evaluate', expression=expression, returnByValue=True, awaitPromise=True)
        if 'exceptionDetails' in got:
            raise RuntimeError(json.dumps(got['exceptionDetails'])[:600])
        return got['result'].get('value')

    def talk(self):
        """What the page wrote to the console, and what the browser says of it."""
        self.value('0')
        said = []
        for e in self.browser.events:
            if e['method'] == 'Log.entryAdded':
                said.append(e['params']['entry']['text'])
            elif e['method'] == 'Runtime.consoleAPICalled':
                said.append(' '.join(str(a.get('value', a.get('description'))) for a in e['params']['args']))
            elif e['method'] == 'Runtime.exceptionThrown':
                said.append(e['params']['exceptionDetails']['text'])
        return said

    def requests(self):
        self.value('0')
        return [e['params']['request']['url'] for e in self.browser.events if e['method'] == 'Network.requestWillBeSent']

    def size(self, width, height=900):
        self.ask('Emulation.setDeviceMetricsOverride', width=width, height=height, deviceScaleFactor=1, mobile=False)

    def scheme(self, name, media=''):
        self.ask('Emulation.setEmulatedMedia', media=media, features=[{'name': 'prefers-color-scheme', 'value': name}])

    def scripts(self, on):
        self.ask('Emulation.setScriptExecutionDisabled', value=not on)

    def picture(self, path, width, most_height):
        tall = min(most_height, self.value('document.documentElement.scrollHeight'))
        shot = self.ask('Page.captureScreenshot', captureBeyondViewport=True, clip={'x': 0, 'y': 0, 'width': width, 'height': tall, 'scale': 1})
        with open(path, 'wb') as f:
            f.write(base64.b64decode(shot['data']))

    def press_tab(self):
        for kind in ('keyDown', 'keyUp'):
            self.ask('Input.dispatchKeyEvent', type=kind, key='Tab', code='Tab', windowsVirtualKeyCode=9)

    def pdf(self, path):
        """Prints, and says how many pages came out."""
        with open(path, 'wb') as f:
            f.write(base64.b64decode(self.ask('Page.printToPDF', preferCSSPageSize=True, printBackground=True)['data']))
        with open(path, 'rb') as f:
            return len(re.findall(rb'/Type\s*/Page\b(?!s)', f.read()))
