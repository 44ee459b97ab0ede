"""A headless Chromium for the programs of this folder."""
import contextlib
import json
import os
import subprocess
import sys
import tempfile
import time


class Chromium:
    """A headless browser by its debugging pipe: file descriptors 3 and 4, a message ends with a zero byte."""

    def __enter__(self):
        self.folder = tempfile.TemporaryDirectory(prefix='waiide-chromium-')
        theirs_in, self.out = os.pipe()
        self.incoming, theirs_out = os.pipe()
        # The shell puts the ends where the browser expects them; there they are free.
        line = f'exec chromium-headless-shell --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync --remote-debugging-pipe --user-data-dir="$0" about:blank 3<&{theirs_in} 4>&{theirs_out}'
        self.process = subprocess.Popen(['bash', '-c', line, self.folder.name], pass_fds=(theirs_in, theirs_out), stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        os.close(theirs_in)
        os.close(theirs_out)
        self.left, self.number, self.session = b'', 0, None
        page = next(target for target in self.call('Target.getTargets')['targetInfos'] if target['type'] == 'page')
        self.session = self.call('Target.attachToTarget', targetId=page['targetId'], flatten=True)['sessionId']
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(20)
        self.folder.cleanup()

    def call(self, method, **parameters):
        self.number += 1
        message = {'id': self.number, 'method': method, 'params': parameters, **({'sessionId': self.session} if self.session else {})}
        os.write(self.out, json.dumps(message).encode() + b'\0')
        while True:
            answer = self.receive()
            if answer.get('id') == self.number:
                if 'error' in answer:
                    raise RuntimeError(answer['error']['message'])
                return answer['result']

    def receive(self):
        while b'\0' not in self.left:
            self.left += os.read(self.incoming, 1 << 20) or sys.exit('bench: chromium has ended.')
        message, self.left = self.left.split(b'\0', 1)
        return json.loads(message)

    def run(self, script):
        with contextlib.suppress(RuntimeError):  # The page it ran in has just gone.
            return self.call('Runtime.evaluate', expression=script, awaitPromise=True, returnByValue=True)['result'].get('value')

    def go(self, url):
        self.call('Page.navigate', url=url)
        until(lambda: self.run(f'document.readyState === "complete" && location.href !== "about:blank" && location.pathname === {json.dumps("/" + url.split("/", 3)[3].split("?")[0])}'), f'{url} is open')


def until(condition, what, limit=60):
    end = time.monotonic() + limit
    while not condition():
        if time.monotonic() > end:
            raise TimeoutError(f'Waited {limit} s in vain until {what}.')
        time.sleep(0.1)
