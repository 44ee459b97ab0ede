"""wrk, and what it says held against what the upstream has seen."""
import json
import pathlib
import signal
import subprocess
import time

import measure
import peers

SCRIPT = pathlib.Path(__file__).resolve().parent / 'wrk.lua'


def load(peer, upstream, path, connections, seconds):
    """
    As many GETs as go, for so many seconds, or without such until some have arrived: the rate, latencies in microseconds, and the microseconds of processor that the peer had for each.
    A request that somebody else than the upstream has answered is an error.
    """
    before, worked = settled(upstream, path), measure.processor(peer.pid)
    headers = [part for name, value in peer.headers.items() for part in ('-H', f'{name}: {value}')]
    command = ['wrk', '-t1', f'-c{connections}', f'-d{seconds or 60}s', '-s', SCRIPT, *headers, f'http://{peer.address}{peer.prefix}{path}']
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        try:
            if not seconds:
                measure.until(lambda: peers.counted(upstream, path) > before + 2 * connections, f'requests of wrk have come through {peer.name}', process=process)
                process.send_signal(signal.SIGINT)  # Upon which it tells what it has.
            said = process.communicate()[0]
        finally:
            process.kill()  # Where it has not ended by itself.
    if process.returncode:
        raise RuntimeError(f'wrk: {said}')
    found = json.loads(said.splitlines()[-1])
    worked = measure.processor(peer.pid) - worked
    arrived = settled(upstream, path) - before
    # Those that were on their way when the time was over have arrived, and are not in wrk's count.
    if found['failed'] or not 0 < found['requests'] <= arrived <= found['requests'] + connections:
        raise RuntimeError(f'{peer.name}: wrk has {found["requests"]} answers to {path}, {found["failed"]} of them failed, and the upstream has seen {arrived} requests')
    return {'rate': found['requests'] / found['microseconds'] * 1e6, 'p50': found['p50'], 'p99': found['p99'], 'processor': worked / found['requests'] * 1e6}


def warm_up(peer, upstream):
    """
    .NET and Node.js compile again what is called often, beside the requests, each of which takes the gateway twice as long meanwhile. It is over once three loads in a row have taken about as much of a processor
    for a request, and, since .NET compiles in several steps with pauses between them, not within 40 seconds. At most two minutes.
    """
    began, spent = time.monotonic(), []
    while time.monotonic() - began < 120:
        spent.append(load(peer, upstream, '/1k', 50, 5)['processor'])
        if time.monotonic() - began > 40 and max(spent[-3:]) < 1.1 * min(spent[-3:]):
            break
    load(peer, upstream, '/1m', 16, 5)


def settled(upstream, path):
    """The upstream's count, once nothing is on its way any more: for half a second, since on a busy machine a peer passes on late what wrk no longer waits for."""
    count, quiet = peers.counted(upstream, path), 0
    while quiet < 10:
        time.sleep(0.05)
        before, count = count, peers.counted(upstream, path)
        quiet = quiet + 1 if count == before else 0
    return count
