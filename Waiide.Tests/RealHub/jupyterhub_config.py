# A JupyterHub on this machine whose single-user server is the gateway, or one as a template of deploy/ has it. Folders, ports and tokens come from JupyterHub.cs, as JSON.
import json
import os
import subprocess

from jupyterhub.auth import Authenticator

this = json.loads(os.environ['REAL_HUB'])
folder = this['folder']

c = get_config()  # noqa: F821 (JupyterHub gives it)
if this['template']:
    load_subconfig(this['template'])  # noqa: F821
    c.Authenticator.allowed_users = set()
c.JupyterHub.bind_url = this['front']
c.JupyterHub.hub_port = this['hubPort']
c.JupyterHub.db_url = f'sqlite:///{folder}/jupyterhub.sqlite'
c.JupyterHub.cookie_secret_file = f'{folder}/cookie_secret'
c.JupyterHub.allow_named_servers = True
# A hub that stops leaves its servers alone, and finds them when it comes back.
c.JupyterHub.cleanup_servers = False

# The proxy is a process of the tests, so that hub and proxy can be killed one by one.
c.ConfigurableHTTPProxy.should_start = False
c.ConfigurableHTTPProxy.api_url = this['proxyApi']
c.ConfigurableHTTPProxy.auth_token = this['proxyToken']

c.JupyterHub.authenticator_class = 'dummy'
c.DummyAuthenticator.password = this['password']
# JupyterHub 5 lets in nobody whom it was not told of; before it there is no such setting, and everybody comes in.
if hasattr(Authenticator, 'allow_all'):
    c.Authenticator.allow_all = True
c.Authenticator.admin_users = {'boss'}

# Nobody but the guest and the monitor gets at a server that is not their own; the tests' own service administrates and gets at none.
c.JupyterHub.services = [
    {'name': 'tests', 'api_token': this['testsToken']},
    {'name': 'monitor', 'api_token': this['monitorToken']},
]
c.JupyterHub.load_roles = [
    {'name': 'tests', 'services': ['tests'], 'scopes': ['admin:users', 'admin:servers', 'tokens', 'proxy']},
    {'name': 'sharing', 'services': ['monitor'], 'users': ['guest'], 'scopes': ['access:servers!server=sharer/']},
]


def keep_output(spawner):
    log = open(f'{folder}/logs/{spawner.oauth_client_id}.log', 'ab')
    spawner.popen_kwargs = {'stdout': log, 'stderr': subprocess.STDOUT}


if this['template']:
    c.Spawner.environment.update(this['mark'])
    c.Spawner.poll_interval = 3
else:
    c.JupyterHub.spawner_class = 'simple'
    c.SimpleLocalProcessSpawner.home_dir_template = f'{folder}/home/{{username}}'
    c.Spawner.cmd = this['command']
    c.Spawner.ip = this['spawnerIp']
    c.Spawner.http_timeout = 60
    c.Spawner.environment = {
        **this['environment'],
        **this['mark'],
        # {"ide": "stub"} in the request that starts a server: a recording stand-in of the tests instead of an IDE of its own.
        'WAIIDE_IDE_URL': lambda spawner: this['stubIde'] if spawner.user_options.get('ide') == 'stub' else '',
        'WAIIDE_IDLE_TIMEOUT': lambda spawner: spawner.user_options.get('idleTimeout', ''),
    }
c.Spawner.pre_spawn_hook = keep_output
