"""What the pages tell people to type, typed."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import ROOT

# openapi-generator and javac take a minute: SKILLGAP_GENERATORS=1 asks for them.
GENERATORS = os.environ.get("SKILLGAP_GENERATORS") == "1"
JARS = [Path("/usr/share/java") / f"{name}.jar" for name in ("jackson-annotations", "jackson-core", "jackson-databind", "jakarta-annotation-api")]
EXAMPLES = ROOT / "examples"


def said(*command: object, **options: object) -> str:
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, timeout=300, **options)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not here")
@pytest.mark.parametrize("page", ["README.md", "docs/clients.md"])
def test_curl(service, page):
    text = (ROOT / page).read_text(encoding="utf-8")
    commands = [
        block
        for block in re.findall(r"```sh\n(.*?)```", text, re.S)
        if block.startswith("curl ")
    ]
    assert commands
    for block in commands:
        answer = said("bash", "-euo", "pipefail", "-c", block.replace("http://127.0.0.1:50051", service.url))
        assert '"recommendations":[{' in answer or '"hits":[{' in answer, (block, answer[:300])


@pytest.mark.skipif(shutil.which("php") is None, reason="php is not here")
def test_php(service):
    answer = said("php", EXAMPLES / "php/example.php", service.url)
    assert "Covers about" in answer and "400 invalid request: target: must have exactly one" in answer, answer


@pytest.mark.skipif(not GENERATORS, reason="SKILLGAP_GENERATORS is not set")
def test_java(service, tmp_path):
    assert all(jar.exists() for jar in JARS), "apt-get install libjackson2-databind-java libjakarta-annotation-api-java"
    said("curl", "-sf", f"{service.url}/openapi.json", "-o", tmp_path / "openapi.json")
    properties = "library=native,openApiNullable=false,useJakartaEe=true,invokerPackage=skillgap,apiPackage=skillgap.api,modelPackage=skillgap.model"
    generator = Path(sys.executable).parent / "openapi-generator-cli"
    said(generator, "generate", "-g", "java", "-i", tmp_path / "openapi.json", "-o", tmp_path, "--additional-properties", properties)
    sources = tmp_path / "src/main/java"
    # Debian has no jackson-datatype-jsr310, and the contract no date of a type of its own.
    for file in sources.rglob("RFC3339*.java"):
        file.unlink()
    for file in (sources / "skillgap/ApiClient.java", sources / "skillgap/JSON.java"):
        lines = file.read_text(encoding="utf-8").splitlines()
        file.write_text("\n".join(line for line in lines if "JavaTimeModule" not in line and "RFC3339" not in line), encoding="utf-8")
    classes = ":".join(str(path) for path in (tmp_path / "classes", *JARS))
    said("javac", "-nowarn", "-cp", classes, "-d", tmp_path / "classes", *sources.rglob("*.java"), EXAMPLES / "java/Example.java")
    answer = said("java", "-cp", classes, "Example", service.url)
    assert "Covers about" in answer and "400 invalid request: target: must have exactly one" in answer, answer
