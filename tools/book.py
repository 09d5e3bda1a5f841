"""The parts of the book that are made when it is built, as a preprocessor of mdBook: reference pages, the list of decisions, and pictures.

Pages come from the contract, the default settings, and the program itself (SKILLGAP_BIN, or target/release/skillgap): its help, its metrics, its
answers. Nothing made is in the tree, so nothing made can go stale (docs/decisions/0104). `mdbook build docs` calls this.
"""

import json
import math
import os
import re
import subprocess
import sys
import urllib.request
from contextlib import contextmanager
from html import escape
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"
BIN = Path(os.environ.get("SKILLGAP_BIN", ROOT / "target/release/skillgap")).resolve()


# --- Reference pages


def contract() -> str:
    """The messages and methods of proto/skillgap/v1, with their comments."""
    files = sorted((ROOT / "proto/skillgap/v1").glob("*.proto"))
    files.sort(key=lambda file: "\nservice " not in file.read_text(encoding="utf-8"))
    head = "# Contract\n\nMade from `proto/skillgap/v1`: the same over gRPC, gRPC-Web and REST. In JSON names are in camelCase, 64-bit numbers are strings."
    return head + "".join(proto(file.read_text(encoding="utf-8")) for file in files) + "\n"


def proto(text: str) -> str:
    """A file of the contract. buf holds its form: a comment stands above what it is about, a field is on one line."""
    out, said, in_table = [], [], False
    for line in text.split("\npackage ", 1)[1].splitlines():
        line = line.strip()
        if line.startswith("//"):
            said.append(line.removeprefix("//").strip())
            continue
        about, said = paragraphs(said), []
        if found := re.match(r"(service|message|enum) (\w+)", line):
            out += [f"\n\n## {found[2]}\n\n{about}"]
            in_table = False
        elif found := re.match(r"rpc (\w+)\((stream )?(\w+)\) returns \((stream )?(\w+)\)", line):
            streams = "a stream of " if found[2] else ""
            out += [f"\n\n### {found[1]}\n\n{about}\n\nTakes {streams}{link(found[3])}, answers with {streams}{link(found[5])}."]
        elif found := re.search(r"\b(get|post|put|delete|patch): \"([^\"]+)\"", line):
            path = f"`{found[1].upper()} {found[2]}`."
            if out[-1].startswith(" REST"):
                out[-1] = out[-1].rstrip(".") + f" or {path}"
            else:
                out += [f" REST: {path}"]
        elif found := re.match(r"(oneof) (\w+) \{", line):
            out += row(in_table, f"*one of, {found[2]}:*", "", about)
            in_table = True
        elif found := re.match(r"(?:(repeated|optional) )?(map<.+>|[\w.]+) (\w+) = \d+", line):
            required = " Required." if "REQUIRED" in line else ""
            kind = f"{'list of ' if found[1] == 'repeated' else ''}{link(found[2])}"
            out += row(in_table, f"`{found[3]}`", kind, about + required)
            in_table = True
        elif found := re.match(r"([A-Z0-9_]+) = (\d+)", line):
            out += row(in_table, f"`{found[1]}`", found[2], about)
            in_table = True
    return "".join(out)


def row(in_table: bool, name: str, kind: str, about: str) -> list[str]:
    head = "" if in_table else "\n\n| name | what it is | meaning |\n|---|---|---|"
    return [head, f"\n| {name} | {kind} | {cell(about)} |"]


def link(kind: str) -> str:
    """A type of ours as a link to its heading."""
    return f"[{kind}](#{kind.lower()})" if kind[0].isupper() and "." not in kind else f"`{kind}`"


def paragraphs(lines: list[str]) -> str:
    return "\n\n".join(" ".join(part.split()) for part in "\n".join(lines).split("\n\n"))


def cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|").replace("<", "&lt;")


