# The real hub in the place of ours: what Lab.cs configures, in JupyterHub's words. Ports and folders come from RealHubLab.cs, as JSON.
import json
import os

this = json.loads(os.environ['LAB'])

c = get_config()  # noqa: F821 (JupyterHub gives it)
c.JupyterHub.bind_url = this['front']
c.JupyterHub.hub_bind_url = this['api']
c.JupyterHub.db_url = f'sqlite:///{this["folder"]}/jupyterhub.sqlite'
c.JupyterHub.cookie_secret_file = f'{this["folder"]}/cookie_secret'
c.JupyterHub.allow_named_servers = True
c.ConfigurableHTTPProxy.command = ['node', this['proxy']]
c.ConfigurableHTTPProxy.api_url = this['proxyApi']
c.ConfigurableHTTPProxy.pid_file = f'{this["folder"]}/proxy.pid'
c.JupyterHub.authenticator_class = 'dummy'
c.DummyAuthenticator.password = 'pw'
c.Authenticator.admin_users = {'root-admin'}
c.JupyterHub.services = [{'name': 'tester', 'api_token': this['token']}]
c.JupyterHub.load_roles = [{'name': 'tester', 'services': ['tester'], 'scopes': this['scopes']}]
c.JupyterHub.spawner_class = 'simple'
c.SimpleLocalProcessSpawner.home_dir_template = f'{this["folder"]}/{{username}}'
c.Spawner.cmd = this['cmd']
c.Spawner.environment = {'LAB_VERSION': this['version']}
c.JupyterHub.tornado_settings = {'slow_spawn_timeout': this['slowSpawn'], 'slow_stop_timeout': this['slowStop']}
c.Spawner.http_timeout = this['http']
c.LocalProcessSpawner.interrupt_timeout = this['interrupt']
c.LocalProcessSpawner.term_timeout = this['term']
