"""The tables and the plot of a comparison."""
import math
from pathlib import Path

TITLES = {
    "docx": "Word reports (.docx), as LibreOffice saves them",
    "doc": "Word 97 reports (.doc), as LibreOffice saves them",
    "xlsx": "Workbooks (.xlsx), as LibreOffice saves them",
    "html": "Web pages (.html), as LibreOffice saves them",
    "pdf": "PDF, as LibreOffice prints them",
}
HEAD = """# The same reports through several tools

Made by `benches/compare/run`. Each tool had two turns on one machine, and the better one counts; in a turn it reads the first file
alone and then all, each until it has used a second of CPU time, and the mean counts. A rate is that of the further files: the start,
and the first report, are left out of it and stand in a column of their own. Outputs go to memory. Only nianbao finds out
which figure belongs to which field, checks the report and writes all formats; the other tools' rates are of what the second column says.

A figure is in the right place when the labels of its row and its column identify exactly its cell in the tool's output; some
of a report's figures stand under labels that identify more than one cell, and count for no tool. A tool that leaves merged cells
empty or gives no tables has few such places; what it read may be complete all the same.
"""


def write(sections):
    lines = [HEAD]
    for kind, (count, rows) in sections.items():
        lines += [f"## {count} {TITLES[kind]}", "", *table(rows), "", f"![](comparison-{kind}.svg)" if kind != "docx" else "![](comparison.svg)", ""]
        name = "docs/comparison.svg" if kind == "docx" else f"docs/comparison-{kind}.svg"
        Path(name).write_text(plot([row for row in rows if row["ran"]]), encoding="utf-8")
    text = "\n".join(lines).rstrip() + "\n"
    Path("docs/comparison.md").write_text(text, encoding="utf-8")
    print(text)


def table(rows):
    own = rows[0]["rate"]
    yield "| | does | reports per CPU-second | beside nianbao | first report, CPU ms | most memory, MiB | figures in the right place | wrong |"
    yield "|---|---|---:|---:|---:|---:|---:|---:|"
    for row in rows:
        if not row["ran"]:
            yield f"| {row['name']} | {row['does']} | did not run | | | | | |"
            continue
        places = f"{row['right']:.1%} | {row['wrong']}" if "right" in row else "– | –"
        yield (
            f"| {row['name']} | {row['does']} | {row['rate']:,.1f} | {row['rate'] / own:.3g} "
            f"| {row['first'] * 1000:,.0f} | {row['peak']:,.0f} | {places} |"
        )


def plot(rows):
    """Bars on a logarithmic scale: a step to the right is ten times as fast."""
    width, left, step = 720, 130, 34
    most = max(row["rate"] for row in rows)
    high = math.ceil(math.log10(most) + 0.01)
    scale = (width - left - 70) / high
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {step * len(rows) + 60}" font-family="sans-serif" font-size="13">']
    parts.append('<rect width="100%" height="100%" fill="#fff"/>')
    for power in range(high + 1):
        x = left + power * scale
        parts.append(f'<line x1="{x}" y1="20" x2="{x}" y2="{step * len(rows) + 24}" stroke="#ddd"/>')
        parts.append(f'<text x="{x}" y="{step * len(rows) + 42}" text-anchor="middle" fill="#444">{10 ** power:,}</text>')
    for number, row in enumerate(rows):
        y = 26 + number * step
        length = max(2, math.log10(max(row["rate"], 1.0)) * scale)
        colour = "#1b6e3c" if number == 0 else "#8a8f98"
        parts.append(f'<text x="{left - 8}" y="{y + 15}" text-anchor="end">{row["name"]}</text>')
        parts.append(f'<rect x="{left}" y="{y}" width="{length:.1f}" height="20" fill="{colour}"/>')
        parts.append(f'<text x="{left + length + 6:.1f}" y="{y + 15}">{row["rate"]:,.1f}</text>')
    parts.append(f'<text x="{left}" y="14" fill="#444">reports per CPU-second, start left out</text></svg>')
    return "\n".join(parts) + "\n"
