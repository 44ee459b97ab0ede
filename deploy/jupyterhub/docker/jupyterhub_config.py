# JupyterHub with a container of its own for every server. docs/jupyterhub.md says what to do before, and what of this was run.
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from container_names import container_name

# Two classes with the same options. DockerSpawner (pip install dockerspawner) talks to the engine's socket; the one beside this file calls the docker command.
if os.environ.get('WAIIDE_SPAWNER') == 'docker-cli':
    from docker_cli_spawner import DockerSpawner
else:
    from dockerspawner import DockerSpawner

c = get_config()  # noqa: F821 (JupyterHub gives it)

# ---- what differs from place to place -----------------------------------------------------------------------------------------
IMAGE = os.environ.get('WAIIDE_IMAGE', 'calliopeai/waiide:latest')
NETWORK = os.environ.get('WAIIDE_NETWORK', 'waiide')
# The hub as the containers see it: the address of this machine on their network.
HUB_IP = os.environ.get('WAIIDE_HUB_IP', '172.30.0.1')
# Containers of hubs on this network are known by this label.
OURS = 'io.waiide.hub'
# Who may sign in is for c.JupyterHub.authenticator_class to say: accounts of this machine, unless you set another one. From JupyterHub 5 on nobody comes in who is
# not in c.Authenticator.allowed_users.

# ---- the hub ------------------------------------------------------------------------------------------------------------------
# TLS goes in front (docs/tls.md): passwords are not for a network to read.
c.JupyterHub.bind_url = os.environ.get('WAIIDE_BIND_URL', 'http://127.0.0.1:8000')
c.JupyterHub.hub_ip = HUB_IP
c.JupyterHub.hub_connect_ip = HUB_IP
c.JupyterHub.allow_named_servers = True
c.JupyterHub.named_server_limit_per_user = 0  # as many as they like
# A restart of the hub leaves people at work.
c.JupyterHub.cleanup_servers = False


class WaiideSpawner(DockerSpawner):
    """{servername} is a name that no other server has: those that users choose are not (container_names.py)."""

    async def get_object(self):
        """DockerSpawner takes whatever has the container's name for its own, to stop and remove it. (docker_cli_spawner.py looks for a label by itself.)"""
        found = await super().get_object()
        if found and (found['Config'].get('Labels') or {}).get(OURS) != NETWORK:
            raise RuntimeError(f'There is a container {self.container_name} already, and no hub on the network {NETWORK} has made it: rename or remove it.')
        return found

    def template_namespace(self):
        return {**super().template_namespace(), 'servername': container_name(self.user.name, self.name)}


# ---- the containers -----------------------------------------------------------------------------------------------------------
c.JupyterHub.spawner_class = WaiideSpawner
c.DockerSpawner.image = IMAGE
c.DockerSpawner.cmd = ['WAIIDE']  # DockerSpawner wants one where the image has an entry point only; the gateway passes over it, with a line in its log
c.DockerSpawner.port = 8070
c.DockerSpawner.name_template = '{servername}'
c.DockerSpawner.network_name = NETWORK
c.DockerSpawner.remove = True
# All servers of a user share it. Hubs on other networks have others.
c.DockerSpawner.volumes = {f'{NETWORK}-home-{{username}}': '/home/calliope'}
c.DockerSpawner.environment = {
    'USE_ALL_COMPONENTS': 'true',
    'LOG_LEVEL': 'INFO',
    'VSCODE_PORT': '8071',
    'WAIIDE_TRUSTED_PROXIES': HUB_IP,  # the hub's proxy knows whether the browser came by https
    'WAIIDE_IDLE_TIMEOUT': '2h',
}
if os.environ.get('WAIIDE_SPAWNER') != 'docker-cli':
    c.DockerSpawner.extra_create_kwargs = {'labels': {OURS: NETWORK}}
c.DockerSpawner.mem_limit = '4G'
c.DockerSpawner.cpu_limit = 2
c.DockerSpawner.extra_host_config = {
    'cap_drop': ['ALL'],
    'security_opt': ['no-new-privileges'],
    'pids_limit': 1024,
    'read_only': True,
    'tmpfs': {'/tmp': 'rw,size=256m,mode=1777'},
}
c.DockerSpawner.start_timeout = 300  # the first start on a machine pulls the image
c.DockerSpawner.http_timeout = 60
