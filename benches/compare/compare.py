"""Runs every tool over the same files in turns, and writes docs/comparison.md and .svg: compare.py WORK NIANBAO [FORMAT...]"""
import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import judge
import show
import tools

WORK = Path(sys.argv[1]).resolve()
TRUTH = judge.load(WORK / "truth.json")
ROUNDS = 2
# A tool is run again in its turn until it has used so many seconds, and the mean counts: the clock of a short run is coarse.
AT_LEAST = 1.0
# A tool that takes longer than this for the first file reads so many files only: the others would take an hour.
SLOW, FEW = 1.5, 20
# Outputs go to memory where the system has such a folder. On ext4 making a file looks through those deleted in the last minutes, as
# those of the turn before are. That made short runs take half as long again, and is no tool's doing.
MEMORY = Path("/dev/shm")

# Starts a command and tells what it used. A process of its own, small: memory counts from what the starting process had.
LAUNCH = """
import os, subprocess, sys
process = subprocess.Popen(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
_, status, used = os.wait4(process.pid, 0)
print(used.ru_utime + used.ru_stime, used.ru_maxrss, os.waitstatus_to_exitcode(status))
"""


def run(commands, fine):
    """CPU seconds of all commands with their children, and the most memory that one of them had, in MiB; None where one failed."""
    cpu, peak = 0.0, 0
    for command in commands:
        told = subprocess.run([sys.executable, "-I", "-S", "-c", LAUNCH, *command], capture_output=True, text=True, check=True)
        seconds, memory, status = told.stdout.split()
        cpu, peak = cpu + float(seconds), max(peak, int(memory))
        if int(status) not in fine:
            return None
    return cpu, peak / 1024


def turn(tool, files, out):
    """The mean CPU seconds of a tool's runs over the files, and the most memory of any; each into an empty folder."""
    cpu, peak, runs = 0.0, 0, 0
    while cpu < AT_LEAST:
        shutil.rmtree(out, ignore_errors=True)
        out.mkdir(parents=True)
        used = run(tool.commands(files, out), tool.fine)
        if used is None:
            return None
        cpu, peak, runs = cpu + used[0], max(peak, used[1]), runs + 1
    return cpu / runs, peak


def both(tool, files, out):
    """One turn: the first file alone, then all. CPU seconds of the first, of each further file, and the most memory."""
    first = turn(tool, files[:1], out)
    if first is None:
        return None
    some = files if first[0] < SLOW else files[:FEW]
    all_of_them = turn(tool, some, out)
    if all_of_them is None:
        return None
    return first[0], max(all_of_them[0] - first[0], 1e-9) / (len(some) - 1), all_of_them[1], len(some)


def positions(file):
    """Where each figure stands, as who writes a script for this one layout finds out by hand."""
    import docx

    tables = [[[cell.text for cell in row.cells] for row in table.rows] for table in docx.Document(file).tables]
    found = {name: judge.place(tables, field) for name, field in TRUTH[Path(file).stem].items()}
    (WORK / "positions.json").write_text(json.dumps({name: at for name, at in found.items() if at}), encoding="utf-8")


def judged(tool, turns, files, out):
    """A row of the table."""
    if None in turns:
        return {"name": tool.name, "does": tool.does, "ran": False}
    row = {"name": tool.name, "does": tool.does, "ran": True}
    row["first"] = min(first for first, *_ in turns)
    row["rate"] = 1 / min(each for _, each, *_ in turns)
    row["peak"] = max(peak for _, _, peak, _ in turns)
    if tool.tables:
        stems = [Path(file).stem for file in files[: turns[0][3]]]
        row["right"], row["wrong"] = judge.judge({stem: TRUTH[stem] for stem in stems}, tool.tables(out))
    return row


def compare(files, kind, folder):
    outs = {tool.name: folder / kind / tool.name.replace(", ", "-") for tool in kind_tools(kind)}
    measured = {name: [] for name in outs}
    for _ in range(ROUNDS):
        for tool in kind_tools(kind):
            measured[tool.name].append(both(tool, files, outs[tool.name]))
            print(kind, tool.name, measured[tool.name][-1], file=sys.stderr)
    return [judged(tool, measured[tool.name], files, outs[tool.name]) for tool in kind_tools(kind)]


def kind_tools(kind):
    return tools.of_format(WORK, sys.argv[2])[kind]


def main():
    kinds = sys.argv[3:] or list(tools.of_format(WORK, sys.argv[2]))
    sections = {}
    with tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else WORK) as folder:
        for kind in kinds:
            files = sorted(map(str, (WORK / "in").glob("*." + kind)), key=lambda name: int(Path(name).stem))
            if kind == "docx":
                positions(files[0])
            sections[kind] = (len(files), compare(files, kind, Path(folder)))
            shutil.rmtree(Path(folder) / kind)
    show.write(sections)


main()
