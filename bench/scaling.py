"""The tables and the picture of docs/scaling.md, from what bench/scale has found."""
import datetime
import html
import pathlib
import statistics

import measure
from tables import number

DOCS = pathlib.Path(__file__).resolve().parent.parent / 'docs'
AT_ONCE = 2_000  # Of 10,000 who have an account.

HUB = '''
from jupyterhub.proxy import Proxy

class Nobody(Proxy):
    should_start = False
    async def add_route(self, routespec, target, data): pass
    async def delete_route(self, routespec): pass
    async def get_all_routes(self): return {{}}

c = get_config()
c.JupyterHub.proxy_class = Nobody
c.JupyterHub.bind_url = 'http://127.0.0.1:{port}'
c.JupyterHub.hub_bind_url = 'http://127.0.0.1:{api}'
c.JupyterHub.db_url = 'sqlite:///{folder}/jupyterhub.sqlite'
c.JupyterHub.cookie_secret_file = '{folder}/cookie_secret'
c.JupyterHub.authenticator_class = 'dummy'
c.JupyterHub.log_level = 'ERROR'
c.JupyterHub.services = [{{'name': 'bench', 'api_token': '{token}'}}]
c.JupyterHub.load_roles = [{{'name': 'bench', 'services': ['bench'], 'scopes': ['admin:users', 'tokens']}}]
'''

STYLE = '''
text { font: 13px system-ui, sans-serif; fill: #1f2328 } .title { font-size: 16px; font-weight: 600 } .figure, .axis { fill: #59636e }
.idle { fill: #b1bac4; stroke: #b1bac4 } .active { fill: #0969da; stroke: #0969da } polyline { fill: none !important; stroke-width: 2 } .grid { stroke: #d1d9e0 }
@media (prefers-color-scheme: dark) { text { fill: #e6edf3 } .figure, .axis { fill: #9198a1 } .idle { fill: #7d8590; stroke: #7d8590 } .active { fill: #4493f8; stroke: #4493f8 } .grid { stroke: #3d444d } }
'''


def write(found):
    text = (DOCS / 'scaling.md').read_text()
    for name, content in sections(found).items():
        begin, end = f'<!-- {name}: written by bench/scale -->\n', f'<!-- end of {name} -->'
        before, _, rest = text.partition(begin)
        if not rest or end not in rest:
            raise RuntimeError(f'docs/scaling.md has no place for {name}: a line "{begin.strip()}", and one "{end}" after it.')
        text = before + begin + content + '\n' + end + rest.partition(end)[2]
    (DOCS / 'scaling.md').write_text(text)
    (DOCS / 'images' / 'scaling.svg').write_text(picture(found))


def sections(found):
    versions = ', '.join(f'{name} {version}' for name, version in measure.versions().items())
    return {
        'machine': f'{found["machine"]}; {versions}; {datetime.date.today().isoformat()}.',
        'hosts': hosts(found), 'ide': ide(found), 'calls': calls(found), 'telemetry': telemetry(found), 'front': front(found), 'estimate': estimate(found),
    }


def table(head, lines):
    return '\n'.join([f'| {" | ".join(head)} |', '|---|' + '--:|' * (len(head) - 1), *(f'| {" | ".join(cell if isinstance(cell, str) else number(cell) for cell in line)} |' for line in lines)])


def hosts(found):
    return table(
        ('gateways on the host', 'PSS idle (MB)', 'USS idle (MB)', 'idle (‰ of a core)', 'PSS with a window (MB)', 'USS with a window (MB)', 'with a window (‰ of a core)'),
        [[str(size), its['idle']['pss'], its['idle']['uss'], its['idle']['cpu'], its['active']['pss'], its['active']['uss'], its['active']['cpu']] for size, its in found['hosts'].items()])


