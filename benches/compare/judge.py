"""Reads a tool's output as a person does: which figure stands in the row and under the column of a field's labels."""
import json
import re
from pathlib import Path

BLANK = re.compile(r"[\s\u3000]+")
NUMBERING = re.compile(r"^[（(]?[0-9一二三四五六七八九十]+[）)．.、]?")


def folded(text):
    return BLANK.sub("", text or "")


def bare(text):
    return NUMBERING.sub("", folded(text))


def of_html(path):
    """Tables as rows of texts, with merged cells repeated."""
    import lxml.html

    tables = []
    for table in lxml.html.parse(str(path), lxml.html.HTMLParser(encoding="utf-8")).iter("table"):
        grid, rows = {}, 0
        for r, tr in enumerate(tr for tr in table.iter("tr") if next(tr.iterancestors("table")) is table):
            rows, c = r + 1, 0
            for cell in tr:
                if cell.tag not in ("td", "th"):
                    continue
                while (r, c) in grid:
                    c += 1
                for dr in range(int(cell.get("rowspan", 1) or 1)):
                    for dc in range(int(cell.get("colspan", 1) or 1)):
                        grid[r + dr, c + dc] = cell.text_content()
        columns = max((c for _, c in grid), default=-1) + 1
        tables.append([[grid.get((r, c), "") for c in range(columns)] for r in range(rows)])
    return tables


def of_markdown(path):
    tables, rows = [], []
    for line in Path(path).read_text(encoding="utf-8").splitlines() + [""]:
        if line.startswith("|"):
            cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
            if not all(set(cell) <= set("-: ") for cell in cells):
                rows.append(cells)
        elif rows:
            tables.append(rows)
            rows = []
    return tables


def of_sheet(path):
    """The figures by field that the scripts write: no tables are left to find them in."""
    import openpyxl

    return {row[0]: row[1] for row in openpyxl.load_workbook(path, read_only=True).active.iter_rows(values_only=True)}


def place(tables, field):
    """Table, row and column of a field, by its labels; None where they do not lead to one cell."""
    row, column = [bare(label) for label in field["row"]], [bare(label) for label in field["column"]]
    found = []
    for t, table in enumerate(tables):
        heads = [line for line in table if column and column[-1] in map(bare, line)] if column else []
        if not heads:
            continue
        head = table.index(heads[0]) if len(heads) == 1 else None
        for r, line in enumerate(table):
            texts = [bare(text) for text in line]
            if row and not all(label in texts for label in row[-1:]) or not row and not numeric_row(line):
                continue
            above = [h for h, other in enumerate(table[:r]) if column[-1] in map(bare, other)]
            if not above:
                continue
            h = above[-1]
            columns = [c for c, text in enumerate(table[h]) if bare(text) == column[-1] and c < len(line)]
            for c in columns:
                path = [bare(table[k][c]) for k in range(h + 1) if c < len(table[k])]
                if all(label in path for label in column) and all(label in texts for label in row):
                    found.append((t, r, c))
    return found[0] if len(found) == 1 else None


def numeric_row(line):
    return bool(line) and all(re.fullmatch(r"[\d.,\s-]*", text or "") for text in line)


def figures(tables, truth):
    out = {}
    for name, field in truth.items():
        at = place(tables, field)
        if at:
            out[name] = folded(tables[at[0]][at[1]][at[2]])
    return out


def judge(truth, read):
    """The share of all figures that stand where they belong, and how many wrong ones stand there. `read` gives a report's tables."""
    right = wrong = total = 0
    for stem, fields in truth.items():
        tables = read(stem)
        got = tables if isinstance(tables, dict) else figures(tables, fields)
        for name, field in fields.items():
            total += 1
            value = folded(str(got[name])) if got.get(name) is not None else None
            if value is None:
                continue
            if value == folded(field["figure"]):
                right += 1
            else:
                wrong += 1
    return right / total, wrong


def load(path):
    return json.loads(Path(path).read_text(encoding="utf-8"))
