"""What a browser with VS Code in it does, replayed: the first load, and then two WebSockets on which it says that it is there, and what somebody types."""
import asyncio
import contextlib
import http.client
import json
import os
import pathlib
import threading

WORKLOAD = json.loads((pathlib.Path(__file__).resolve().parent / 'upstream/workload.json').read_text())
# Of recordings of the IDE server's protocol (Waiide.Tests/Gateway/Activity/Recordings): a window acknowledges every 5 s on both of its connections, and sends 1.4 and 0.5 messages a
# second on them while somebody types. What comes back is as large: the upstream echoes.
ACKNOWLEDGED, ACKNOWLEDGEMENT = 5, 13
TYPED, MESSAGE = (1 / 1.4, 1 / 0.5), 200


class Windows:
    """Open windows, each at a gateway; all of their WebSockets are held by one thread."""

    def __enter__(self):
        self.loop, self.open = asyncio.new_event_loop(), []
        self.thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self.thread.start()
        return self

    def __exit__(self, *_):
        for socket in self.open:
            socket.cancel()
        asyncio.run_coroutine_threadsafe(asyncio.sleep(0.1), self.loop).result()
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join()

    def add(self, address, prefix, headers, types=True):
        first_load(address, prefix, headers)
        for every in TYPED:
            self.hold(address, f'{prefix}/echo', headers, every if types else None)

    def hold(self, address, path, headers, every=None):
        ready = threading.Event()
        socket = asyncio.run_coroutine_threadsafe(self.talk(address, path, headers, every, ready), self.loop)
        self.open.append(socket)
        while not ready.wait(0.05):
            if socket.done():
                socket.result()
        return socket

    def lost(self):
        return sum(socket.done() for socket in self.open)

    async def talk(self, address, path, headers, every, ready):
        host, port = address.split(':')
        reader, writer = await asyncio.open_connection(host, int(port))
        with contextlib.closing(writer):
            lines = {'Host': address, 'Connection': 'Upgrade', 'Upgrade': 'websocket', 'Sec-WebSocket-Version': '13', 'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==', **headers}
            writer.write((f'GET {path} HTTP/1.1\r\n' + ''.join(f'{name}: {value}\r\n' for name, value in lines.items()) + '\r\n').encode())
            answer = await reader.readuntil(b'\r\n\r\n')
            if b' 101 ' not in answer.split(b'\r\n')[0]:
                raise RuntimeError(f'no WebSocket at {path}: {answer[:200]}')
            ready.set()
            senders = [self.send(writer, ACKNOWLEDGED, ACKNOWLEDGEMENT), *([self.send(writer, every, MESSAGE)] if every else []), self.receive(reader)]
            await asyncio.gather(*senders)

    async def send(self, writer, every, size):
        length = bytes([0x80 | size]) if size < 126 else bytes([0xFE]) + size.to_bytes(2, 'big')
        frame = b'\x82' + length + bytes(4) + os.urandom(size)
        await asyncio.sleep(every * int.from_bytes(os.urandom(2), 'big') / 65536)  # Windows are not in step.
        while True:
            writer.write(frame)
            await asyncio.sleep(every)

    async def receive(self, reader):
        while await reader.read(65536):
            pass
        raise RuntimeError('the WebSocket has ended')


def first_load(address, prefix, headers):
    with contextlib.closing(http.client.HTTPConnection(address, timeout=60)) as connection:
        for entry in WORKLOAD:
            if entry['status'] in (200, 404):
                connection.request('GET', prefix + entry['path'], headers={**headers, 'Accept-Encoding': 'gzip, deflate, br'})
                connection.getresponse().read()
