"""Runs every tool over the same files in turns, and writes docs/comparison.md and .svg. compare.py WORK NIANBAO"""
import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import judge

HERE = Path(__file__).parent
WORK, NIANBAO = Path(sys.argv[1]).resolve(), sys.argv[2]
FILES = sorted((WORK / "in").glob("*.docx"), key=lambda path: int(path.stem))
TRUTH = judge.load(WORK / "truth.json")
POSITIONS = WORK / "positions.json"
PYTHON = sys.executable
ROUNDS = 2
# A tool is run again in its turn until it has used so many seconds, and the mean counts: the clock of a short run is coarse.
AT_LEAST = 1.0
# Outputs go to memory where the system has such a folder. On ext4 making a file looks through those deleted in the last minutes, as
# those of the turn before are. That made short runs take half as long again, and is no tool's doing.
MEMORY = Path("/dev/shm")


def names(out):
    return [str(file) for file in FILES]


def pandoc(out):
    return [["pandoc", str(file), "-t", "html", "-o", str(out / (file.stem + ".html"))] for file in FILES]


def libreoffice(out):
    profile = f"-env:UserInstallation=file://{WORK}/profile"
    return [["soffice", "--headless", profile, "--convert-to", "html", "--outdir", str(out), *names(out)]]


def script(name, *more):
    return lambda out: [[PYTHON, str(HERE / name), *[str(m) for m in more], str(out), *names(out)]]


def html(out):
    return lambda stem: judge.figures(judge.of_html(out / (stem + ".html")), TRUTH[stem])


def markdown(out):
    return lambda stem: judge.figures(judge.of_markdown(out / (stem + ".md")), TRUTH[stem])


def sheet(out):
    return lambda stem: judge.of_sheet(out / (stem + ".xlsx"))


def own(out):
    """The pages that the batch wrote, by the file that each was made of."""
    pages = {}
    for line in (out / "batch.jsonl").read_text(encoding="utf-8").splitlines():
        entry = json.loads(line)
        pages[Path(entry["path"]).stem] = [name for name in entry["outputs"] if name.endswith(".html")]
    return lambda stem: judge.figures(judge.of_html(out / pages[stem][0]), TRUTH[stem]) if pages[stem] else {}


# Name, what it writes, its commands, how its output is read.
TOOLS = [
    ("nianbao", "DOCX + XLSX + HTML, checked", lambda out: [[NIANBAO, "convert", *names(out), "-o", str(out), "-j", "1"]], own),
    ("pandoc", "HTML", pandoc, html),
    ("LibreOffice", "HTML", libreoffice, html),
    ("docling", "HTML", script("one.py", "docling"), html),
    ("markitdown", "Markdown", script("one.py", "markitdown"), markdown),
    ("mammoth", "HTML", script("one.py", "mammoth"), html),
    ("script, plain", "DOCX + XLSX", script("plain.py", POSITIONS), sheet),
    ("script, tuned", "DOCX + XLSX", script("tuned.py", POSITIONS), sheet),
]


# Starts a command and tells what it used. A process of its own, small: memory counts from what the starting process had.
LAUNCH = """
import os, subprocess, sys
process = subprocess.Popen(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
_, status, used = os.wait4(process.pid, 0)
print(used.ru_utime + used.ru_stime, used.ru_maxrss, os.waitstatus_to_exitcode(status))
"""


def run(commands):
    """CPU seconds of all commands with their children, and the most memory that one of them had, in MiB."""
    cpu, peak = 0.0, 0
    for command in commands:
        told = subprocess.run([PYTHON, "-I", "-S", "-c", LAUNCH, *command], capture_output=True, text=True, check=True).stdout.split()
        cpu += float(told[0])
        peak = max(peak, int(told[1]))
        if told[2] not in ("0", "1"):
            return None
    return cpu, peak / 1024


def turn(commands, out):
    """The mean CPU seconds of a tool's runs in one turn, and the most memory of any; each into an empty folder."""
    cpu, peak, runs = 0.0, 0, 0
    while cpu < AT_LEAST:
        shutil.rmtree(out, ignore_errors=True)
        out.mkdir(parents=True)
        used = run(commands(out))
        if used is None:
            return None
        cpu, peak, runs = cpu + used[0], max(peak, used[1]), runs + 1
    return cpu / runs, peak


