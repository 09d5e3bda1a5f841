// What a failed call says.

import { Code, ConnectError } from "@connectrpc/connect";
import { BadRequestSchema, ErrorInfoSchema, RetryInfoSchema } from "./gen/google/rpc/error_details_pb.js";

/** What a failed call says, with all details. */
export interface Failure {
  code: Code;
  message: string;
  /** A name of skillgap.v1.ErrorReason without ERROR_REASON_; empty where the call did not reach the service. */
  reason: string;
  /** All that is wrong with the request. */
  violations: { field: string; description: string }[];
  /** Milliseconds after which the service asks to try again. */
  retryAfterMs: number | undefined;
}

/** Reads an error of any call. */
export function explain(reason: unknown): Failure {
  const error = ConnectError.from(reason);
  const retry = error.findDetails(RetryInfoSchema)[0]?.retryDelay;
  return {
    code: error.code,
    message: error.rawMessage,
    reason: error.findDetails(ErrorInfoSchema)[0]?.reason ?? "",
    violations: error.findDetails(BadRequestSchema).flatMap((bad) => bad.fieldViolations.map(({ field, description }) => ({ field, description }))),
    retryAfterMs: retry && Number(retry.seconds) * 1_000 + retry.nanos / 1e6,
  };
}
