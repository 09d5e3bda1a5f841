"""The client in Python against the real service: answers, errors, deadlines, retries, pages, feeds, keys, changes."""

import re
import shutil
import socket
import subprocess
import threading
import time
import tomllib
from concurrent import futures

import grpc
import pytest
from conftest import ROOT, cli, starter_directory
from google.protobuf import any_pb2
from google.rpc import code_pb2, error_details_pb2, status_pb2
from grpc_status import rpc_status

from skillgap import Skillgap, SkillgapError
from skillgap.v1 import matching_pb2, skills_pb2

AD = (ROOT / "index/starter/demo/ad.txt").read_text(encoding="utf-8")


@pytest.fixture
def skillgap(service):
    with Skillgap(service.url) as skillgap:
        yield skillgap


def test_the_readme_can_be_pasted(service, capsys):
    for readme in (ROOT / "clients/python/README.md", ROOT / "README.md"):
        text = readme.read_text(encoding="utf-8")
        code = "\n".join(re.findall(r"```python\n(.*?)```", text, re.S))
        exec(code.replace("http://127.0.0.1:50051", service.url), {})
    said = capsys.readouterr().out
    assert "Covers about" in said and "StatusCode.NOT_FOUND NOT_FOUND []" in said, said


def test_the_version_is_that_of_the_contract():
    def read(path: str) -> dict:
        return tomllib.loads((ROOT / path).read_text(encoding="utf-8"))

    version = read("Cargo.toml")["workspace"]["package"]["version"]
    assert read("clients/python/pyproject.toml")["project"]["version"] == version
    assert f'"version": "{version}"' in (ROOT / "clients/typescript/package.json").read_text(encoding="utf-8")


def test_advice_by_fields_and_by_a_whole_request_is_the_same(skillgap):
    by_fields = skillgap.recommend_credentials(target={"ad": AD}, persona="PERSONA_UNEMPLOYED", as_of="2026-01-31")
    request = matching_pb2.RecommendCredentialsRequest(target={"ad": AD}, persona="PERSONA_UNEMPLOYED", as_of="2026-01-31")
    assert by_fields.recommendations and by_fields == skillgap.recommend_credentials(request)
    with pytest.raises(TypeError):
        skillgap.recommend_credentials(request, top_k=3)


def test_every_method_of_the_contract_is_there():
    services = [file.services_by_name.values() for file in (matching_pb2.DESCRIPTOR, skills_pb2.DESCRIPTOR)]
    for method in (method for service in services for one in service for method in one.methods):
        name = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", method.name).lower()
        assert getattr(Skillgap, name).__doc__, name


def test_an_invalid_request_says_all_that_is_wrong(skillgap):
    with pytest.raises(SkillgapError) as caught:
        skillgap.recommend_credentials(profile={"eqf_level": 9}, as_of="2026-02-30")
    error = caught.value
    assert (error.code, error.reason) == (grpc.StatusCode.INVALID_ARGUMENT, "INVALID")
    assert {one.field for one in error.violations} == {"target", "profile.eqf_level", "as_of"}
    assert "as_of" in str(error)


def test_a_call_ends_with_its_time():
    # A port that takes connections and says nothing.
    with socket.create_server(("127.0.0.1", 0)) as silent:
        with Skillgap(f"http://127.0.0.1:{silent.getsockname()[1]}") as skillgap:
            began = time.monotonic()
            with pytest.raises(SkillgapError) as caught:
                skillgap.get_server_info(timeout=0.3)
    assert caught.value.code is grpc.StatusCode.DEADLINE_EXCEEDED
    assert time.monotonic() - began < 3


class Patient(grpc.GenericRpcHandler):
    """A service that fails with a status a few times before it answers."""

    def __init__(self, code: int, failures: int, delay: float | None) -> None:
        self.code, self.failures, self.delay, self.calls = code, failures, delay, []

    def service(self, _details):
        return grpc.unary_unary_rpc_method_handler(self.answer, response_serializer=lambda message: message)

    def answer(self, _request, context):
        self.calls.append(time.monotonic())
        if len(self.calls) > self.failures:
            return b""
        status = status_pb2.Status(code=self.code, message="not now")
        if self.delay is not None:
            retry = error_details_pb2.RetryInfo()
            retry.retry_delay.FromMilliseconds(int(self.delay * 1000))
            detail = any_pb2.Any()
            detail.Pack(retry)
            status.details.append(detail)
        context.abort_with_status(rpc_status.to_status(status))

    def called(self, **options) -> None:
        server = grpc.server(futures.ThreadPoolExecutor(2), handlers=[self])
        port = server.add_insecure_port("127.0.0.1:0")
        server.start()
        try:
            with Skillgap(f"http://127.0.0.1:{port}", **options) as skillgap:
                skillgap.get_server_info()
        finally:
            server.stop(None)


def test_a_busy_service_is_asked_again_after_the_delay_that_it_names():
    busy = Patient(code_pb2.RESOURCE_EXHAUSTED, 2, 0.2)
    busy.called()
    waits = [later - before for before, later in zip(busy.calls, busy.calls[1:])]
    assert len(waits) == 2 and all(0.2 <= wait < 2 for wait in waits), waits


def test_a_delay_beyond_the_timeout_is_not_waited_for():
    busy = Patient(code_pb2.RESOURCE_EXHAUSTED, 9, 60)
    with pytest.raises(SkillgapError) as caught:
        busy.called(timeout=5)
    assert (len(busy.calls), caught.value.retry_after) == (1, 60)


