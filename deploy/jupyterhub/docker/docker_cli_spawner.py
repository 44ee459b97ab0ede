"""DockerSpawner for hubs that have the docker command and cannot have the package of that name.

It takes those of DockerSpawner's options that are below, under the same names and with the same meaning, so that one configuration is good for both; the volumes
of a user have the same names, too. Tried with Docker, and with podman by its socket and by its own command.
"""
import asyncio
import os
import shutil

from jupyterhub.spawner import Spawner
from traitlets import Bool, Dict, TraitError, Unicode, default, validate

# The options of extra_host_config: "docker run" has the same ones, with dashes.
HOST_OPTIONS = {'cap_add', 'cap_drop', 'dns', 'group_add', 'init', 'pids_limit', 'read_only', 'security_opt', 'shm_size', 'tmpfs'}
# A container that is none of these has ended.
ALIVE = {'created', 'running', 'paused', 'restarting', 'stopping'}
# Nothing more can be learned of it: there is none, or the engine removes it already, or could not remove all of it.
GONE = {'', 'removing', 'dead'}
GRACE_SECONDS = 10
LONGEST_WORDS = 4096


def escape(text):
    """A name within another one, as DockerSpawner and KubeSpawner write it: ada@example.org is ada-40example-2eorg."""
    return ''.join(chr(byte) if chr(byte) in 'abcdefghijklmnopqrstuvwxyz0123456789' else f'-{byte:x}' for byte in text.encode())


