// A service for a test: the binary that SKILLGAP_BIN names, or that of a release build, on free ports.

import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const BIN = process.env.SKILLGAP_BIN ?? fileURLToPath(new URL("../../../target/release/skillgap", import.meta.url));

/** Starts it with these settings, such as {AUTH__ANONYMOUS: "write"}; `after` is given what ends it. */
export async function serve(after, settings = {}) {
  const env = { ...process.env, SKILLGAP__ADMIN__LISTEN: "127.0.0.1:0" };
  for (const [name, value] of Object.entries(settings)) env[`SKILLGAP__${name}`] = value;
  const child = spawn(BIN, ["serve", "--listen", "127.0.0.1:0"], { env, stdio: ["ignore", "ignore", "pipe"] });
  after(() => child.kill());
  const lines = [];
  for await (const line of createInterface({ input: child.stderr })) {
    lines.push(line);
    const found = /serving.*grpc=(\S+)/.exec(line.replaceAll(/\x1b\[[0-9;]*m/g, ""));
    if (found) {
      child.stderr.resume();
      return `http://${found[1]}`;
    }
  }
  throw new Error(`the service did not start: ${lines.join("\n")}`);
}
