"""One request gives one answer, whoever carries it: gRPC, gRPC-Web, REST, the command line and both clients."""

import json
import os
import struct
import subprocess
import urllib.request
from pathlib import Path

import grpc
import pytest
from conftest import ROOT, START, cli
from google.protobuf import json_format

from skillgap import Skillgap
from skillgap.v1 import matching_pb2, matching_pb2_grpc



def full_names(level: dict) -> dict:
    """The names of levels as the contract has them; files for people may have short ones."""
    prefixes = {"proficiency": "PROFICIENCY_", "cefr": "CEFR_LEVEL_"}
    return {name: prefixes[name] + value.upper() if name in prefixes else value for name, value in level.items()}


# Where the client in TypeScript was installed and built.
TYPESCRIPT = Path(os.environ.get("SKILLGAP_TYPESCRIPT", ROOT / "clients/typescript"))
REQUESTS = [
    {
        "target": {"ad": (ROOT / "index/starter/demo/ad.txt").read_text(encoding="utf-8")},
        "profile": json.loads((ROOT / "index/starter/demo/profile.json").read_text(encoding="utf-8"), object_hook=full_names),
        "persona": "PERSONA_UNEMPLOYED",
        "planPathway": True,
        "explain": True,
        "asOf": "2026-01-31",
    },
    {
        "target": {"ad": "Grüße 👋 from the shop!\nYour tasks\n- Arrange product displays and sell our products"},
        "languageCode": "de",
        "textEncoding": "TEXT_ENCODING_UTF16_CODE_UNITS",
        "constraints": {"stepsMax": 2, "includeUnknown": True},
        "topK": 2,
        "usefulnessMin": 0,
        "asOf": "2026-01-31",
    },
]


def post(url: str, body: bytes, form: str) -> bytes:
    request = urllib.request.Request(url, body, {"content-type": form, "accept": form, "x-grpc-web": "1"})
    with urllib.request.urlopen(request, timeout=START) as answer:
        return answer.read()


def by_grpc(url: str, request: str) -> str:
    """The stub as any gRPC program has it, without our client."""
    with grpc.insecure_channel(url.removeprefix("http://")) as channel:
        call = matching_pb2_grpc.MatchingServiceStub(channel).RecommendCredentials
        return json_format.MessageToJson(call(parsed(request)))


def by_grpc_web(url: str, request: str) -> str:
    """Frames as a browser sends them: a flag, the length, the message; the trailers come as a frame with the flag 0x80."""
    message = parsed(request).SerializeToString()
    path = "/skillgap.v1.MatchingService/RecommendCredentials"
    body = post(url + path, struct.pack(">BI", 0, len(message)) + message, "application/grpc-web+proto")
    flag, length = struct.unpack_from(">BI", body)
    assert flag == 0 and b"grpc-status:0" in body[5 + length :].replace(b": ", b":")
    return json_format.MessageToJson(matching_pb2.RecommendCredentialsResponse.FromString(body[5 : 5 + length]))


def by_rest(url: str, request: str) -> str:
    return post(f"{url}/v1/credentials:recommend", request.encode(), "application/json").decode()


def by_command_line(_url: str, request: str) -> str:
    return cli("recommend", stdin=request)


def by_python(url: str, request: str) -> str:
    with Skillgap(url) as skillgap:
        return json_format.MessageToJson(skillgap.recommend_credentials(parsed(request)))


def by_typescript(url: str, request: str, transport: str = "web") -> str:
    command = ["node", str(TYPESCRIPT / "test/answer.mjs"), url, transport]
    return subprocess.run(command, input=request, capture_output=True, text=True, check=True, timeout=START).stdout


def by_node(url: str, request: str) -> str:
    return by_typescript(url, request, "grpc")


def parsed(request: str) -> matching_pb2.RecommendCredentialsRequest:
    return json_format.Parse(request, matching_pb2.RecommendCredentialsRequest())


def canonical(answer: str) -> str:
    """An answer as one text, so that what writes a default out and what leaves it out are the same."""
    message = json_format.Parse(answer, matching_pb2.RecommendCredentialsResponse())
    return json_format.MessageToJson(message, sort_keys=True)


WAYS = [by_grpc_web, by_rest, by_command_line, by_python, by_typescript, by_node]


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
@pytest.mark.parametrize("request_", REQUESTS, ids=["demo", "constraints"])
def test_one_request_has_one_answer(service, way, request_):
    request = json.dumps(request_)
    expected = canonical(by_grpc(service.url, request))
    assert len(json.loads(expected)["recommendations"]) > 1
    assert canonical(way(service.url, request)) == expected
