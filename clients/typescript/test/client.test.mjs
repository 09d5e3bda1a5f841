// The client against the real service, and against made-up ones that fail: answers, errors, deadlines, retries, pages, feeds.

import assert from "node:assert/strict";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { after, before, suite, test } from "node:test";
import { create, toBinary } from "@bufbuild/protobuf";
import { DurationSchema, anyPack } from "@bufbuild/protobuf/wkt";
import { BACKOFF, Code, ConnectError, connect, explain, pages } from "skillgap-client";
import { connect as connectNode } from "skillgap-client/node";
import { Persona } from "skillgap-client/v1/profile";
import { RetryInfoSchema } from "../dist/gen/google/rpc/error_details_pb.js";
import { StatusSchema } from "../dist/gen/google/rpc/status_pb.js";
import { serve } from "./service.mjs";

const SHOES = { target: { ad: "Your tasks\n- Arrange product displays and sell our products" }, topK: 1 };

suite("the real service", () => {
  let url, stop;
  before(async () => {
    url = await serve((end) => (stop = end));
  });
  after(() => stop());

  test("advises over gRPC-Web as over gRPC", async () => {
    const request = { ...SHOES, persona: Persona.UNEMPLOYED, planPathway: true };
    const web = await connect({ url }).matching.recommendCredentials(request);
    assert.ok(web.recommendations.length > 0);
    assert.deepEqual(web, await connectNode({ url }).matching.recommendCredentials(request));
  });

  test("says all that is wrong with a request", async () => {
    const call = connect({ url }).matching.recommendCredentials({ profile: { eqfLevel: 9 }, asOf: "2026-02-30" });
    const failure = explain(await call.catch((error) => error));
    assert.deepEqual([failure.code, failure.reason], [Code.InvalidArgument, "INVALID"]);
    assert.deepEqual(failure.violations.map((one) => one.field).sort(), ["as_of", "profile.eqf_level", "target"]);
  });

  test("pages hold everything once", async () => {
    const { catalogue } = connect({ url });
    const ids = [];
    for await (const page of pages(catalogue.searchCredentials, { pageSize: 7 })) ids.push(...page.credentials.map((one) => one.id));
    assert.equal(new Set(ids).size, ids.length);
    assert.equal(ids.length, (await catalogue.searchCredentials({ pageSize: 1 })).totalSize);
  });

  test("answers many requests in their order, as lines and as a stream", async () => {
    const requests = [{ requestId: "a", request: SHOES }, { request: {} }, { request: SHOES }];
    const shown = ({ requestId, position, result }) => [requestId, position, result.case];
    const expected = [["a", 0n, "response"], [undefined, 1n, "error"], [undefined, 2n, "response"]];
    const lines = [];
    for await (const answer of connect({ url }).recommendAll(requests)) lines.push(answer);
    assert.deepEqual(lines.map(shown), expected);
    const streamed = [];
    const stream = async function* () {
      yield* requests;
    };
    for await (const answer of connectNode({ url }).matching.streamRecommendations(stream())) streamed.push(answer);
    assert.deepEqual(streamed.map(shown), expected);
    assert.deepEqual(lines[2].result.value.recommendations, streamed[2].result.value.recommendations);
  });

  test("the README can be pasted", async () => {
    const readme = await readFile(new URL("../README.md", import.meta.url), "utf8");
    const code = /```js\n([^]*?)```/.exec(readme)[1].replace("http://127.0.0.1:50051", url);
    const said = [];
    const console = { log: (...parts) => said.push(parts) };
    const imports = { "skillgap-client": await import("skillgap-client"), "skillgap-client/v1/profile": await import("skillgap-client/v1/profile") };
    const body = code.replaceAll(/import (\{.*?\}) from ("[^"]+");/g, "const $1 = imports[$2];");
    await new (async () => {}).constructor("imports", "console", body)(imports, console);
    assert.match(said[0][2], /Covers about/);
    assert.equal(said.at(-1)[0].reason, "NOT_FOUND");
  });

  test("reads 64-bit numbers as they are", async () => {
    const { context } = await connect({ url }).catalogue.getServerInfo({});
    assert.equal(typeof context.snapshot.commit, "bigint");
  });
});

test("a key is asked for and taken, and never sent in the clear beyond this machine", async (t) => {
  const url = await serve((end) => t.after(end), { AUTH__ANONYMOUS: "none" });
  const call = connect({ url }).catalogue.getServerInfo({});
  assert.equal(explain(await call.catch((error) => error)).code, Code.Unauthenticated);
  const feed = connect({ url }).recommendAll([{ request: SHOES }]);
  assert.equal((await feed.next().catch((error) => error)).code, Code.Unauthenticated);
  assert.throws(() => connect({ url: "http://skillgap.example", key: "sg_a_b" }), /https/);
  connect({ url: "https://skillgap.example", key: "sg_a_b" });
});

/** A service over gRPC-Web that fails some times with a status before it answers; `calls` are the times of its calls. */
async function patient(t, code, failures, delayMs) {
  const calls = [];
  const server = createServer((request, response) => {
    calls.push({ at: Date.now(), key: request.headers.authorization });
    request.resume();
    const headers = { "content-type": "application/grpc-web+proto" };
    if (calls.length <= failures) {
      const retry = delayMs === undefined ? [] : [anyPack(RetryInfoSchema, create(RetryInfoSchema, { retryDelay: create(DurationSchema, { nanos: delayMs * 1e6 }) }))];
      const status = create(StatusSchema, { code, message: "not now", details: retry });
      headers["grpc-status"] = String(code);
      headers["grpc-status-details-bin"] = Buffer.from(toBinary(StatusSchema, status)).toString("base64");
      response.writeHead(200, headers).end();
      return;
    }
    const trailer = Buffer.from("grpc-status: 0\r\n");
    const frame = (flag, bytes) => Buffer.concat([Buffer.from([flag, 0, 0, 0, bytes.length]), bytes]);
    response.writeHead(200, headers).end(Buffer.concat([frame(0, Buffer.alloc(0)), frame(0x80, trailer)]));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => server.close());
  return { url: `http://127.0.0.1:${server.address().port}`, calls };
}

test("a busy service is asked again after the delay that it names, with the key", async (t) => {
  const { url, calls } = await patient(t, Code.ResourceExhausted, 2, 200);
  await connect({ url, key: "sg_a_b" }).catalogue.getServerInfo({});
  assert.equal(calls.length, 3);
  for (const [at, call] of calls.entries()) {
    assert.equal(call.key, "Bearer sg_a_b");
    if (at > 0) assert.ok(call.at - calls[at - 1].at >= 195, `${call.at - calls[at - 1].at} ms`);
  }
});

test("attempts are counted, and what is final or too late is not repeated", async (t) => {
  for (const [code, delay, options, expected] of [
    [Code.ResourceExhausted, 10, { attempts: 3 }, 3],
    [Code.Unavailable, undefined, { attempts: 2 }, 2],
    [Code.ResourceExhausted, undefined, {}, 1],
    [Code.ResourceExhausted, 900, { timeoutMs: 500 }, 1],
    [Code.Internal, undefined, {}, 1],
  ]) {
    const { url, calls } = await patient(t, code, 9, delay);
    const failed = await connect({ url, ...options }).catalogue.getServerInfo({}).catch((error) => error);
    assert.ok(failed instanceof ConnectError);
    assert.deepEqual([explain(failed).code, calls.length], [code, expected]);
  }
});

test("a service out of reach is tried again, and a silent one is left when the time is over", async (t) => {
  const { url } = await patient(t, 0, 0);
  const closed = url.replace(/:\d+$/, ":1");
  let began = Date.now();
  await assert.rejects(connect({ url: closed, attempts: 3 }).catalogue.getServerInfo({}));
  assert.ok(Date.now() - began >= 240, "two delays");
  const silent = createServer(() => {});
  silent.listen(0, "127.0.0.1");
  await once(silent, "listening");
  t.after(() => (silent.closeAllConnections(), silent.close()));
  began = Date.now();
  const call = connect({ url: `http://127.0.0.1:${silent.address().port}`, timeoutMs: 300 }).catalogue.getServerInfo({});
  assert.equal(explain(await call.catch((error) => error)).code, Code.DeadlineExceeded);
  assert.ok(Date.now() - began < 3_000);
});

test("delays are those of the service config", async () => {
  const file = new URL("../../../proto/skillgap/v1/skillgap_grpc_service_config.json", import.meta.url);
  const { retryPolicy } = JSON.parse(await readFile(file, "utf8")).methodConfig[0];
  assert.deepEqual(BACKOFF, {
    initialMs: parseFloat(retryPolicy.initialBackoff) * 1_000,
    maxMs: parseFloat(retryPolicy.maxBackoff) * 1_000,
    multiplier: retryPolicy.backoffMultiplier,
  });
});
