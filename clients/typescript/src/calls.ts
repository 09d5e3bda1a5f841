// How a call is made: with the caller's key, and again where that helps.

import { Code, ConnectError, type Interceptor } from "@connectrpc/connect";
import { type Failure, explain } from "./errors.js";

// The numbers of skillgap_grpc_service_config.json, which a test compares.
export const BACKOFF = { initialMs: 100, maxMs: 2_000, multiplier: 2 };

/** Sends a key with each call. */
export function withKey(key: string): Interceptor {
  return (next) => (request) => {
    request.header.set("authorization", `Bearer ${key}`);
    return next(request);
  };
}

/**
 * Tries a call again when the service is out of reach, after a growing delay, and when the service asks for patience, after the delay that it
 * names. Every method may be repeated. A delay that does not fit into the call's time is not waited for. Feeds are not repeated.
 */
export function withRetries(attempts: number): Interceptor {
  return (next) => async (request) => {
    if (request.stream) return next(request);
    const timeout = /^(\d+)m$/.exec(request.header.get("grpc-timeout") ?? "");
    const ends = timeout ? Date.now() + Number(timeout[1]) : Infinity;
    for (let attempt = 1; ; attempt++) {
      try {
        return await next(request);
      } catch (reason) {
        const delay = delayMs(reason, attempt);
        if (delay === undefined || attempt >= attempts || Date.now() + delay >= ends || request.signal.aborted) throw reason;
        await pause(delay, request.signal);
      }
    }
  };
}

/** Milliseconds until a failed call is worth another attempt; undefined if it never is. */
function delayMs(reason: unknown, attempt: number): number | undefined {
  // fetch says TypeError where there is no connection.
  const failure: Failure = explain(reason);
  if (reason instanceof TypeError || failure.code === Code.Unavailable) {
    const { initialMs, maxMs, multiplier } = BACKOFF;
    return Math.min(initialMs * multiplier ** (attempt - 1), maxMs) * (0.8 + 0.4 * Math.random());
  }
  // A little later than asked for, so that not all come at once.
  return failure.code === Code.ResourceExhausted && failure.retryAfterMs !== undefined
    ? failure.retryAfterMs * (1 + 0.25 * Math.random())
    : undefined;
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const onAbort = () => {
      clearTimeout(timer);
      reject(ConnectError.from(signal.reason, Code.Canceled));
    };
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", onAbort);
      resolve();
    }, ms);
    signal.addEventListener("abort", onAbort, { once: true });
  });
}
