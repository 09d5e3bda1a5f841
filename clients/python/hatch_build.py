"""The part of the wheel that is made from the contract in `proto/`: messages, stubs, and the methods of the client.

It is written into a folder that is thrown away, and from there into the wheel; nothing of it is in the source tree.
"""

import re
import tempfile
from pathlib import Path

import grpc_tools
from google.protobuf import descriptor_pb2
from grpc_tools import protoc
from hatchling.builders.hooks.plugin.interface import BuildHookInterface

PACKAGE = "skillgap/v1"
# Numbers of the fields of a file's descriptor that lead to a method: service, method.
SERVICE, METHOD = 6, 2

HEAD = '''"""The methods of the contract. Made when the package is built."""

from typing import Any

from skillgap.v1 import {modules}


class Methods:
    """One method for each of the contract that takes one request. A request is given whole, or by its fields."""
'''
BODY = '''
    def {name}(self, request: {input} | None = None, /, *, timeout: float | None = None, **fields: Any) -> {output}:
        """{about}"""
        return self._call("/{service}/{method}", {input}, {output}, request, fields, timeout)
'''


class ContractHook(BuildHookInterface):
    def initialize(self, version: str, build_data: dict) -> None:
        if version == "editable":
            raise RuntimeError("the messages are made when a wheel is built: install without --editable")
        self.folder = tempfile.TemporaryDirectory()
        out = Path(self.folder.name)
        generate(contract(Path(self.root)), out)
        build_data["force_include"][str(out / "skillgap")] = "skillgap"

    def finalize(self, version: str, build_data: dict, artifact_path: str) -> None:
        self.folder.cleanup()


def contract(root: Path) -> Path:
    """The folder of the contract: beside this file in a source distribution, else that of the repository."""
    for proto in (root / "proto", root / "../../proto"):
        if (proto / PACKAGE).is_dir():
            return proto
    raise FileNotFoundError(f"no contract in {root / 'proto'} or {root / '../../proto'}")


def generate(proto: Path, out: Path) -> None:
    """Messages and stubs with types, the methods of the client, and the policy of retries."""
    files = [str(file) for file in sorted((proto / PACKAGE).glob("*.proto"))]
    described = out / "descriptors"
    well_known = Path(grpc_tools.__file__).parent / "_proto"
    arguments = [f"--{kind}_out={out}" for kind in ("python", "pyi", "grpc_python")]
    arguments += [f"--descriptor_set_out={described}", "--include_source_info", f"-I{proto}", f"-I{well_known}"]
    if protoc.main(["protoc", *arguments, *files]) != 0:
        raise RuntimeError("the contract cannot be compiled")
    package = out / PACKAGE
    (package / "__init__.py").write_text('"""The contract. Made when the package is built."""\n', encoding="utf-8")
    descriptors = descriptor_pb2.FileDescriptorSet.FromString(described.read_bytes())
    (out / "skillgap/_methods.py").write_text(methods(descriptors), encoding="utf-8")
    policy = next((proto / PACKAGE).glob("*_grpc_service_config.json"))
    (out / "skillgap/service_config.json").write_bytes(policy.read_bytes())


def methods(descriptors: descriptor_pb2.FileDescriptorSet) -> str:
    """The class `Methods`, with the comments of the contract."""
    modules = sorted(Path(file.name).stem + "_pb2" for file in descriptors.file if file.service)
    code = HEAD.replace("{modules}", ", ".join(modules))
    for file in descriptors.file:
        module = Path(file.name).stem + "_pb2"
        comments = {tuple(place.path): place.leading_comments for place in file.source_code_info.location}
        for at_service, service in enumerate(file.service):
            for at, method in enumerate(service.method):
                if method.client_streaming:
                    continue
                about = comments.get((SERVICE, at_service, METHOD, at), "")
                code += BODY.format(
                    name=re.sub(r"(?<=[a-z])(?=[A-Z])", "_", method.name).lower(),
                    input=f"{module}.{method.input_type.rsplit('.', 1)[1]}",
                    output=f"{module}.{method.output_type.rsplit('.', 1)[1]}",
                    about="\n        ".join(line.strip() for line in about.strip().splitlines()),
                    service=f"{file.package}.{service.name}",
                    method=method.name,
                )
    return code
