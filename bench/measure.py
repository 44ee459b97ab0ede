"""What the programs of bench/run share: their arguments, rounds in turn, processes and what these weigh, and the rows that they hand on."""
import argparse
import contextlib
import functools
import json
import os
import pathlib
import platform
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time

import tables

ROOT = pathlib.Path(__file__).resolve().parent.parent
os.environ['PATH'] += ':/usr/local/sbin:/usr/sbin:/sbin'  # Where Debian has nginx, and not everybody looks.


def arguments(doc, rounds=5, limit=1800):
    """The arguments that every part has; the part ends by itself after its limit."""
    parser = argparse.ArgumentParser(description=doc, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--quick', action='store_true', help='one short round: shows that it runs, and no figure to keep')
    parser.add_argument('--rounds', type=int, default=rounds)
    parser.add_argument('--json', type=pathlib.Path, metavar='FILE', help='where the rows go')
    parser.add_argument('--built', metavar='CONFIGURATION', help='what "dotnet build" has left is measured (Debug, Release), instead of what is published')
    asked = parser.parse_args()
    if asked.quick:
        asked.rounds = 1
    name = f'bench/{pathlib.Path(sys.argv[0]).name}'
    # A terminal's Ctrl+C, a supervisor's SIGTERM and the time limit all end in the finally blocks.
    for number in (signal.SIGTERM, signal.SIGALRM):
        signal.signal(number, lambda number, _: sys.exit(f'{name}: ended by {signal.Signals(number).name}'))
    signal.alarm(limit)
    return asked


def need(**packages):
    """need(wrk='wrk', nginx='nginx-light'): ends with one sentence where one of the programs is missing."""
    missing = {tool: package for tool, package in packages.items() if not shutil.which(tool)}
    if missing:
        sys.exit(f'bench: {", ".join(missing)} is missing; on Debian: apt-get install {" ".join(sorted(set(missing.values())))}')


def in_turn(names, rounds, once):
    """once(name) for every name in every round, beginning with another one each time; the results by name. What fails ends it."""
    results = {name: [] for name in names}
    for number in range(rounds):
        first = number % len(names)
        for name in names[first:] + names[:first]:
            results[name].append(once(name))
            print(f'  {name}, round {number + 1}: {results[name][-1]}', file=sys.stderr)
    return results


def row(goal, what, unit, values, higher_is_better=False, note=''):
    """One line of the tables; goal is None where it is told beside the goals. values: by peer, a number for each round."""
    return {'goal': goal, 'what': what, 'unit': unit, 'higher_is_better': higher_is_better, 'values': values, 'note': note}


def hand_on(rows, asked):
    """Into the file that was asked for, or as a table."""
    if asked.json:
        asked.json.write_text(json.dumps(rows))
    else:
        print(tables.figures(rows))


def machine():
    model = next((line.split(':')[1].strip() for line in open('/proc/cpuinfo') if line.startswith('model name')), platform.machine())
    memory = os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 2**30
    return f'{os.cpu_count()} processors ({model}), {memory:.0f} GB, Linux {re.match(r"[0-9.]*[0-9]", platform.release())[0]}'


# What is written here itself does not make the figures those of another commit.
WRITTEN = ('docs/performance.md', 'docs/performance.json', 'docs/scaling.md', 'docs/images/performance-*.svg', 'docs/images/scaling.svg')


def changed():
    """Files that are not as their commit has them."""
    if not shutil.which('git'):
        return []
    said = subprocess.run(['git', '-C', ROOT, 'status', '--porcelain', '--', '.', *(f':(exclude){path}' for path in WRITTEN)], capture_output=True, text=True)
    return [line[3:] for line in said.stdout.splitlines()]


def committed():
    """Figures that are kept tell of which commit they are."""
    if files := changed():
        sys.exit(f'bench: figures to keep are of a commit, and these files are not as it has them: {", ".join(files[:5])}. Commit them, or take --quick.')


def versions():
    """Of everything that is measured or measures, as far as it is here."""
    asked = {
        '.NET SDK': ('dotnet', '--version'), 'nginx': ('nginx', '-v'), 'wrk': ('wrk', '-v'), 'JupyterHub': ('jupyterhub', '--version'), 'Node.js': ('node', '--version'),
        'Chromium': ('chromium-headless-shell', '--version'), 'Python': (sys.executable, '--version'), 'Waiide': ('git', '-C', str(ROOT), 'describe', '--always'),
    }
    found = {'configurable-http-proxy': json.loads((ROOT / 'Waiide.Tests/RealHub/FrontProxy/package.json').read_text())['dependencies']['configurable-http-proxy']}
    for name, command in asked.items():
        if shutil.which(command[0]):
            said = subprocess.run(command, capture_output=True, text=True)
            words = re.findall(r'[0-9a-f]{7}[\w-]*' if name == 'Waiide' else r'\d[\w.+-]*', said.stdout or said.stderr)
            found[name] = words[0] if words else 'unknown'
    if changed():
        found['Waiide'] += '-dirty'
    return found


def program(project, asked):
    """The executable of a project, published as images have it, or as built."""
    name = next((ROOT / project).glob('*.csproj')).stem
    if not asked.built:
        return str(published(project) / name)
    built = ROOT / project / 'bin' / asked.built / 'net10.0' / name
    if not built.exists():
        sys.exit(f'bench: {built.relative_to(ROOT)} is not there; build it, or leave --built out.')
    return str(built)


@functools.cache
def published(project):
    if not project.startswith('bench/'):
        return pathlib.Path(subprocess.run([ROOT / 'deploy/publish', project], check=True, stdout=subprocess.PIPE, text=True).stdout.strip()) / pathlib.Path(project).name
    folder = ROOT / 'bench' / 'bin' / pathlib.Path(project).name
    shutil.rmtree(folder, ignore_errors=True)  # Another commit's files would stay.
    # Not in the project's own obj/, which would then be restored for one platform only.
    subprocess.run([
        'dotnet', 'publish', ROOT / project, '--nologo', '--verbosity', 'quiet', '--configuration', 'Release', '--use-current-runtime', '--self-contained', '-p:Shipped=true',
        '-p:PublishDocumentationFile=false', '-p:PublishReferencesDocumentationFiles=false', '--artifacts-path', ROOT / 'bench' / 'bin' / 'artifacts', '--output', folder,
    ], check=True, stdout=sys.stderr, env={**os.environ, 'MSBUILDDISABLENODEREUSE': '1'})
    return folder


@contextlib.contextmanager
def running(command, environment=None, cwd=None):
    """A process of its own session, with nothing of our own environment but what it needs; its last words are shown where what was done with it failed."""
    kept = {name: value for name, value in os.environ.items() if name in ('PATH', 'HOME', 'USER', 'LANG', 'TMPDIR', 'DOTNET_CLI_HOME')}
    with tempfile.TemporaryFile(prefix='bench-log-') as log:
        process = subprocess.Popen(command, cwd=cwd, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env={**kept, **net(), **(environment or {})}, start_new_session=True)
        try:
            yield process
        except BaseException:
            log.seek(max(0, log.seek(0, os.SEEK_END) - 5000))
            sys.stderr.write(log.read().decode(errors='replace'))
            raise
        finally:
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()


def until(condition, reason, limit=60, process=None):
    end = time.monotonic() + limit
    while not condition():
        if process and process.poll() is not None:
            raise RuntimeError(f'ended by itself (code {process.returncode}) before {reason}')
        if time.monotonic() > end:
            raise TimeoutError(f'waited {limit} s in vain until {reason}')
        time.sleep(0.02)


GONE = contextlib.suppress(FileNotFoundError, ProcessLookupError)  # Processes and threads come and go.


def tasks(pid):
    """The folders of a process's threads; none of one that has ended."""
    with GONE:
        return list(pathlib.Path(f'/proc/{pid}/task').iterdir())
    return []


def family(pid):
    """The process and all below it, such as the workers of nginx."""
    found = [pid]
    for task in tasks(pid):
        with GONE:
            found += [each for child in (task / 'children').read_text().split() for each in family(child)]
    return found


def all_told(pid, file, number):
    """The sum of what a file in /proc says of the process, which must be there, and of those below it."""
    found = number(pathlib.Path(f'/proc/{pid}/{file}').read_text())
    for each in family(pid)[1:]:
        with GONE:
            found += number(pathlib.Path(f'/proc/{each}/{file}').read_text())
    return found


def resident(pid):
    """Megabytes in memory of a process and those below it, each shared page counted once (PSS)."""
    return all_told(pid, 'smaps_rollup', lambda text: sum(int(line.split()[1]) for line in text.splitlines() if line.startswith('Pss:'))) / 1024


def processor(pid):
    """Seconds of processor that a process and those below it have had, with those that have ended and were waited for."""
    return all_told(pid, 'stat', lambda text: sum(int(time) for time in text.rpartition(')')[2].split()[11:15])) / os.sysconf('SC_CLK_TCK')


def running_time(pid):
    """seconds = running_time(pid); …; seconds() is the processor time since, to the nanosecond, of those threads of the process and of those below it that are still there."""
    def threads():
        found = {}
        for task in (task for each in family(pid) for task in tasks(each)):
            with GONE:
                found[task] = int((task / 'schedstat').read_text().split()[0])
        return found

    before = threads()
    return lambda: sum(ran - before.get(task, 0) for task, ran in threads().items()) / 1e9


@contextlib.contextmanager
def most_resident(pid, every=0.1):
    """with most_resident(pid) as seen: …; seen() is the most that the process had meanwhile, in megabytes."""
    samples, over = [resident(pid)], threading.Event()

    def watch():
        while not over.wait(every):
            samples.append(resident(pid))

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield lambda: max(samples)
    finally:
        over.set()
        watcher.join()


def dotnet_root():
    return str(pathlib.Path(shutil.which('dotnet')).resolve().parent)


def net():
    """What programs of .NET need to run, and what the images have: nobody attaches a debugger to a server in use."""
    return {'DOTNET_ROOT': dotnet_root(), 'DOTNET_EnableDiagnostics': '0'}


def free_port():
    with socket.socket() as probe:
        probe.bind(('127.0.0.1', 0))
        return probe.getsockname()[1]
