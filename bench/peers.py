"""The proxies that are measured, each on a free port of loopback, before the same upstream: the gateway signed in, the least that YARP does, nginx, JupyterHub's own, and none."""
import contextlib
import dataclasses
import hashlib
import http.client
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

import stubhub
from measure import ROOT, free_port, program, running, until

NGINX = '''
daemon off;
pid nginx.pid;
worker_processes auto;
error_log stderr crit;
events {{ worker_connections 4096; }}
http {{
    access_log off;
    client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path fastcgi; uwsgi_temp_path uwsgi; scgi_temp_path scgi;
    map $http_upgrade $connection_header {{ default ""; websocket upgrade; }}
    upstream app {{ server {upstream}; keepalive 128; keepalive_requests 1000000; }}
    server {{
        listen 127.0.0.1:{port};
        keepalive_requests 1000000;
        client_max_body_size 0;
        location / {{
            proxy_pass http://app;
            proxy_http_version 1.1;
            proxy_set_header Host $http_host;
            proxy_set_header Connection $connection_header;
            proxy_set_header Upgrade $http_upgrade;
            proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
            proxy_set_header X-Forwarded-Proto $scheme;
            proxy_set_header X-Forwarded-Host $http_host;
            proxy_request_buffering off;
            proxy_max_temp_file_size 0;
            {buffers}
            proxy_read_timeout 1d;
        }}
    }}
}}
'''


@dataclasses.dataclass(frozen=True)
class Peer:
    name: str
    address: str
    """host:port, to connect to."""
    prefix: str
    """What comes before the paths of the upstream; no slash at its end."""
    cookie: str
    pid: int
    """0: there is none in between."""

    @property
    def headers(self):
        """As a signed-in browser sends them. All peers get the same."""
        return {'Cookie': self.cookie, 'Origin': f'http://{self.address}'}


@contextlib.contextmanager
def upstream(asked, name='direct', cookie=''):
    """What stands behind all of them (bench/upstream). It is a peer too: nothing in between."""
    port = free_port()
    address = f'127.0.0.1:{port}'
    with running([program('bench/upstream', asked)], {'ASPNETCORE_URLS': f'http://{address}'}) as process:
        until(lambda: status(address, '/version') == 200, 'the upstream answers', process=process)
        yield Peer(name, address, '', cookie, process.pid)


@contextlib.contextmanager
def gateway(upstream, asked, name='gateway', **environment):
    """The gateway under a stub hub, with somebody signed in."""
    port = free_port()
    address = f'127.0.0.1:{port}'
    with stubhub.StubHub() as hub, tempfile.TemporaryDirectory(prefix='waiide-bench-', ignore_cleanup_errors=True) as data:
        settings = {**hub.environment(port), 'WAIIDE_DATA_DIR': data, 'WAIIDE_IDE_URL': f'http://{upstream.address}', 'WAIIDE_ASSET_CACHE': 'none', **environment}
        with running([program('Waiide.Gateway', asked)], settings) as process:
            until(lambda: status(address, '/health') == 200, 'the gateway finds its IDE', process=process)
            yield Peer(name, address, stubhub.PREFIX.rstrip('/'), hub.sign_in(address), process.pid)


@contextlib.contextmanager
def yarp(upstream, asked, cookie='', **environment):
    address = f'127.0.0.1:{free_port()}'
    with running([program('bench/yarp', asked), f'http://{upstream.address}'], {'ASPNETCORE_URLS': f'http://{address}', **environment}) as process:
        until(lambda: status(address, '/version') == 200, 'bare YARP answers', process=process)
        yield Peer('yarp', address, '', cookie, process.pid)


# As deploy/nginx has them: 1 MB answers come through half as often again as with nginx's own 8 of 4 kB.
BUFFERS = 'proxy_buffer_size 32k; proxy_buffers 8 32k;'


@contextlib.contextmanager
def nginx(upstream, cookie='', name='nginx', buffers=BUFFERS):
    port = free_port()
    address = f'127.0.0.1:{port}'
    with tempfile.TemporaryDirectory(prefix='waiide-bench-') as folder:
        pathlib.Path(folder, 'nginx.conf').write_text(NGINX.format(upstream=upstream.address, port=port, buffers=buffers))
        user = ['-g', 'user root;'] if os.getuid() == 0 else []  # Its workers would be somebody else, who cannot look into the folder.
        with running(['nginx', '-p', folder, '-c', 'nginx.conf', '-e', 'stderr', *user]) as process:
            until(lambda: status(address, '/version') == 200, 'nginx answers', process=process)
            yield Peer(name, address, '', cookie, process.pid)


@contextlib.contextmanager
def configurable_http_proxy(upstream, cookie=''):
    address, api = f'127.0.0.1:{free_port()}', free_port()
    host, port = address.split(':')
    command = ['node', front_proxy(), '--ip', host, '--port', port, '--api-ip', host, '--api-port', str(api), '--default-target', f'http://{upstream.address}', '--log-level', 'error']
    with running(command, {'NODE_ENV': 'production'}) as process:
        until(lambda: status(address, '/version') == 200, 'configurable-http-proxy answers', process=process)
        yield Peer('chp', address, '', cookie, process.pid)


def front_proxy():
    """From npm, into the cache where the tests keep it too: Debian's copy does not run with a current Node.js."""
    source = ROOT / 'Waiide.Tests/RealHub/FrontProxy'
    key = hashlib.sha256((source / 'package-lock.json').read_bytes()).hexdigest()[:16]
    tree = pathlib.Path(os.environ.get('XDG_CACHE_HOME') or pathlib.Path.home() / '.cache') / 'waiide' / 'front-proxy' / key
    if not tree.exists():
        tree.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=tree.parent, ignore_cleanup_errors=True) as work:
            for name in ('package.json', 'package-lock.json'):
                shutil.copy(source / name, work)
            subprocess.run(['npm', 'ci', '--ignore-scripts', '--omit=dev', '--no-audit', '--no-fund', '--prefer-offline', '--loglevel=error'], cwd=work, check=True, stdout=sys.stderr)
            with contextlib.suppress(FileExistsError):  # Somebody else was faster, with the same.
                os.rename(work, tree)
    return tree / 'node_modules/configurable-http-proxy/bin/configurable-http-proxy'


def counted(upstream, path):
    """How many requests for the path have reached the upstream."""
    connection = http.client.HTTPConnection(upstream.address, timeout=30)
    with contextlib.closing(connection):
        connection.request('GET', '/counts')
        return json.loads(connection.getresponse().read()).get(path, 0)


def status(address, path):
    """0 while nobody listens."""
    connection = http.client.HTTPConnection(address, timeout=5)
    with contextlib.closing(connection):
        try:
            connection.request('GET', path)
            return connection.getresponse().status
        except OSError:
            return 0
