"""Bars of the gateway and its peers, as SVG that can be read in light and dark."""
import html
import statistics

from goals import GOALS, NAMES, PICTURES
from tables import number

WIDTH, LEFT, BAR, GAP = 760, 190, 18, 6
LENGTH = WIDTH - LEFT - 150

STYLE = '''
text { font: 13px system-ui, sans-serif; fill: #1f2328 } .title { font-size: 16px; font-weight: 600 } .what { font-weight: 600 } .figure { fill: #59636e }
rect { fill: #b1bac4 } .ours { fill: #0969da } line { stroke: #1f2328; stroke-width: 1.5 }
@media (prefers-color-scheme: dark) { text { fill: #e6edf3 } .figure { fill: #9198a1 } rect { fill: #57606a } .ours { fill: #4493f8 } line { stroke: #e6edf3 } }
'''


def named(rows):
    """The titles of the pictures by the names of their files: one for each group of goals that has rows."""
    return {f'performance-{name}.svg': title for name, title in PICTURES.items() if of_group(rows, name)}


def drawn(rows):
    """The pictures by the names of their files."""
    return {f'performance-{name}.svg': picture(title, of_group(rows, name)) for name, title in PICTURES.items() if of_group(rows, name)}


def of_group(rows, name):
    return [row for row in rows if row['goal'] and GOALS[row['goal']].picture == name]


def picture(title, rows):
    parts, y = [f'<text class="title" x="0" y="18">{html.escape(title)}</text>'], 34
    for row in rows:
        parts.append(f'<text class="what" x="0" y="{y + 14}">{html.escape(row["what"])}, {html.escape(row["unit"])} ({"more" if row["higher_is_better"] else "less"} is better)</text>')
        y += 24
        most = max(max(values) for values in row['values'].values())
        for name, values in sorted(row['values'].items(), key=lambda pair: pair[0] != 'gateway'):
            parts += bar(NAMES.get(name, name), values, most or 1, y, name == 'gateway')
            y += BAR + GAP
        y += 14
    described = html.escape('; '.join(f'{row["what"]}: ' + ', '.join(f'{NAMES.get(name, name)} {number(statistics.median(values))} {row["unit"]}' for name, values in row['values'].items()) for row in rows))
    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {y}" width="{WIDTH}" height="{y}" role="img">\n<title>{html.escape(title)}</title>\n<desc>{described}</desc>\n<style>{STYLE}</style>\n'
            + '\n'.join(parts) + '\n</svg>\n')


def bar(name, values, most, y, ours):
    """As long as the median, with a line from the least to the most."""
    median = statistics.median(values)
    at = lambda value: LEFT + LENGTH * value / most
    middle = y + BAR / 2
    return [
        f'<text x="{LEFT - 10}" y="{middle + 4.5}" text-anchor="end">{html.escape(name)}</text>',
        f'<rect class="{"ours" if ours else "peer"}" x="{LEFT}" y="{y}" width="{max(1, at(median) - LEFT):.1f}" height="{BAR}" rx="2"/>',
        f'<line x1="{at(min(values)):.1f}" x2="{at(max(values)):.1f}" y1="{middle}" y2="{middle}"/>',
        f'<text class="figure" x="{at(max(values)) + 8:.1f}" y="{middle + 4.5}">{number(median)}</text>',
    ]
