"""The client: a channel with a deadline for each call, retries, pages and feeds."""

import ipaddress
import os
import random
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from importlib.resources import files
from typing import Any
from urllib.parse import urlsplit

import grpc
from google.protobuf.message import Message
from google.rpc import error_details_pb2
from grpc_status import rpc_status

from ._methods import Methods
from .v1 import matching_pb2

# The largest answer that the service gives by default; gRPC itself refuses more than 4 MiB.
ANSWER_BYTES_MAX = 16 << 20


@dataclass(frozen=True)
class Violation:
    """One thing that is wrong with a request."""

    field: str
    reason: str


@dataclass
class SkillgapError(Exception):
    """A call that failed."""

    code: grpc.StatusCode
    message: str
    # A name of skillgap.v1.ErrorReason without ERROR_REASON_; empty where the call did not reach the service.
    reason: str = ""
    violations: list[Violation] = field(default_factory=list)
    # Seconds after which the service asks to try again.
    retry_after: float | None = None

    def __str__(self) -> str:
        wrong = "".join(f"\n  {one.field}: {one.reason}" for one in self.violations)
        return f"{self.code.name}: {self.message}{wrong}"

    @classmethod
    def of(cls, error: grpc.RpcError) -> "SkillgapError":
        """What a failed call says, with all details."""
        failed = cls(error.code(), error.details() or "")
        try:
            status = rpc_status.from_call(error)
        except ValueError:  # A proxy may have sent another code than the details have.
            status = None
        for detail in status.details if status else []:
            info, bad, retry = error_details_pb2.ErrorInfo(), error_details_pb2.BadRequest(), error_details_pb2.RetryInfo()
            if detail.Unpack(info):
                failed.reason = info.reason
            elif detail.Unpack(bad):
                failed.violations = [Violation(one.field, one.description) for one in bad.field_violations]
            elif detail.Unpack(retry):
                failed.retry_after = retry.retry_delay.ToTimedelta().total_seconds()
        return failed


class Skillgap(Methods):
    """A connection to a service. May be used by several threads.

    `url` is http://HOST:PORT or https://HOST:PORT. `key` is a key of `skillgap key new`; without, SKILLGAP_KEY of the
    environment. `timeout` are the seconds for a call with all its attempts, unless the call has its own. `root_certificates` is
    PEM of those who sign for the service, `client_certificate` PEM of a private key and of its certificate.

    A call is tried again, up to `attempts` times, when the service is out of reach (as the service config says that lies beside
    the contract) and when it asks for patience (RESOURCE_EXHAUSTED with a delay that fits into the timeout). Every method may be
    repeated: a change that went in already changes nothing.
    """

    def __init__(
        self,
        url: str = "http://127.0.0.1:50051",
        *,
        key: str | None = None,
        timeout: float = 10.0,
        attempts: int = 4,
        root_certificates: bytes | None = None,
        client_certificate: tuple[bytes, bytes] | None = None,
        insecure: bool = False,
    ) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.path.strip("/"):
            raise ValueError("the url must be http://HOST:PORT or https://HOST:PORT")
        key = key if key is not None else os.environ.get("SKILLGAP_KEY")
        if parts.scheme == "http" and key and not insecure and not is_loopback(parts.hostname):
            raise ValueError("a key is sent beyond this machine over https only, or with insecure=True")
        port = parts.port or (443 if parts.scheme == "https" else 80)
        host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
        options = [
            ("grpc.service_config", (files(__package__) / "service_config.json").read_text(encoding="utf-8")),
            ("grpc.max_receive_message_length", ANSWER_BYTES_MAX),
        ]
        if parts.scheme == "https":
            private_key, chain = client_certificate or (None, None)
            credentials = grpc.ssl_channel_credentials(root_certificates, private_key, chain)
            self.channel = grpc.secure_channel(f"{host}:{port}", credentials, options)
        else:
            self.channel = grpc.insecure_channel(f"{host}:{port}", options)
        self.timeout = timeout
        self.attempts = attempts
        self._metadata = [("authorization", f"Bearer {key}")] if key else []

    def __enter__(self) -> "Skillgap":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Ends the connection."""
        self.channel.close()

    def pages(self, method: Callable[..., Any], request: Message | None = None, /, **fields: Any) -> Iterator[Any]:
        """All pages of a method that has them, such as `pages(skillgap.search_credentials, text="welding")`."""
        token = ""
        while True:
            if request is not None:
                request = type(request).FromString(request.SerializeToString())
                request.page_token = token
                page = method(request, **fields)
            else:
                page = method(page_token=token, **fields)
            yield page
            token = page.next_page_token
            if not token:
                return

    def stream_recommendations(
        self, requests: Iterable[Any], *, timeout: float | None = None
    ) -> Iterator[matching_pb2.StreamRecommendationsResponse]:
        """RecommendCredentials for a feed: one answer a request, in their order, each with a `response` or an `error`.

        A request is a StreamRecommendationsRequest, a RecommendCredentialsRequest, or the fields of the latter as a dict. They are
        taken as fast as answers are read. A feed has no deadline of its own.
        """
        call = self.channel.stream_stream(
            "/skillgap.v1.MatchingService/StreamRecommendations",
            matching_pb2.StreamRecommendationsRequest.SerializeToString,
            matching_pb2.StreamRecommendationsResponse.FromString,
        )
        answers = call(map(feed_request, requests), timeout=timeout, metadata=self._metadata)
        try:
            yield from answers
        except grpc.RpcError as error:
            raise SkillgapError.of(error) from error
        finally:
            answers.cancel()

    def _call(self, path: str, input: type, output: type, request: Any, fields: dict, timeout: float | None) -> Any:
        if request is not None and fields:
            raise TypeError("a request is given whole or by its fields, not both")
        request = request if request is not None else input(**fields)
        call = self.channel.unary_unary(path, input.SerializeToString, output.FromString)
        ends = time.monotonic() + (self.timeout if timeout is None else timeout)
        for attempt in range(1, self.attempts + 1):
            try:
                return call(request, timeout=ends - time.monotonic(), metadata=self._metadata)
            except grpc.RpcError as error:
                failed = SkillgapError.of(error)
                if failed.code is not grpc.StatusCode.RESOURCE_EXHAUSTED or failed.retry_after is None:
                    raise failed from error
                # A little later than asked for, so that not all come at once.
                delay = failed.retry_after * random.uniform(1.0, 1.25)
                if attempt == self.attempts or time.monotonic() + delay >= ends:
                    raise failed from error
                time.sleep(delay)
        raise ValueError("attempts must be at least 1")


def feed_request(request: Any) -> matching_pb2.StreamRecommendationsRequest:
    """An entry of a feed, from any form that is taken."""
    if isinstance(request, matching_pb2.StreamRecommendationsRequest):
        return request
    return matching_pb2.StreamRecommendationsRequest(request=request)


def is_loopback(host: str) -> bool:
    """Whether a host is this machine."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
