"""The description of REST against the running service: a form that tools take, and answers that keep to it."""

import json
import subprocess
import sys
import urllib.request

import pytest
from conftest import starter_directory

# Made-up requests of an operation; what they find is the same every time.
EXAMPLES = 5
SEED = 1
# Not looked for. Requests that the description does not forbid may be refused: limits are the operator's, and neither a known URI nor "exactly one
# of" can be said in it. Requests that it does forbid may be taken: proto JSON reads null for what is absent, and numbers for enum values.
EXCLUDED = "positive_data_acceptance,negative_data_rejection"
# Schemathesis writes no lines of JSON; tests/grpc/rest.rs does.
FEED = "/v1/credentials:stream"


def test_the_description_is_openapi(service):
    validator = pytest.importorskip("openapi_spec_validator")
    with urllib.request.urlopen(f"{service.url}/openapi.json", timeout=10) as answer:
        document = json.load(answer)
    assert document["openapi"] == "3.1.0" and len(document["paths"]) > 15
    validator.validate(document)


def without_commits(node):
    """The document without `atLeastCommit`: that a replica has not come to a commit is rightly a 503, which Schemathesis takes for a fault."""
    if isinstance(node, list):
        return [without_commits(one) for one in node if not (isinstance(one, dict) and one.get("name") == "atLeastCommit")]
    if isinstance(node, dict):
        return {key: without_commits(value) for key, value in node.items() if key != "atLeastCommit"}
    return node


def test_no_request_gets_a_fault_or_an_answer_that_is_not_described(start, tmp_path):
    pytest.importorskip("schemathesis")
    data = starter_directory(tmp_path)
    with start("--data-dir", data, auth__anonymous="write") as service:
        with urllib.request.urlopen(f"{service.url}/openapi.json", timeout=10) as answer:
            document = without_commits(json.load(answer))
        (tmp_path / "openapi.json").write_text(json.dumps(document), encoding="utf-8")
        command = [sys.executable, "-m", "schemathesis.cli", "--no-color", "run", str(tmp_path / "openapi.json"), "--url", service.url]
        command += ["--phases", "examples,fuzzing,stateful", "--max-examples", str(EXAMPLES), "--seed", str(SEED)]
        command += ["--exclude-checks", EXCLUDED, "--exclude-path", FEED, "--request-timeout", "12", "--generation-database", "none"]
        command += ["--continue-on-failure"]
        done = subprocess.run(command, capture_output=True, text=True, timeout=300, cwd=tmp_path)
    assert done.returncode == 0, done.stdout[-8000:]
    assert "Tested: 21" in done.stdout, done.stdout[-2000:]