class DockerSpawner(Spawner):
    """Starts each server in a container of its own, by the docker command."""

    image = Unicode(config=True, help='The image of the servers.')
    name_template = Unicode('jupyter-{username}--{servername}', config=True, help='What the containers are called; each has to have a name of its own.')
    network_name = Unicode(config=True, help='The network of hub and containers: the hub connects to their own addresses there.')
    volumes = Dict(Unicode(), config=True, help='Volumes or folders of the engine, and where they are in the container; {username} is replaced.')
    remove = Bool(False, config=True, help='Containers that have ended are removed.')
    extra_host_config = Dict(config=True, help=f'Further options of the containers: {", ".join(sorted(HOST_OPTIONS))}.')

    # Of the container that ended last: it may be gone when the hub asks again. What nobody saw end is taken to have ended well.
    exit_code = 0

    def __init__(self, *arguments, **options):
        super().__init__(*arguments, **options)
        # Several ask at once, and who removes the container takes it from under the others.
        self.turn = asyncio.Lock()

    @default('cmd')
    def _image_has_a_command(self):
        return None

    @default('ip')
    def _every_address_of_the_container(self):
        return '0.0.0.0'

    @default('env_keep')
    def _nothing_of_the_hub(self):
        return []

    @validate('extra_host_config')
    def _are_known(self, proposal):
        if unknown := proposal['value'].keys() - HOST_OPTIONS:
            raise TraitError(f'c.DockerSpawner.extra_host_config: {", ".join(sorted(unknown))} is not known to docker_cli_spawner.py; known are {", ".join(sorted(HOST_OPTIONS))}.')
        return proposal['value']

    def template_namespace(self):
        return {
            **super().template_namespace(),
            'username': escape(self.user.name),
            'servername': escape(self.name.lower()),
            'raw_username': self.user.name,
            'raw_servername': self.name,
        }

    @property
    def container_name(self):
        return self.format_string(self.name_template)

    @property
    def label(self):
        """By which our containers are told from others of the engine that happen to have such a name, those of other hubs among them."""
        return f'io.waiide.server={self.network_name}/{self.user.name}/{self.name}'

    async def start(self):
        # The hub gives up after this time, too, but leaves the command running: its container would be one that nobody expects.
        return await asyncio.wait_for(self.start_in_turn(), self.start_timeout)

    async def start_in_turn(self):
        async with self.turn:
            await self.remove_leftover()
            try:
                return await self.run()
            except asyncio.CancelledError:
                await self.remove_leftover()
                raise

    async def remove_leftover(self):
        if await self.state():
            self.log.warning('Container %s is still there; it is removed.', self.container_name)
            await self.docker('rm', '--force', '--volumes', self.container_name)

    async def run(self):
        self.exit_code = 0
        environment = self.get_env()
        await self.docker('run', '--detach', *self.options(environment), self.image, *(self.cmd or []), *self.get_args(), environment=environment)
        address = await self.inspect(f'(index .NetworkSettings.Networks "{self.network_name}").IPAddress')
        self.log.info('Container %s is at %s:%d.', self.container_name, address, self.port)
        return address, self.port

    def options(self, environment):
        """What "docker run" is told. The values of variables, a token among them, are not in it, because everybody may read the command lines of a machine."""
        options = {
            'name': [self.container_name],
            'label': [self.label],
            'network': [self.network_name],
            'env': list(environment),
            'volume': [f'{self.format_string(source)}:{target}' for source, target in self.volumes.items()],
            'memory': [self.mem_limit] if self.mem_limit else [],
            'cpus': [self.cpu_limit] if self.cpu_limit else [],
            **{name.replace('_', '-'): values(setting) for name, setting in self.extra_host_config.items()},
        }
        return [f'--{name}={value}' for name, all_of_it in options.items() for value in all_of_it]

    async def poll(self):
        async with self.turn:
            state = await self.state()
            if state in ALIVE:
                return None
            if state not in GONE:
                await self.clean_up()
            return self.exit_code

    async def stop(self, now=False):
        async with self.turn:
            state = await self.state()
            if state in ALIVE:
                # Without -t podman's socket has it killed at once.
                await self.docker('stop', '-t', '0' if now else str(GRACE_SECONDS), self.container_name)
            if state not in GONE:
                await self.clean_up()

    async def clean_up(self):
        """Says how a container ended, and removes it if that is wanted."""
        self.exit_code = int(await self.inspect('.State.ExitCode'))
        self.log.info('Container %s ended with code %d.', self.container_name, self.exit_code)
        if self.exit_code != 0:
            # Its user can write whatever they like there: not too much of it, and on one line.
            self.log.warning('The last lines of %s: %r', self.container_name, await self.docker('logs', '--tail', '20', self.container_name, longest=LONGEST_WORDS))
        if self.remove:
            await self.docker('rm', '--volumes', self.container_name)

    async def state(self):
        """What the engine calls the state of the container; empty where there is none."""
        # Not .State of "ps", which podman's own command writes as a sentence.
        return await self.inspect('.State.Status') if await self.docker('ps', '--all', '--quiet', '--filter', f'label={self.label}') else ''

    async def inspect(self, field):
        return await self.docker('inspect', '--type', 'container', '--format', f'{{{{{field}}}}}', self.container_name)

    async def docker(self, *arguments, environment=None, longest=None):
        """Runs the docker command and returns what it printed, of which no more than the first bytes may be wanted."""
        program = shutil.which('docker')
        if not program:
            raise RuntimeError('The hub has no docker command: install one, or set PATH of the hub.')
        both = asyncio.subprocess.STDOUT if arguments[0] == 'logs' else asyncio.subprocess.PIPE
        process = await asyncio.create_subprocess_exec(program, *arguments, env={**os.environ, **(environment or {})}, stdout=asyncio.subprocess.PIPE, stderr=both)
        try:
            if longest:
                return (await up_to(process.stdout, longest)).decode(errors='replace')
            output, error = await process.communicate()
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        if process.returncode != 0:
            raise RuntimeError(f'docker {arguments[0]} {self.container_name} ended with {process.returncode}: {(error or output).decode(errors="replace").strip()}')
        return output.decode(errors='replace').strip()

    def move_certs(self, paths):
        raise NotImplementedError('c.JupyterHub.internal_ssl needs the package dockerspawner: docker_cli_spawner.py brings no certificates into containers.')


async def up_to(stream, longest):
    """The bytes of a stream, or the first of them."""
    try:
        return await stream.readexactly(longest)
    except asyncio.IncompleteReadError as end:
        return end.partial


def values(setting):
    """A setting as docker's options have it, one text each: {'/tmp': 'size=256m'} is /tmp:size=256m."""
    if isinstance(setting, dict):
        return [f'{name}:{value}' if value else name for name, value in setting.items()]
    if isinstance(setting, bool):
        return [str(setting).lower()]
    return setting if isinstance(setting, list) else [setting]
