"""The least that a client in Python must do: connect, send an ad, print the credentials that close the gap.

    cargo run --release -- serve &
    python3 -m venv target/client && . target/client/bin/activate
    pip install grpcio grpcio-tools grpcio-status
    python -m grpc_tools.protoc -I proto --python_out=target/client --grpc_python_out=target/client proto/skillgap/v1/*.proto proto/google/api/*.proto
    PYTHONPATH=target/client python examples/client.py
"""

import sys
from pathlib import Path

import grpc
from google.rpc import error_details_pb2
from grpc_status import rpc_status
from skillgap.v1 import demand_pb2, gap_pb2, matching_pb2, matching_pb2_grpc, profile_pb2

AD = (Path(__file__).parent.parent / "index/starter/demo/ad.txt").read_text(encoding="utf-8")


def main(address: str) -> int:
    with grpc.insecure_channel(address) as channel:
        matching = matching_pb2_grpc.MatchingServiceStub(channel)
        request = matching_pb2.RecommendCredentialsRequest(
            target=demand_pb2.Target(ad=AD), persona=profile_pb2.PERSONA_UNEMPLOYED, top_k=3, plan_pathway=True
        )
        try:
            answer = matching.RecommendCredentials(request, timeout=5)
        except grpc.RpcError as error:
            return explain(error)
    for gap in answer.gap:
        print(f"{gap_pb2.GapState.Name(gap.state):18} {gap.label}")
    for one in answer.recommendations:
        print(f"{one.score:.2f} {one.title} ({one.credential_id})")
        for reason in one.reasons:
            print(f"     {reason}")
    print(answer.pathway.summary)
    return 0


def explain(error: grpc.RpcError) -> int:
    """Prints the code and, for an invalid request, every field that is wrong."""
    print(f"{error.code().name}: {error.details()}", file=sys.stderr)
    status = rpc_status.from_call(error)
    for detail in status.details if status else []:
        bad_request = error_details_pb2.BadRequest()
        if detail.Unpack(bad_request):
            for violation in bad_request.field_violations:
                print(f"  {violation.field}: {violation.description}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else "127.0.0.1:50051"))
