"""The tables of docs/performance.md."""
import statistics

from goals import GOALS, NAMES, is_met, ratio


def goals(rows, parts):
    """Every goal of the parts: the figure, and what must hold and is aimed at, each with the ratio that was found."""
    lines = ['| what | Waiide | must | | aim | |', '|---|--:|---|---|---|---|']
    by_goal = {row['goal']: row for row in rows if row['goal']}
    for name, goal in GOALS.items():
        if goal.part not in parts:
            continue
        row = by_goal.get(name)
        if not row or not row['values'].get('gateway'):
            lines.append(f'| {name} | no figure | | | | |')
            continue
        lines.append(f'| {row["what"]} | {spread(row["values"]["gateway"])} {row["unit"]} | {verdict(goal.must, row)} | {verdict(goal.aim, row)} |')
    return '\n'.join(lines)


def verdict(limit, row):
    if limit is None:
        return ' | '
    whose = f'× {NAMES.get(limit.peer, limit.peer)}' if limit.peer else row['unit']
    asked = f'{"≥" if row["higher_is_better"] else "≤"} {limit.figure:g} {whose}'
    found = ratio(limit, row)
    if found is None:
        return f'{asked} | no figure of {NAMES.get(limit.peer, limit.peer)}'
    word = 'met' if is_met(limit, row) else '**not met**'
    return f'{asked} | {word}: {found:.2f} ×' if limit.peer else f'{asked} | {word}'


def figures(rows):
    """What each one did: the median, and in brackets the least and the most."""
    known = list(NAMES)
    names = sorted({name for row in rows for name in row['values']}, key=lambda name: (known.index(name) if name in known else len(known), name))
    lines = ['| what | unit | ' + ' | '.join(NAMES.get(name, name) for name in names) + ' |', '|---|---|' + '--:|' * len(names)]
    for row in rows:
        cells = [spread(row['values'][name]) if row['values'].get(name) else '' for name in names]
        lines.append(f'| {row["what"]} | {row["unit"]} | ' + ' | '.join(cells) + ' |')
    notes = [f'{row["what"]}: {row["note"]}' for row in rows if row['note']]
    return '\n'.join(lines) + ''.join(f'\n\n{note}' for note in notes)


def spread(values):
    if len(values) == 1:
        return number(values[0])
    return f'{number(statistics.median(values))} ({number(min(values))} to {number(max(values))})'


def number(value):
    return f'{value:,.0f}' if abs(value) >= 100 else f'{value:.1f}' if abs(value) >= 10 else f'{value:.2f}'
