// Client of skillgap for Node over gRPC, which also streams requests: `matching.streamRecommendations`.

import { createGrpcTransport } from "@connectrpc/connect-node";
import { type Options, type Skillgap, over, settings } from "./index.js";

/** A client over gRPC (HTTP/2). */
export function connect(options: Options = {}): Skillgap {
  const found = settings(options);
  return over(createGrpcTransport(found), found, options);
}