def ide(found):
    if not found['ide']:
        return 'Not measured: without chromium-headless-shell nobody opens a window.'
    return table(
        ('', 'gateway, PSS (MB)', 'VS Code, PSS (MB)', 'gateway (‰ of a core)', 'VS Code (‰ of a core)'),
        [[name, its['gateway']['pss'], its['ide']['pss'], its['gateway']['cpu'], its['ide']['cpu']] for name, its in found['ide'].items()])


def rate(found, state):
    """Calls to the hub for each server in a minute, of the largest number of servers."""
    return list(found['hosts'].values())[-1][state]['calls']


def calls(found):
    idle, active = rate(found, 'idle'), rate(found, 'active')
    lines = [[f'`{name}`', idle.get(name, 0.0), active.get(name, 0.0), f'{AT_ONCE * active.get(name, 0.0):,.0f}'] for name in sorted({*idle, *active})]
    usual, often = (60 * its['active'].get('hub activity', 0) / its['active']['minutes'] for its in found['telemetry'].values())
    return (table(('calls to the hub, a minute', 'server without a window', 'with one', f'{AT_ONCE:,} servers with one, computed'), lines)
            + f'\n\nWith `JUPYTERHUB_ACTIVITY_INTERVAL=60` the `activity` of a server with a window were {number(often / 60)} a minute, without it {number(usual / 60)}, in two minutes after a window was opened.')


def telemetry(found):
    laps, sampled = found['telemetry']['all'], found['telemetry']['sampled']
    hourly = lambda of, lap, name: of[lap].get(name, 0) * 60 / of[lap]['minutes']
    lines = []
    for name in ('spans', 'log lines', 'points', 'requests', 'bytes'):
        lines.append([
            {'points': 'points of metrics', 'requests': 'requests to the collector'}.get(name, name), f'{hourly(laps, "idle", name):,.0f}', f'{laps["load"].get(name, 0):,}', f'{sampled["load"].get(name, 0):,}',
            f'{hourly(laps, "active", name):,.0f}', f'{AT_ONCE * hourly(laps, "active", name) / 3600:,.0f}'])
    return table(('', 'an hour without a window', 'first load of a window, and the minute after it', 'the same, one trace in ten', 'an hour with a window', f'{AT_ONCE:,} windows, a second, computed'), lines)


def front(found):
    its = found['front']
    routes = table(('routes', 'memory (MB)', 'to add one (ms)', 'to list all (ms)', 'size of the list (MB)'),
                   [[f'{count:,}', one['memory'], one['added'], one['listed'], one['bytes'] / 1e6] for count, one in its['routes'].items()])
    sockets = table(('WebSockets', 'memory of each (KB)', 'processor (% of a core)', 'lost'),
                    [[f'{count:,}', one['memory'] * 1024 / count, 100 * one['cpu'], str(one['lost'])] for count, one in its['sockets'].items()])
    return f'{routes}\n\n{sockets}'


