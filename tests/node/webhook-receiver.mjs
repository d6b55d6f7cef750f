// A webhook receiver that verifies every message with the `standardwebhooks` package and fails at random: 5xx, 429 with
// Retry-After, a dropped connection, an answer that is too slow. One message fails at most FAILURES_MAX times, so that ten
// tries are enough. Prints its port, then one JSON line per request.
// Usage: node webhook-receiver.mjs SECRET SEED
import { createServer } from "node:http";
import { createHash } from "node:crypto";
import { Webhook } from "standardwebhooks";

const FAILURES_MAX = 5;
const SLOW_MS = 1500;
const [secret, seed] = process.argv.slice(2);
const webhook = new Webhook(secret);
const failures = new Map();

// Mulberry32: the same seed gives the same sequence.
let state = Number(seed) >>> 0;
function random() {
  state = (state + 0x6d2b79f5) >>> 0;
  let t = Math.imul(state ^ (state >>> 15), state | 1);
  t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
  return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
}

function plan(id) {
  const failed = failures.get(id) ?? 0;
  if (failed >= FAILURES_MAX) return { status: 204 };
  const dice = random();
  const answer =
    dice < 0.1 ? { status: [500, 502, 503][Math.floor(random() * 3)] }
    : dice < 0.15 ? { status: 429, retryAfter: random() < 0.9 ? "0" : "1" }
    : dice < 0.2 ? { status: 0, drop: true }
    : dice < 0.205 ? { status: 200, delayMs: SLOW_MS }
    : { status: random() < 0.5 ? 200 : 204 };
  if (answer.status < 200 || answer.status > 299 || answer.delayMs) failures.set(id, failed + 1);
  return answer;
}

function verify(body, headers) {
  try {
    webhook.verify(body, headers);
    return null;
  } catch (error) {
    return String(error);
  }
}

const server = createServer((request, response) => {
  const parts = [];
  request.on("data", (part) => parts.push(part));
  request.on("end", () => {
    const body = Buffer.concat(parts);
    const error = verify(body, request.headers);
    const message = error ? {} : JSON.parse(body);
    const id = request.headers["webhook-id"];
    const answer = plan(id);
    console.log(JSON.stringify({
      id,
      error,
      status: answer.delayMs ? 0 : answer.status,
      sha256: createHash("sha256").update(body).digest("hex"),
      type: message.type,
      incident: message.data?.incidentId,
    }));
    if (answer.drop) return request.socket.destroy();
    const headers = answer.retryAfter ? { "retry-after": answer.retryAfter } : {};
    setTimeout(() => response.writeHead(answer.status, headers).end(), answer.delayMs ?? 0);
  });
});
server.listen(0, "127.0.0.1", () => console.log(server.address().port));
