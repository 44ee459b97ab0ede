"""wrk, and what it says held against what the upstream has seen."""
import json
import pathlib
import subprocess
import time

import measure
import peers

SCRIPT = pathlib.Path(__file__).resolve().parent / 'wrk.lua'


def load(peer, upstream, path, connections, seconds):
    """As many GETs as go: the rate, latencies in microseconds, and the microseconds of processor that the peer had for each. A request that was answered by somebody else than the upstream is an error."""
    before, worked = settled(upstream, path), measure.processor(peer.pid)
    found = run(peer, path, connections, seconds)
    worked = measure.processor(peer.pid) - worked
    arrived = settled(upstream, path) - before
    # Those that were on their way when the time was over have arrived, and are not in wrk's count.
    if found['failed'] or not 0 < found['requests'] <= arrived <= found['requests'] + connections:
        raise RuntimeError(f'{peer.name}: wrk has {found["requests"]} answers to {path}, {found["failed"]} of them failed, and the upstream has seen {arrived} requests')
    return {'rate': found['requests'] / found['microseconds'] * 1e6, 'p50': found['p50'], 'p99': found['p99'], 'processor': worked / found['requests'] * 1e6}


def run(peer, path, connections, seconds):
    headers = [part for name, value in peer.headers.items() for part in ('-H', f'{name}: {value}')]
    command = ['wrk', '-t1', f'-c{connections}', f'-d{seconds}s', '-s', SCRIPT, *headers, f'http://{peer.address}{peer.prefix}{path}']
    said = subprocess.run(command, capture_output=True, text=True)
    if said.returncode:
        raise RuntimeError(f'wrk: {said.stdout}{said.stderr}')
    return json.loads(said.stdout.splitlines()[-1])


def settled(upstream, path):
    """The upstream's count, once nothing is on its way any more."""
    count = peers.counted(upstream, path)
    while True:
        time.sleep(0.05)
        before, count = count, peers.counted(upstream, path)
        if count == before:
            return count
