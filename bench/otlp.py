"""An OTLP receiver that counts: requests, bytes, spans, log lines and points of metrics."""
import collections
import http.server
import threading

# Where what counts is in an ExportTraceServiceRequest, …Metrics…, …Logs…, as numbers of protobuf fields: resource_spans 1, scope_spans 2, spans 2, and so on.
ITEMS = {'/v1/traces': ('spans', (1, 2, 2)), '/v1/logs': ('log lines', (1, 2, 2)), '/v1/metrics': ('metrics', (1, 2, 2))}
POINTS = {5, 7, 9, 10, 11}  # Of a metric: gauge, sum and the kinds of histograms; in each of them data_points is 1.


class Receiver:
    def __enter__(self):
        receiver = self
        self.counts = collections.Counter()

        class Answer(http.server.BaseHTTPRequestHandler):
            protocol_version = 'HTTP/1.1'

            def do_POST(self):
                body = self.rfile.read(int(self.headers['Content-Length']))
                receiver.count(self.path, body)
                self.send_response(200)
                self.send_header('Content-Length', '0')
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Answer)
        self.server.daemon_threads = True
        self.url = f'http://127.0.0.1:{self.server.server_address[1]}'
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()

    def count(self, path, body):
        name, way = ITEMS[path]
        found = list(below(body, way))
        self.counts.update({'requests': 1, 'bytes': len(body), f'bytes of {name}': len(body), name: len(found)})
        if name == 'metrics':
            self.counts['points'] += sum(1 for metric in found for kind, points in fields(metric) if kind in POINTS for number, _ in fields(points) if number == 1)


def below(message, way):
    if not way:
        yield message
        return
    for number, value in fields(message):
        if number == way[0]:
            yield from below(value, way[1:])


def fields(message):
    """(number, bytes) of every field that has a length; numbers are passed over."""
    at = 0
    while at < len(message):
        key, at = varint(message, at)
        kind = key & 7
        if kind == 2:
            length, at = varint(message, at)
            yield key >> 3, message[at:at + length]
            at += length
        elif kind == 0:
            _, at = varint(message, at)
        else:
            at += 8 if kind == 1 else 4


def varint(message, at):
    value = shift = 0
    while True:
        byte = message[at]
        value |= (byte & 127) << shift
        at, shift = at + 1, shift + 7
        if byte < 128:
            return value, at
