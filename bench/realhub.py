"""From the request to start a server until it is ready, in a real JupyterHub that starts each with another command."""
import contextlib
import json
import os
import pathlib
import secrets
import tempfile
import time
import urllib.error
import urllib.request

import peers
from measure import free_port, running, until

# The servers are asked directly by the hub, so a proxy that only remembers its routes takes nothing away.
CONFIG = '''
import json, os
from jupyterhub.proxy import Proxy
this = json.loads(os.environ['SPAWN_BENCH'])

class Routes(Proxy):
    should_start = False
    known = {}
    async def add_route(self, routespec, target, data):
        self.known[routespec] = {'routespec': routespec, 'target': target, 'data': {**data, 'last_activity': '2000-01-01T00:00:00Z'}}
    async def delete_route(self, routespec):
        self.known.pop(routespec, None)
    async def get_all_routes(self):
        return self.known

def choose(spawner):
    spawner.cmd = this['commands'][spawner.user.name]
    spawner.port = this['ports'][spawner.user.name]

c = get_config()
c.JupyterHub.proxy_class = Routes
c.JupyterHub.bind_url = this['front']
c.JupyterHub.hub_bind_url = this['hub']
c.JupyterHub.db_url = 'sqlite:///' + this['folder'] + '/jupyterhub.sqlite'
c.JupyterHub.cookie_secret_file = this['folder'] + '/cookie_secret'
c.JupyterHub.authenticator_class = 'dummy'
c.JupyterHub.spawner_class = 'simple'
c.JupyterHub.tornado_settings = {'slow_spawn_timeout': 60}
c.JupyterHub.services = [{'name': 'bench', 'api_token': this['token']}]
c.JupyterHub.load_roles = [{'name': 'bench', 'services': ['bench'], 'scopes': ['admin:users', 'admin:servers']}]
c.SimpleLocalProcessSpawner.home_dir_template = this['folder'] + '/home/{username}'
c.Spawner.environment = this['environment']
c.Spawner.pre_spawn_hook = choose
'''


@contextlib.contextmanager
def started(commands, environment, usable):
    """A hub in which each user's server is started by the command of its name; yields a function that starts the server of a user, returns the seconds until ready and until its path of usable is there, and stops it again."""
    port, token = free_port(), secrets.token_hex(16)
    with tempfile.TemporaryDirectory(prefix='waiide-bench-', ignore_cleanup_errors=True) as folder:
        this = {'folder': folder, 'token': token, 'hub': f'http://127.0.0.1:{port}', 'front': f'http://127.0.0.1:{free_port()}', 'commands': commands, 'ports': {name: free_port() for name in commands}, 'environment': environment}
        pathlib.Path(folder, 'config.py').write_text(CONFIG)
        with running(['jupyterhub', '--config', f'{folder}/config.py'], {'SPAWN_BENCH': json.dumps(this)}, folder) as hub:
            def ask(method, path):
                return call(f'http://127.0.0.1:{port}/hub/api{path}', token, method)

            until(lambda: ask('GET', '') == 200, 'the hub answers', process=hub)
            for name in commands:
                ask('POST', f'/users/{name}')
            yield lambda name: start(ask, name, f'127.0.0.1:{this["ports"][name]}', usable[name])


def start(ask, name, address, path):
    """Ready is when the hub answers 201, which it does when its readiness poll has succeeded."""
    began = time.monotonic()
    status = ask('POST', f'/users/{name}/server')
    ready = time.monotonic() - began
    if status != 201:
        raise RuntimeError(f'{name} did not start: {status}')
    until(lambda: peers.status(address, path) == 200, f'{name} can be used', 300)
    usable = time.monotonic() - began
    until(lambda: ask('DELETE', f'/users/{name}/server') == 204, f'{name} is stopped')
    return {'ready': ready, 'usable': usable}


def call(url, token, method):
    request = urllib.request.Request(url, method=method, headers={'Authorization': f'token {token}'}, data=b'' if method == 'POST' else None)
    try:
        with urllib.request.urlopen(request, timeout=120) as answer:
            return answer.status
    except urllib.error.HTTPError as refused:
        return refused.code
    except urllib.error.URLError:
        return 0  # The hub does not listen yet.