def settings() -> str:
    """src/config/default.toml, a paragraph a setting."""
    out, said = [], []
    for line in (ROOT / "src/config/default.toml").read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            said.append(line.removeprefix("#").strip())
        elif found := re.match(r"\[(\w+)\]", line):
            section = found[1]
            out.append(f"\n## {section}\n")
        elif found := re.match(r"(\w+) = (.+)", line):
            variable = f"skillgap__{section}__{found[1]}".upper()
            out.append(f"\n**`{found[1]} = {found[2]}`** (`{variable}`)\\\n{cell(' '.join(said))}\n")
            said = []
        elif said:  # What stands at the head of the file.
            out.append(f"# Settings\n\n{paragraphs(said)}\n")
            said = []
    return "".join(out)


def metrics(address: str) -> str:
    """What the admin port says of itself."""
    with urllib.request.urlopen(f"{address}/metrics", timeout=30) as answer:
        lines = answer.read().decode().splitlines()
    kinds = dict(line.split()[2:4] for line in lines if line.startswith("# TYPE "))
    rows = [line.removeprefix("# HELP ").split(" ", 1) for line in lines if line.startswith("# HELP ")]
    suffix = {"counter": "_total", "info": "_info", "histogram": "_bucket, _sum, _count"}
    table = [f"| `{name}` | {kinds[name]} | {suffix.get(kinds[name], '')} | {cell(about)} |" for name, about in sorted(rows)]
    head = "# Metrics\n\nMade from `/metrics` of the admin port. Alerts, a dashboard and the labels: [deploy](../deploy.md#monitoring).\n\n"
    return head + "| metric | kind | ends with | meaning |\n|---|---|---|---|\n" + "\n".join(table) + "\n"


def commands() -> str:
    """The help of the program."""
    names = re.findall(r"^  ([a-z-]+) ", said("--help").split("Options:")[0], re.M)
    parts = [f"\n## skillgap {name}\n\n```text\n{said(name, '--help').strip()}\n```\n" for name in names if name != "help"]
    return f"# Commands\n\nMade from `skillgap help`.\n\n```text\n{said('--help').strip()}\n```\n" + "".join(parts)


def decisions(number: list[int]) -> list[dict]:
    """The records of docs/decisions, in their order, as chapters below one of this number."""
    chapters = []
    for at, file in enumerate(sorted((DOCS / "decisions").glob("*.md"))):
        text = file.read_text(encoding="utf-8")
        name = re.sub(r"^#\s*\d+[.:]?\s*", "", text.splitlines()[0])
        one = {"name": f"{file.name[:4]} {name}", "content": text, "path": f"decisions/{file.name}", "source_path": None}
        chapters.append({"Chapter": one | {"number": [*number, at + 1], "sub_items": [], "parent_names": ["Decisions"]}})
    return chapters


# --- Pictures, drawn from real answers


def answer(address: str, path: str, request: dict) -> dict:
    call = urllib.request.Request(address + path, json.dumps(request).encode(), {"content-type": "application/json"})
    with urllib.request.urlopen(call, timeout=60) as reply:
        return json.load(reply)


def demo(address: str) -> dict:
    """What the service says to the ad and the person of the demo."""
    ad = (ROOT / "index/starter/demo/ad.txt").read_text(encoding="utf-8")
    profile = json.loads((ROOT / "index/starter/demo/profile.json").read_text(encoding="utf-8"))
    request = {"target": {"ad": ad}, "profile": profile, "persona": "unemployed", "planPathway": True, "asOf": "2026-12-01"}
    return answer(address, "/v1/credentials:recommend", request)


def svg(name: str, about: str, width: int, height: int, parts: list[str]) -> str:
    """A picture with a title and a description for those who do not see it. It takes its colours from the page, and has no empty line, which would end
    it in Markdown."""
    hatch = '<pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect width="3" height="6" fill="#2f6f4f"/></pattern>'
    head = f'<svg role="img" aria-labelledby="{name}-t {name}-d" viewBox="0 0 {width} {height}" width="100%" font-family="sans-serif" font-size="14" fill="currentColor">'
    title, description = about.split(": ", 1)
    lines = [f'<title id="{name}-t">{escape(title)}</title>', f'<desc id="{name}-d">{escape(description)}</desc>', f"<defs>{hatch}</defs>", *parts]
    return "\n".join([head, *lines, "</svg>"])


