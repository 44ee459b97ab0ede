#!/usr/bin/env python3
"""Brings a TCP port of a Waiide server to this machine, for a debugger or a database client:

    WAIIDE_TOKEN=... tunnel.py https://hub.example.org/user/ada/ 5678 [local port]

WAIIDE_TOKEN is a token of the hub that may access the server, or of the server itself where there is no hub.
"""
import base64, os, socket, ssl, struct, sys, threading, urllib.parse


def connect(server, port):
    url = urllib.parse.urlsplit(server)
    remote = socket.create_connection((url.hostname, url.port or (443 if url.scheme == 'https' else 80)))
    if url.scheme == 'https':
        remote = ssl.create_default_context().wrap_socket(remote, server_hostname=url.hostname)
    key = base64.b64encode(os.urandom(16)).decode()
    remote.sendall((
        f'GET {url.path.rstrip("/")}/tunnel/{port} HTTP/1.1\r\nHost: {url.netloc}\r\nAuthorization: token {os.environ["WAIIDE_TOKEN"]}\r\n'
        f'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n\r\n').encode())
    reader = remote.makefile('rb')
    status = reader.readline().decode().strip()
    while reader.readline().strip():
        pass
    if not status.startswith('HTTP/1.1 101'):
        raise OSError(f'{server} does not open port {port}: {status}')
    return remote, reader


def send(remote, opcode, data):  # What a client sends is masked: https://www.rfc-editor.org/rfc/rfc6455#section-5.3
    size, mask = len(data), os.urandom(4)
    length = struct.pack('>B', 0x80 | size) if size < 126 else struct.pack('>BH', 0x80 | 126, size) if size < 65536 else struct.pack('>BQ', 0x80 | 127, size)
    masked = int.from_bytes(data, 'big') ^ int.from_bytes((mask * (size // 4 + 1))[:size], 'big')
    remote.sendall(bytes([0x80 | opcode]) + length + mask + masked.to_bytes(size, 'big'))


def upload(local, remote):
    while data := local.recv(32768):
        send(remote, 2, data)
    send(remote, 8, struct.pack('>H', 1000))  # The other direction stays open.


def download(local, remote, reader):
    while head := reader.read(2):
        size = head[1] & 0x7F
        size = struct.unpack('>H', reader.read(2))[0] if size == 126 else struct.unpack('>Q', reader.read(8))[0] if size == 127 else size
        data, opcode = reader.read(size), head[0] & 0x0F
        if opcode == 8:
            break
        if opcode == 9:
            send(remote, 10, data)
        elif opcode < 3:
            local.sendall(data)
    local.shutdown(socket.SHUT_WR)


def serve(local, server, port):
    try:
        with local:
            remote, reader = connect(server, port)
            with remote:
                sending = threading.Thread(target=upload, args=(local, remote), daemon=True)
                sending.start()
                download(local, remote, reader)
                sending.join()
    except OSError as failure:
        print(failure, file=sys.stderr)


if __name__ == '__main__':
    server, port = sys.argv[1], int(sys.argv[2])
    with socket.create_server(('127.0.0.1', int(sys.argv[3]) if len(sys.argv) > 3 else port)) as listener:
        print(f'Port {port} of {server} is at 127.0.0.1:{listener.getsockname()[1]}', flush=True)
        while True:
            threading.Thread(target=serve, args=(listener.accept()[0], server, port), daemon=True).start()
