// Reads a RecommendCredentialsRequest as JSON, sends it, prints the answer as JSON: node answer.mjs URL [grpc] < REQUEST

import { text } from "node:stream/consumers";
import { fromJsonString, toJsonString } from "@bufbuild/protobuf";
import { connect } from "skillgap-client";
import { connect as connectNode } from "skillgap-client/node";
import { RecommendCredentialsRequestSchema, RecommendCredentialsResponseSchema } from "skillgap-client/v1/matching";

const [url, transport] = process.argv.slice(2);
const request = fromJsonString(RecommendCredentialsRequestSchema, await text(process.stdin));
const client = (transport === "grpc" ? connectNode : connect)({ url });
const answer = await client.matching.recommendCredentials(request);
// A connection over HTTP/2 would keep the process for a while.
process.stdout.write(toJsonString(RecommendCredentialsResponseSchema, answer), () => process.exit());
