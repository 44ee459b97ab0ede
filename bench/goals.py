"""The goals, once: what must hold, what is aimed at, and which part of bench/ has the figure."""
import statistics
import typing


class Limit(typing.NamedTuple):
    """So many times the peer's figure, or, without a peer, that figure itself. Whether it is the least or the most follows from what is measured."""
    figure: float
    peer: str | None = None


class Goal(typing.NamedTuple):
    part: str
    picture: str
    must: Limit | None
    aim: Limit | None


PICTURES = {
    'requests': 'Requests a second',
    'latency': 'One connection',
    'transfers': '1 GiB through one connection',
    'sockets': 'WebSockets',
    'start': 'Start',
    'memory': 'Memory',
    'workbench': 'Opening VS Code in a browser',
    'engine': 'dotnet run',
}

GOALS = {
    'get-1k-off': Goal('load', 'requests', Limit(0.9, 'yarp'), Limit(0.8, 'nginx')),
    'get-1k-on': Goal('load', 'requests', Limit(0.8, 'yarp'), Limit(0.8, 'nginx')),
    'get-1m': Goal('load', 'requests', Limit(0.95, 'yarp'), Limit(1.7, 'nginx')),
    'latency-p50': Goal('load', 'latency', Limit(1.15, 'yarp'), Limit(1, 'nginx')),
    'latency-p99': Goal('load', 'latency', Limit(1.15, 'yarp'), Limit(1, 'nginx')),
    'down-1g': Goal('load', 'transfers', Limit(0.9, 'yarp'), Limit(1, 'direct')),
    'up-1g': Goal('load', 'transfers', Limit(0.9, 'yarp'), Limit(1, 'direct')),
    # Flat memory: of 1,024 MB that go through, no more than these are held at a time.
    'down-1g-memory': Goal('load', 'transfers', Limit(16), None),
    'up-1g-memory': Goal('load', 'transfers', Limit(16), None),
    'echo-1': Goal('sockets', 'sockets', Limit(1.15, 'yarp'), Limit(1, 'nginx')),
    'echo-100': Goal('sockets', 'sockets', Limit(1.15, 'yarp'), Limit(1, 'nginx')),
    'sockets-1000': Goal('sockets', 'sockets', Limit(20), None),
    'sockets-1000-all': Goal('sockets', 'sockets', None, Limit(1, 'nginx')),
    'authorize': Goal('sockets', 'latency', Limit(2), None),
    'authorize-bytes': Goal('sockets', 'latency', Limit(0), None),
    'start': Goal('start', 'start', Limit(0.3, 'singleuser'), Limit(0.2, 'singleuser')),
    'memory-idle': Goal('start', 'memory', Limit(0.8, 'singleuser'), Limit(0.6, 'singleuser')),
    'memory-1000': Goal('start', 'memory', Limit(0.8, 'singleuser'), Limit(0.6, 'singleuser')),
    'memory-sockets': Goal('start', 'memory', Limit(0.8, 'singleuser'), Limit(0.6, 'singleuser')),
    'hub-ready': Goal('start', 'start', Limit(0.25, 'singleuser'), Limit(0.15, 'singleuser')),
    'run-healthy': Goal('start', 'engine', Limit(8), Limit(6)),
    'cold-time': Goal('workbench', 'workbench', Limit(0.8, 'code-server'), None),
    'cold-bytes': Goal('workbench', 'workbench', Limit(0.75, 'code-server'), None),
    # None, but for what the server does by itself meanwhile, and a picture that is too short to be kept.
    'cold-cpu': Goal('workbench', 'workbench', Limit(0.02, 'code-server'), None),
    'warm-time': Goal('workbench', 'workbench', Limit(1, 'code-server'), None),
}

# What the values of a row are called in tables and pictures; any other name stands for itself.
NAMES = {
    'gateway': 'Waiide',
    'on': 'Waiide, telemetry on',
    'all': 'Waiide, each request traced',
    'yarp': 'bare YARP',
    'nginx': 'nginx',
    'nginx-untuned': 'nginx, its own buffers',
    'chp': 'configurable-http-proxy',
    'direct': 'no proxy',
    'singleuser': 'jupyterhub-singleuser',
    'code-server': 'code-server alone',
}


def ratio(limit, row):
    """The gateway's figure by the peer's, or by itself; None where one of them is missing."""
    ours, theirs = row['values'].get('gateway'), row['values'].get(limit.peer) if limit.peer else [1]
    if not ours or not theirs or not statistics.median(theirs):
        return None
    return statistics.median(ours) / statistics.median(theirs)


def is_met(limit, row):
    found = ratio(limit, row)
    return found is not None and (found >= limit.figure if row['higher_is_better'] else found <= limit.figure)