def estimate(found):
    """What follows for a hub with many users; all of it computed."""
    last = list(found['hosts'].values())[-1]
    sockets, of_sockets = list(found['front']['sockets'].items())[-1]
    asked = AT_ONCE * sum(rate(found, 'active').values()) / 60
    lines = [
        ['memory of all gateways', f'{AT_ONCE * last["active"]["pss"] / 1024:,.0f} GB', f'{AT_ONCE:,} × {number(last["active"]["pss"])} MB'],
        ['processor of all gateways', f'{AT_ONCE * last["active"]["cpu"] / 1000:,.0f} cores; {AT_ONCE * last["idle"]["cpu"] / 1000:,.1f} if nobody has a window open', f'{AT_ONCE:,} × {number(last["active"]["cpu"])} ‰, or × {number(last["idle"]["cpu"])} ‰'],
        ['calls to the hub', f'{asked:,.0f} a second', 'the table of calls'],
        ['WebSockets at the front proxy', f'{2 * AT_ONCE:,}', 'two for each window'],
        ['front proxy', f'{2 * AT_ONCE * of_sockets["cpu"] / sockets:,.2f} cores, {2 * AT_ONCE * of_sockets["memory"] / sockets:,.0f} MB', f'as with {sockets:,} sockets'],
        [f'{AT_ONCE:,} starts within 15 minutes', f'{AT_ONCE * statistics.median(found["start"]) / 900:,.1f} cores of the nodes for the gateways', f'{AT_ONCE:,} × {number(statistics.median(found["start"]))} s, {len(found["start"])} at once'],
    ]
    if found['hub']:
        lines.insert(3, ['of the hub\'s one core', f'{asked * found["hub"]["cpu"] / 10:,.0f} %', f'{number(found["hub"]["cpu"])} ms for each call, JupyterHub {found["hub"]["version"]}'])
    if found['ide']:
        busy = found['ide']['one window']['ide']
        lines.insert(0, ['memory of all VS Codes, one window each and no language server', f'{AT_ONCE * busy["pss"] / 1024:,.0f} GB', f'{AT_ONCE:,} × {number(busy["pss"])} MB'])
    return '\n'.join([f'| {AT_ONCE:,} at once | computed | from |', '|---|--:|---|', *(f'| {" | ".join(line)} |' for line in lines)])


def picture(found):
    """Two graphs beside each other: memory and processor of one gateway by how many there are."""
    graphs = [('Memory of one gateway (PSS, MB)', 'pss'), ('Processor of one gateway (‰ of a core)', 'cpu')]
    parts = [f'<text class="title" x="0" y="18">What a gateway costs by how many share the host</text>']
    for column, (title, key) in enumerate(graphs):
        parts += graph(found['hosts'], title, key, 40 + 380 * column)
    parts.append('<rect class="active" x="40" y="312" width="12" height="12"/><text x="58" y="322">with a window, somebody types</text><rect class="idle" x="300" y="312" width="12" height="12"/><text x="318" y="322">idle</text>')
    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 760 332" width="760" height="332" role="img">\n<title>What a gateway costs by how many share the host</title>\n'
            f'<desc>{html.escape(described(found))}</desc>\n<style>{STYLE}</style>\n' + '\n'.join(parts) + '\n</svg>\n')


def described(found):
    return '; '.join(f'{size} on a host: idle {number(its["idle"]["pss"])} MB and {number(its["idle"]["cpu"])} ‰ of a core, with a window {number(its["active"]["pss"])} MB and {number(its["active"]["cpu"])} ‰' for size, its in found['hosts'].items())


def graph(by_size, title, key, left, width=300, top=60, height=210):
    most, last = max(its[state][key] for its in by_size.values() for state in ('idle', 'active')) * 1.15, max(by_size)
    at = lambda size, value: (left + width * size / last, top + height * (1 - value / most))
    parts = [f'<text x="{left}" y="{top - 16}">{html.escape(title)}</text>', f'<line class="grid" x1="{left}" x2="{left + width}" y1="{top + height}" y2="{top + height}"/>']
    for size in by_size:
        parts.append(f'<text class="axis" x="{at(size, 0)[0]:.1f}" y="{top + height + 20}" text-anchor="middle">{size}</text>')
    for state in ('idle', 'active'):
        points = [at(size, its[state][key]) for size, its in by_size.items()]
        parts.append(f'<polyline class="{state}" points="{" ".join(f"{x:.1f},{y:.1f}" for x, y in points)}"/>')
        for (x, y), its in zip(points, by_size.values()):
            parts.append(f'<circle class="{state}" cx="{x:.1f}" cy="{y:.1f}" r="4"/>')
        for (x, y), its in (list(zip(points, by_size.values()))[0], list(zip(points, by_size.values()))[-1]):
            parts.append(f'<text class="figure" x="{x:.1f}" y="{y + (19 if state == "idle" else -9):.1f}" text-anchor="middle">{number(its[state][key])}</text>')
    return parts
