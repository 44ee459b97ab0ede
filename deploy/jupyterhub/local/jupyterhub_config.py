# JupyterHub on this machine, for a try: every server is a process of the account that the hub runs as, whoever the user is. They can read and stop each other, and
# the hub: nothing for people who do not trust each other like themselves. docs/jupyterhub.md says what to do before.
import getpass
import os

c = get_config()  # noqa: F821 (JupyterHub gives it)

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
DATA = os.path.expanduser('~/.local/share/waiide')
GATEWAY = os.environ.get('WAIIDE_GATEWAY', f'{DATA}/gateway/Waiide.Gateway')
HOMES = os.environ.get('WAIIDE_HOMES', f'{DATA}/hub-homes')

c.JupyterHub.bind_url = 'http://127.0.0.1:8000'  # for a browser on this machine
c.JupyterHub.allow_named_servers = True
# With the password of the machine. Whoever signs in has a shell of this account.
c.Authenticator.allowed_users = {getpass.getuser()}

c.JupyterHub.spawner_class = 'simple'
# HOME of a user, which is the folder that their IDE opens: made when they come first, and kept. SimpleLocalProcessSpawner's own is /tmp/{username}.
c.SimpleLocalProcessSpawner.home_dir_template = f'{HOMES}/{{username}}'
c.Spawner.cmd = [GATEWAY]
c.Spawner.ip = '127.0.0.1'
c.Spawner.environment = {
    'WAIIDE_IDE_COMMAND': f'{TOP}/ide/code-server',  # installs the IDE server when it is first used
    # One for all users, or each of them would install one below their home.
    'WAIIDE_IDE_CACHE': os.environ.get('WAIIDE_IDE_CACHE', os.path.expanduser('~/.cache/waiide/ide')),
    'LOG_LEVEL': 'INFO',
    'WAIIDE_IDLE_TIMEOUT': '2h',
}
# Where .NET is not in its usual place.
c.Spawner.env_keep = ['PATH', 'LANG', 'DOTNET_ROOT']
c.Spawner.http_timeout = 60
