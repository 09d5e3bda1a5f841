// Client of skillgap for browsers and Node, over gRPC-Web.

import type { MessageInitShape } from "@bufbuild/protobuf";
import { type Client, type Interceptor, type Transport, createClient } from "@connectrpc/connect";
import { createGrpcWebTransport } from "@connectrpc/connect-web";
import { withKey, withRetries } from "./calls.js";
import { feed } from "./feed.js";
import { CatalogueService } from "./gen/skillgap/v1/catalogue_pb.js";
import { MatchingService, type StreamRecommendationsRequestSchema, type StreamRecommendationsResponse } from "./gen/skillgap/v1/matching_pb.js";
import { SkillsService } from "./gen/skillgap/v1/skills_pb.js";

export { Code, ConnectError } from "@connectrpc/connect";
export { BACKOFF } from "./calls.js";
export { type Failure, explain } from "./errors.js";

/** Where the service is, and how it is called. */
export interface Options {
  /** Such as https://skillgap.example; without, the page's own origin in a browser, else http://127.0.0.1:50051. */
  url?: string;
  /** A key of `skillgap key new`. Never put one into a page: what a page holds, everybody holds. */
  key?: string;
  /** Milliseconds for a call with all its attempts, unless the call has its own `timeoutMs`; 10,000 if absent. */
  timeoutMs?: number;
  /** Attempts at a call, at most; 4 if absent. */
  attempts?: number;
}

/** The services of the contract; each method takes a request and resolves to its answer. */
export interface Skillgap {
  matching: Client<typeof MatchingService>;
  catalogue: Client<typeof CatalogueService>;
  skills: Client<typeof SkillsService>;
  /** RecommendCredentials for many requests: one answer a request, in their order, each with a `response` or an `error`. */
  recommendAll(
    requests: Iterable<MessageInitShape<typeof StreamRecommendationsRequestSchema>>,
    signal?: AbortSignal,
  ): AsyncGenerator<StreamRecommendationsResponse>;
}

/** What every transport needs. */
export interface Settings {
  baseUrl: string;
  defaultTimeoutMs: number;
  interceptors: Interceptor[];
}

/** Options with what they stand for. */
export function settings(options: Options): Settings {
  const origin = (globalThis as { location?: { origin: string } }).location?.origin;
  const baseUrl = (options.url ?? origin ?? "http://127.0.0.1:50051").replace(/\/$/, "");
  const interceptors = [withRetries(options.attempts ?? 4)];
  if (options.key) {
    const { protocol, hostname } = new URL(baseUrl);
    if (protocol === "http:" && !/^(localhost|127\.[0-9.]+|\[::1\])$/.test(hostname)) {
      throw new TypeError("a key is sent beyond this machine over https only");
    }
    interceptors.push(withKey(options.key));
  }
  return { baseUrl, defaultTimeoutMs: options.timeoutMs ?? 10_000, interceptors };
}

/** The services over a transport. */
export function over(transport: Transport, { baseUrl }: Settings, { key }: Options): Skillgap {
  const headers: Record<string, string> = key ? { authorization: `Bearer ${key}` } : {};
  return {
    matching: createClient(MatchingService, transport),
    catalogue: createClient(CatalogueService, transport),
    skills: createClient(SkillsService, transport),
    recommendAll: (requests, signal) => feed(baseUrl, headers, requests, signal),
  };
}

/** A client over gRPC-Web, for browsers and Node. */
export function connect(options: Options = {}): Skillgap {
  const found = settings(options);
  return over(createGrpcWebTransport(found), found, options);
}

/** All pages of a method that has them, such as `pages(skillgap.catalogue.searchCredentials, {text: "welding"})`. */
export async function* pages<Request extends object, Answer extends { nextPageToken: string }>(
  method: (request: Request & { pageToken: string }) => Promise<Answer>,
  request: Request,
): AsyncGenerator<Answer> {
  let pageToken = "";
  do {
    const page = await method({ ...request, pageToken });
    yield page;
    pageToken = page.nextPageToken;
  } while (pageToken);
}