def text(x: float, y: float, words: str, anchor: str = "start") -> str:
    return f'<text x="{x:.0f}" y="{y:.0f}" text-anchor="{anchor}">{escape(words)}</text>'


def bar(x: float, y: float, width: float, share: float, fill: str) -> list[str]:
    frame = f'<rect x="{x:.0f}" y="{y:.0f}" width="{width:.0f}" height="16" fill="none" stroke="currentColor"/>'
    return [frame, f'<rect x="{x:.0f}" y="{y:.0f}" width="{width * share:.0f}" height="16" fill="{fill}"/>']


def gap_bars(address: str) -> str:
    """What an ad asks for, and how much of each the person holds."""
    items = demo(address)["gap"]
    parts = []
    for at, item in enumerate(items):
        y = 24 * at
        share, is_sure = item["held"], item["nearestHeldSource"] in ("HELD_SOURCE_UNSPECIFIED", "HELD_SOURCE_STATED")
        parts += [text(330, y + 14, item["label"], "end"), *bar(340, y + 1, 240, share, "#2f6f4f" if is_sure else "url(#hatch)")]
        parts += [text(590, y + 14, percent(share) + ("" if is_sure else ", an estimate") if share else "not found")]
    said = "; ".join(f"{item['label']} {percent(item['held'])}" for item in items)
    return svg("gap", f"What the ad of the demo asks for, and what the person has of it: {said}. Hatched is estimated.", 720, 24 * len(items), parts)


def pathway_steps(address: str) -> str:
    """The steps of a pathway, each where the ones before it end, up to the line that no set of credentials passes."""
    found = demo(address)["pathway"]
    parts, reached, said = [], 0.0, []
    left, scale = 20, 680 / found["closureUpperBound"]
    for at, step in enumerate(found["steps"]):
        y, adds = 46 * at, step["marginalClosure"]
        x, width = left + scale * reached, scale * adds
        reached += adds
        parts += [text(left, y + 14, f"{at + 1}. {step['title']}: {percent(adds)} more, {percent(reached)} together")]
        parts += [f'<rect x="{x:.0f}" y="{y + 20}" width="{width:.0f}" height="16" fill="url(#hatch)" stroke="currentColor"/>']
        said.append(f"{step['title']} closes {percent(adds)}")
    height = 46 * len(found["steps"])
    parts += [f'<line x1="{left + 680}" y1="0" x2="{left + 680}" y2="{height}" stroke="currentColor" stroke-dasharray="4 3"/>']
    parts += [text(left + 680, height + 16, f"no other set closes more than {percent(found['closureUpperBound'])}", "end")]
    return svg("pathway", f"A pathway, step by step: {'; '.join(said)}. All of it is estimated.", 720, height + 24, parts)


def latency(_address: str) -> str:
    """The time of a call by the size of the catalogue, of the table in docs/measured.md; both axes by powers of ten."""
    table = (DOCS / "measured.md").read_text(encoding="utf-8")
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines() if line.startswith(("| `cargo bench", "| RecommendCredentials"))]
    sizes = [int(size.split()[0].replace(",", "")) for size in rows[0][1:]]
    times = [[float(time) for time in cell.removesuffix("ms").split("/")] for cell in rows[1][1:]]
    place = lambda size, time: (60 + 200 * math.log10(size / 1000), 220 - 200 * math.log10(time / 5))
    parts, said = [], []
    for time in (5, 10, 20, 50):
        _, y = place(1000, time)
        parts += [f'<line x1="60" y1="{y:.0f}" x2="660" y2="{y:.0f}" stroke="currentColor" opacity="0.2"/>', text(52, y + 5, f"{time} ms", "end")]
    for at, (name, dash) in enumerate((("half of the calls within", ""), ("99 of 100 within", 'stroke-dasharray="6 4"'))):
        places = [place(size, time[at]) for size, time in zip(sizes, times)]
        line = " ".join(f"{x:.0f},{y:.0f}" for x, y in places)
        parts += [f'<polyline points="{line}" fill="none" stroke="#2f6f4f" stroke-width="2" {dash}/>', text(places[1][0], places[1][1] - 10, name, "middle")]
        parts += [f'<circle cx="{x:.0f}" cy="{y:.0f}" r="4" fill="#2f6f4f"/>' for x, y in places]
    for size, (half, most) in zip(sizes, times):
        parts += [text(place(size, 5)[0], 244, f"{size:,}", "middle")]
        said.append(f"{size:,} credentials {half} and {most} ms")
    return svg("latency", f"Time of RecommendCredentials by the size of the catalogue: half and 99 of 100 calls within, {'; '.join(said)}.", 720, 256, parts)


