// A feed over fetch: gRPC-Web has no streams of requests, lines of JSON have.

import { type MessageInitShape, create, createRegistry, fromJson, toJsonString } from "@bufbuild/protobuf";
import { Code, ConnectError } from "@connectrpc/connect";
import { file_google_rpc_error_details } from "./gen/google/rpc/error_details_pb.js";
import {
  type StreamRecommendationsResponse,
  StreamRecommendationsRequestSchema,
  StreamRecommendationsResponseSchema,
} from "./gen/skillgap/v1/matching_pb.js";

const registry = createRegistry(file_google_rpc_error_details);

/** Sends all requests at once, and yields one answer a request, in their order, as they come. */
export async function* feed(
  url: string,
  headers: Record<string, string>,
  requests: Iterable<MessageInitShape<typeof StreamRecommendationsRequestSchema>>,
  signal?: AbortSignal,
): AsyncGenerator<StreamRecommendationsResponse> {
  const lines = Array.from(requests, (request) => toJsonString(StreamRecommendationsRequestSchema, create(StreamRecommendationsRequestSchema, request)));
  const answer = await fetch(`${url}/v1/credentials:stream`, {
    method: "POST",
    headers: { ...headers, "content-type": "application/x-ndjson" },
    body: lines.join("\n"),
    signal: signal ?? null,
  });
  if (!answer.ok || !answer.body) {
    const problem = (await answer.json()) as { code?: number; message?: string };
    throw new ConnectError(problem.message ?? answer.statusText, (problem.code as Code | undefined) ?? Code.Unknown);
  }
  let rest = "";
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      const parts = (rest + (value ?? "")).split("\n");
      rest = done ? "" : (parts.pop() ?? "");
      for (const line of parts.filter((part) => part !== "")) {
        yield fromJson(StreamRecommendationsResponseSchema, JSON.parse(line), { registry, ignoreUnknownFields: true });
      }
      if (done) return;
    }
  } finally {
    await reader.cancel().catch(() => {});
  }
}
