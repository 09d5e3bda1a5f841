"""Advice on a feed of ads: JSON lines {"id", "text"} in, a table out, a row a course, and a row for each ad that has none.

    python examples/python/feed.py http://127.0.0.1:50051 < ads.jsonl > courses.csv
"""

import csv
import json
import sys

from skillgap import Skillgap
from skillgap.v1 import matching_pb2, recommendation_pb2


def requests(lines):
    """A request an ad; the service reads them as fast as it answers, so a feed of any length needs little memory."""
    for line in lines:
        ad = json.loads(line)
        request = matching_pb2.RecommendCredentialsRequest(target={"ad": ad["text"]}, top_k=3)
        yield matching_pb2.StreamRecommendationsRequest(request_id=ad["id"], request=request)


url = sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:50051"
table = csv.writer(sys.stdout, lineterminator="\n")
table.writerow(["ad", "course", "closes", "why", "not stated"])
with Skillgap(url) as skillgap:
    for reply in skillgap.stream_recommendations(requests(sys.stdin)):
        if reply.WhichOneof("result") == "error":  # One bad ad costs itself only.
            table.writerow([reply.request_id, "", "", reply.error.message, ""])
            continue
        found = reply.response.recommendations
        if not found:
            table.writerow([reply.request_id, "", "", " ".join(reply.response.notes), ""])
        for one in found:
            facts = [recommendation_pb2.CredentialFact.Name(fact).removeprefix("CREDENTIAL_FACT_").lower() for fact in one.not_stated]
            table.writerow([reply.request_id, one.title, f"{one.closure:.2f}", one.reasons[0], " ".join(facts)])