def percent(share: float) -> str:
    return f"{100 * share:.0f} %"


PICTURES = {"gap": gap_bars, "pathway": pathway_steps, "latency": latency}


# --- The program


def said(*arguments: str) -> str:
    return subprocess.run([BIN, *arguments], capture_output=True, text=True, check=True, timeout=60).stdout


@contextmanager
def service():
    """A service on starter data: its address and that of its admin port."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("SKILLGAP_")}
    environment |= {"SKILLGAP__ADMIN__LISTEN": "127.0.0.1:0", "SKILLGAP__LOG__FORMAT": "json"}
    process = subprocess.Popen([BIN, "serve", "--listen", "127.0.0.1:0"], stderr=subprocess.PIPE, text=True, env=environment)
    try:
        ports: dict = {}
        while "grpc" not in ports:
            line = process.stderr.readline()
            if not line:
                raise SystemExit("the service did not start")
            ports = dict(re.findall(r'"(grpc|admin)":"([\d.:]+)"', line))
        yield f"http://{ports['grpc']}", f"http://{ports['admin']}"
    finally:
        process.kill()
        process.wait()


# --- mdBook


def outward(content: str) -> str:
    """Turns links that lead out of docs/ into their words: the book is read where the repository is not."""
    return re.sub(r"\[([^\]]+)\]\((?:\.\./)+(?!.*docs/)[^)]*\)", lambda found: found[1] if "`" in found[1] else f"`{found[1]}`", content)


def fill(items: list, made: dict, pictures: dict) -> None:
    """Gives the chapters that SUMMARY.md leaves empty what they are made of."""
    for item in items:
        if not isinstance(item, dict) or "Chapter" not in item:
            continue
        one = item["Chapter"]
        if one["path"] is None and one["name"] in made:
            one["path"], one["content"] = made[one["name"]]
        if one["name"] == "Decisions":
            one["sub_items"] = decisions(one["number"])
            below = [sub["Chapter"] for sub in one["sub_items"]]
            rows = "".join(f"- [{sub['name']}]({Path(sub['path']).name})\n" for sub in below)
            one["path"], one["content"] = "decisions/index.md", f"# Decisions\n\nWhat was decided and why, a record each.\n\n{rows}"
        one["content"] = re.sub(r"<!-- picture: (\w+) -->", lambda found: pictures[found[1]], outward(one["content"]))
        fill(one["sub_items"], made, pictures)


def main() -> None:
    if sys.argv[1:2] == ["supports"]:
        return
    _context, book = json.load(sys.stdin)
    with service() as (address, admin):
        made = {
            "Contract": ("reference/contract.md", contract()),
            "Settings": ("reference/settings.md", settings()),
            "Metrics": ("reference/metrics.md", metrics(admin)),
            "Commands": ("reference/commands.md", commands()),
        }
        pictures = {name: draw(address) for name, draw in PICTURES.items()}
    fill(book.get("items") or book.get("sections"), made, pictures)
    json.dump(book, sys.stdout)


if __name__ == "__main__":
    main()
