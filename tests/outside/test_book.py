"""The book: what its pages tell people to type is typed, what they show is what came, and every link leads somewhere.

A block `sh` is run, `sh,serve` runs beside the others until the page ends, `sh,ignore` is not run, and one that `needs-PROGRAM` only where that is there.
The block `text` after one is the beginning of what it prints, whose figures may differ. SKILLGAP_WRITE=1 writes it anew.
"""

import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from html import unescape
from pathlib import Path

import pytest
from conftest import BIN, ROOT, START

DOCS = ROOT / "docs"
PAGES = sorted([DOCS / "start.md", *DOCS.glob("tutorials/*.md"), *DOCS.glob("howto/*.md")])
BLOCK = re.compile(r"^```(sh[\w,-]*|text)\n(.*?)^```$", re.S | re.M)
TYPESCRIPT = Path(os.environ.get("SKILLGAP_TYPESCRIPT", ROOT / "clients/typescript"))
ESCO = ROOT.parent / "shared/data/esco"
WRITE = "SKILLGAP_WRITE" in os.environ
# Lines of an output that a page shows.
LINES_MAX = 24
MDBOOK = Path(sys.executable).parent / "mdbook"


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


class Reader:
    """Somebody who types what a page says, in a folder beside the repository's."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.services = folder, []
        self.ports = {port: str(free_port()) for port in ("50051", "50052", "50443")}
        for name in ("clients", "examples", "index", "packages"):
            (folder / name).symlink_to(ROOT / name)
        (folder / "bin").mkdir()
        (folder / "bin/skillgap").symlink_to(BIN)
        self.environment = {name: value for name, value in os.environ.items() if not name.startswith("SKILLGAP_")}
        self.environment["PATH"] = f"{folder}/bin:{Path(sys.executable).parent}:{os.environ['PATH']}"
        self.environment |= {"SKILLGAP__ADMIN__LISTEN": f"127.0.0.1:{self.ports['50052']}", "NO_COLOR": "1"}
        if (TYPESCRIPT / "dist").exists():
            (folder / "node_modules").mkdir()
            (folder / "node_modules/skillgap-client").symlink_to(TYPESCRIPT)
            (folder / "node_modules/.bin").symlink_to(TYPESCRIPT / "node_modules/.bin")
        if ESCO.exists():
            (folder / "esco-old").symlink_to(ESCO / "v1.1.0")
            (folder / "esco-new").symlink_to(ESCO / "v1.1.1")

    @staticmethod
    def missing(kind: str) -> str | None:
        """What a block needs and is not here."""
        for name in re.findall(r"needs-([\w-]+)", kind):
            if not {"esco": ESCO, "typescript": TYPESCRIPT / "dist"}.get(name, Path(shutil.which(name) or "/nowhere")).exists():
                return name
        return None

    def types(self, kind: str, block: str) -> str:
        for port, ours in self.ports.items():
            block = block.replace(port, ours)
        if "serve" in kind:
            self.serve(block)
            return ""
        # The key and the functions of a page hold for its next blocks, as in one terminal.
        state = self.folder / "bin/state"
        script = f"[ ! -e {state} ] || . {state}\n{block}\n{{ declare -f; declare -p SKILLGAP_KEY || true; }} > {state} 2>/dev/null"
        done = subprocess.run(["bash", "-eo", "pipefail", "-c", script], cwd=self.folder, env=self.environment, capture_output=True, text=True, timeout=300)
        assert done.returncode == 0, f"{block}\n{done.stdout}{done.stderr}"
        said = done.stdout + done.stderr
        for port, ours in self.ports.items():
            said = said.replace(ours, port)
        return said

    def serve(self, block: str) -> None:
        log = self.folder / f"service-{len(self.services)}.log"
        # What a file of settings says of the address is tried as it is.
        file = self.folder / "skillgap.toml"
        is_told = "--config" in block and "[grpc]" in file.read_text(encoding="utf-8")
        environment = {} if is_told else {"SKILLGAP__GRPC__LISTEN": f"127.0.0.1:{self.ports['50051']}"}
        with log.open("w") as file:
            process = subprocess.Popen(["bash", "-c", f"exec env {block.strip()}"], cwd=self.folder, env=self.environment | environment, stdout=file, stderr=file)
        self.services.append(process)
        ready = f"http://127.0.0.1:{self.ports['50052']}/ready"
        for _ in range(START * 10):
            assert process.poll() is None, log.read_text(encoding="utf-8")
            try:
                urllib.request.urlopen(ready, timeout=5).close()
                return
            except OSError:
                time.sleep(0.1)
        pytest.fail(log.read_text(encoding="utf-8"))

    def leaves(self) -> None:
        for process in self.services:
            process.terminate()
            process.wait(START)


def masked(line: str) -> str:
    """A line without what differs from run to run: figures, and what is random."""
    return re.sub(r"[0-9a-f]{16,}|[\d.,]*\d", "#", re.sub(r"sg_\w+?_[\w-]{43}", "KEY", line)).rstrip()


def shown(said: str) -> str:
    """An output as a page shows it: its beginning, long lines cut."""
    lines = [line if len(line) <= 160 else f"{line[:157]}..." for line in said.rstrip("\n").splitlines()]
    if len(lines) > LINES_MAX:
        lines = [*lines[: LINES_MAX - 1], "..."]
    return "".join(f"{line}\n" for line in lines)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_what_a_page_says_can_be_typed(page, tmp_path):
    text = page.read_text(encoding="utf-8")
    reader, written, last, said, lacks = Reader(tmp_path), [], 0, "", set()
    try:
        for block in BLOCK.finditer(text):
            kind, content = block[1], block[2]
            if kind != "text":
                missing = reader.missing(kind)
                lacks |= {missing} - {None}
                if "ignore" not in kind:
                    said = None if missing else reader.types(kind, content)
            elif said is not None:
                written += [text[last : block.start(2)], shown(said)]
                last = block.end(2)
                if not WRITE:
                    assert [masked(line) for line in content.splitlines()] == [masked(line) for line in shown(said).splitlines()], said
    finally:
        reader.leaves()
    if WRITE:
        page.write_text("".join([*written, text[last:]]), encoding="utf-8")
    if lacks:
        pytest.skip(f"not here, so not all was tried: {', '.join(sorted(lacks))}")


def anchors(text: str) -> set[str]:
    """The anchors of a page, as mdBook and code hosts make them."""
    headings = re.findall(r"^#+ (.+)$", re.sub(r"^```.*?^```$", "", text, flags=re.S | re.M), re.M)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_every_link_leads_somewhere():
    wrong = []
    for page in [*DOCS.rglob("*.md"), ROOT / "README.md", *ROOT.glob("clients/*/README.md")]:
        text = page.read_text(encoding="utf-8")
        prose = re.sub(r"^```.*?^```$|`[^`\n]*`", "", text, flags=re.S | re.M)
        included = re.findall(r"\{\{#include ([^:}]+)", text)
        for target in re.findall(r"\]\(([^)\s]+)\)", prose) + included:
            if target.startswith(("http:", "https:", "mailto:")):
                continue
            path, _, anchor = target.partition("#")
            file = (page.parent / path).resolve() if path else page
            if not file.exists():
                wrong.append(f"{page.relative_to(ROOT)}: {target}")
            elif anchor and file.suffix == ".md" and anchor not in anchors(file.read_text(encoding="utf-8")):
                wrong.append(f"{page.relative_to(ROOT)}: {target}")
    assert not wrong, "\n".join(wrong)


def test_every_page_is_in_the_book():
    listed = set(re.findall(r"\]\(([^)]+\.md)\)", (DOCS / "SUMMARY.md").read_text(encoding="utf-8")))
    there = {str(file.relative_to(DOCS)) for file in DOCS.rglob("*.md") if "decisions" not in file.parts} - {"SUMMARY.md"}
    assert listed == there


@pytest.mark.skipif(not MDBOOK.exists(), reason="mdbook is not here")
def test_the_book_is_built_and_whole(tmp_path):
    environment = os.environ | {"SKILLGAP_BIN": str(BIN)}
    done = subprocess.run([MDBOOK, "build", DOCS, "--dest-dir", tmp_path], env=environment, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0 and "WARN" not in done.stderr and "ERROR" not in done.stderr, done.stderr
    book = tmp_path / "html"
    wrong = []
    for page in book.rglob("*.html"):
        if page.name in ("toc.html", "print.html", "404.html"):
            continue
        html = page.read_text(encoding="utf-8")
        assert "{{#" not in html and "<!-- picture" not in html, page
        main = html[html.index("<main>") : html.index("</main>")]
        for target in re.findall(r'href="([^"]+)"', main):
            path, _, anchor = unescape(target).partition("#")
            if path.startswith(("http:", "https:", "mailto:")):
                continue
            file = (page.parent / path).resolve() if path else page
            if not file.exists() or (anchor and f'id="{anchor}"' not in file.read_text(encoding="utf-8")):
                wrong.append(f"{page.relative_to(book)}: {target}")
    assert not wrong, "\n".join(wrong)
    contract = (book / "reference/contract.html").read_text(encoding="utf-8")
    for file in ROOT.glob("proto/skillgap/v1/*.proto"):
        text = file.read_text(encoding="utf-8")
        for name in re.findall(r"^(?:message|enum|service) (\w+)", text, re.M):
            assert f'id="{name.lower()}"' in contract, name
        for name in re.findall(r"(\w+) = \d+(?: \[|;)", text):
            assert f"<code>{name}</code>" in contract, name
    settings = (book / "reference/settings.html").read_text(encoding="utf-8")
    for name in re.findall(r"^(\w+) = ", (ROOT / "src/config/default.toml").read_text(encoding="utf-8"), re.M):
        assert f"{name.upper()}</code>" in settings and f">{name} = " in settings, name
    pictures = (book / "pictures.html").read_text(encoding="utf-8")
    measured = (book / "measured.html").read_text(encoding="utf-8")
    assert [page.count(part) for page in (pictures, measured) for part in ("<svg role", "<title id", "<desc id")] == [2, 2, 2, 1, 1, 1]