def test_attempts_are_counted_and_what_is_final_is_not_repeated():
    for handler, calls in [
        (Patient(code_pb2.RESOURCE_EXHAUSTED, 9, 0.01), 3),
        (Patient(code_pb2.RESOURCE_EXHAUSTED, 9, None), 1),
        (Patient(code_pb2.INTERNAL, 9, None), 1),
    ]:
        with pytest.raises(SkillgapError):
            handler.called(attempts=3)
        assert len(handler.calls) == calls


def test_what_is_unavailable_is_repeated_by_the_service_config():
    away = Patient(code_pb2.UNAVAILABLE, 3, None)
    away.called()
    assert len(away.calls) == 4


def test_a_real_refusal_is_retried_until_it_is_let_in(start, tmp_path):
    secret, entry = cli("key", "new", "--name", "slow", "--scope", "read", "--rate", "2").split("\n", 1)
    keys = tmp_path / "keys.toml"
    keys.write_text(entry, encoding="utf-8")
    keys.chmod(0o600)
    with start(auth__keys_file=str(keys)) as service:
        with Skillgap(service.url, key=secret.split()[-1]) as skillgap:
            for _ in range(6):
                skillgap.get_server_info()
        with Skillgap(service.url, key=secret.split()[-1], attempts=1) as skillgap:
            with pytest.raises(SkillgapError) as caught:
                for _ in range(6):
                    skillgap.get_server_info()
        assert (caught.value.reason, caught.value.retry_after is not None) == ("QUOTA", True)
        with Skillgap(service.url) as skillgap:
            with pytest.raises(SkillgapError) as caught:
                skillgap.get_server_info()
        assert caught.value.code is grpc.StatusCode.UNAUTHENTICATED


def test_a_key_is_not_sent_in_the_clear_beyond_this_machine():
    with pytest.raises(ValueError, match="https"):
        Skillgap("http://skillgap.example:50051", key="sg_a_b")
    Skillgap("http://skillgap.example:50051", key="sg_a_b", insecure=True).close()


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not here")
def test_tls_is_spoken_and_a_stranger_is_not(start, tmp_path):
    cert, key = tmp_path / "cert.pem", tmp_path / "key.pem"
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"]
    command += ["-subj", "/CN=skillgap", "-addext", "subjectAltName=IP:127.0.0.1", "-out", str(cert), "-keyout", str(key)]
    subprocess.run(command, check=True, capture_output=True)
    with start(tls__cert=str(cert), tls__key=str(key)) as service:
        assert service.url.startswith("https://")
        with Skillgap(service.url, root_certificates=cert.read_bytes(), key="sg_a_b", attempts=1) as skillgap:
            with pytest.raises(SkillgapError) as caught:  # The key arrives, and is none that is known.
                skillgap.get_server_info()
            assert caught.value.code is grpc.StatusCode.UNAUTHENTICATED
        with Skillgap(service.url, root_certificates=cert.read_bytes()) as skillgap:
            assert skillgap.get_server_info().starter_data
        with Skillgap(service.url, timeout=2) as skillgap, pytest.raises(SkillgapError) as caught:
            skillgap.get_server_info()
        assert caught.value.code in (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.DEADLINE_EXCEEDED)


def test_pages_hold_everything_once(skillgap):
    ids = [one.id for page in skillgap.pages(skillgap.search_credentials, page_size=7) for one in page.credentials]
    assert len(ids) == len(set(ids)) == skillgap.search_credentials(page_size=1).total_size > 40
    request = skills_pb2.SearchSkillsRequest(text="weld", page_size=3)
    pages = skillgap.pages(skillgap.search_skills, request)
    assert len({hit.skill.uri for page in (next(pages), next(pages)) for hit in page.hits}) == 6


def test_a_feed_has_an_answer_a_request_in_their_order(skillgap):
    requests = ({"target": {"ad": ad}, "top_k": 1} for ad in ["We sell shoes.", "", "You weld."])
    answers = list(skillgap.stream_recommendations(requests))
    assert [one.position for one in answers] == [0, 1, 2]
    assert [one.WhichOneof("result") for one in answers] == ["response", "error", "response"]
    whole = matching_pb2.StreamRecommendationsRequest(request_id="a", request={"target": {"ad": "We sell shoes."}})
    assert [one.request_id for one in skillgap.stream_recommendations([whole])] == ["a"]


def test_a_feed_can_be_left(skillgap):
    def endless():
        while True:
            yield {"target": {"ad": "We sell shoes."}, "top_k": 1}

    feed = skillgap.stream_recommendations(endless())
    assert next(feed).position == 0
    feed.close()
    assert skillgap.get_server_info().counts.credentials > 0


def test_changes_go_in_and_out(start, tmp_path):
    data = starter_directory(tmp_path)
    with start("--data-dir", data, auth__anonymous="write") as service, Skillgap(service.url) as skillgap:
        course = {"id": "weld-1", "title": {"en": "MAG welding"}, "outcomes": [{"text": {"en": "Welds fillet joints"}}]}
        outcome = skillgap.batch_upsert_credentials(credentials=[course, {"id": "no title"}]).outcomes
        assert [one.result for one in outcome] == [1, 3]
        assert skillgap.get_credential(id="weld-1").credential.title["en"] == "MAG welding"
        assert skillgap.delete_credential(id="weld-1").deleted


def test_threads_share_a_client(skillgap):
    answers: list = []
    threads = [threading.Thread(target=lambda: answers.append(skillgap.search_skills(text="weld"))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(answers) == 8 and all(one == answers[0] for one in answers)