def positions():
    """Where each figure stands, as who writes a script for this one layout finds out by hand."""
    import docx

    tables = [[[cell.text for cell in row.cells] for row in table.rows] for table in docx.Document(FILES[0]).tables]
    found = {name: judge.place(tables, field) for name, field in TRUTH[FILES[0].stem].items()}
    POSITIONS.write_text(json.dumps({name: at for name, at in found.items() if at}), encoding="utf-8")


def main():
    positions()
    with tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else WORK) as folder:
        outs = {name: Path(folder) / name.replace(", ", "-") for name, *_ in TOOLS}
        measured = {name: [] for name, *_ in TOOLS}
        for _ in range(ROUNDS):
            for name, _, commands, _ in TOOLS:
                measured[name].append(turn(commands, outs[name]))
                print(name, measured[name][-1], file=sys.stderr)
        report([judged(name, writes, reader, measured[name], outs[name]) for name, writes, _, reader in TOOLS])


def judged(name, writes, reader, results, out):
    """A row of the table."""
    if None in results:
        return name, writes, None, None, None, None
    right, wrong, total = judge.judge(TRUTH, reader(out))
    best = min(cpu for cpu, _ in results)
    return name, writes, len(FILES) / best, max(peak for _, peak in results), right / total, wrong


def report(rows):
    own = rows[0][2]
    lines = [
        "| | writes | reports per CPU-second | beside nianbao | most memory, MiB | figures in the right place | wrong figures |",
        "|---|---|---:|---:|---:|---:|---:|",
    ]
    for name, writes, rate, peak, right, wrong in rows:
        if rate is None:
            lines.append(f"| {name} | {writes} | did not run | | | | |")
        else:
            lines.append(
                f"| {name} | {writes} | {rate:,.1f} | 1/{own / rate:,.0f} | {peak:,.0f} | {right:.1%} | {wrong} |"
            )
    head = (
        f"# The same {len(FILES)} Word reports through several tools\n\n"
        "Made by `benches/compare/run`; each tool had two turns on one machine, of at least a second of CPU time each, and the better\n"
        "mean counts. Starting the tool is in it; outputs go to memory. A figure is in the right place when the labels of its row and\n"
        "its column lead to it in the tool's output and to nothing else; seven of the 200 figures of a report stand under labels that lead\n"
        "to more than one cell, and count for no tool.\n\n"
    )
    Path("docs/comparison.md").write_text(head + "\n".join(lines) + "\n\n![](comparison.svg)\n", encoding="utf-8")
    Path("docs/comparison.svg").write_text(plot([(row[0], row[2], row[4]) for row in rows if row[2]]), encoding="utf-8")
    print("\n".join(lines))


def plot(rows):
    """Bars on a logarithmic scale: a step to the right is ten times as fast."""
    import math

    width, left, step = 720, 130, 34
    most = max(rate for _, rate, _ in rows)
    low, high = 0, math.ceil(math.log10(most) + 0.01)
    scale = (width - left - 150) / (high - low)
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {step * len(rows) + 60}" font-family="sans-serif" font-size="13">']
    parts.append('<rect width="100%" height="100%" fill="#fff"/>')
    for power in range(low, high + 1):
        x = left + (power - low) * scale
        parts.append(f'<line x1="{x}" y1="20" x2="{x}" y2="{step * len(rows) + 24}" stroke="#ddd"/>')
        parts.append(f'<text x="{x}" y="{step * len(rows) + 42}" text-anchor="middle" fill="#444">{10 ** power:,}</text>')
    for number, (name, rate, right) in enumerate(rows):
        y = 26 + number * step
        length = max(2, (math.log10(max(rate, 1.0)) - low) * scale)
        colour = "#1b6e3c" if right > 0.999 else "#b36b00"
        parts.append(f'<text x="{left - 8}" y="{y + 15}" text-anchor="end">{name}</text>')
        parts.append(f'<rect x="{left}" y="{y}" width="{length:.1f}" height="20" fill="{colour}"/>')
        parts.append(f'<text x="{left + length + 6:.1f}" y="{y + 15}">{rate:,.1f} ({right:.0%} right)</text>')
    parts.append(f'<text x="{left}" y="14" fill="#444">reports per CPU-second</text></svg>')
    return "\n".join(parts) + "\n"


main()
