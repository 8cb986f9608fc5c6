// Asks the model again and again for some seconds: plain, streamed, with a tool,
// counting tokens, listing models. No request is tried twice, so that every
// failure ends the program with exit code 1.
//
// The credential is what the SDK finds in its environment, or, with HELPER set,
// what that command prints, asked before each request.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import Anthropic from "@anthropic-ai/sdk";

const { HELPER, SECONDS = "1" } = process.env;
const helper = async () => (await promisify(execFile)("/bin/sh", ["-c", HELPER])).stdout.trim();
const client = new Anthropic({ maxRetries: 0, ...(HELPER ? { apiKey: helper } : {}) });

const model = "MiniMax-M2.7";
const tools = [{
  name: "get_weather",
  input_schema: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
}];
let requests = 0;

async function ask(params) {
  requests++;
  return client.messages.create({ model, max_tokens: 1000, ...params });
}

async function plain(text) {
  const answer = await ask({ messages: [{ role: "user", content: text }] });
  assert.equal(answer.content[0].text, `The sandbox read: ${text}`);
}

async function streamed(text) {
  requests++;
  const stream = client.messages.stream({ model, max_tokens: 1000, messages: [{ role: "user", content: text }] });
  let joined = "";
  stream.on("text", (part) => { joined += part; });
  const answer = await stream.finalMessage();
  assert.equal(joined, `The sandbox read: ${text}`);
  assert.equal(answer.stop_reason, "end_turn");
}

async function tool() {
  const messages = [{ role: "user", content: 'call get_weather with {"city":"Paris"}' }];
  const call = await ask({ messages, tools });
  assert.equal(call.stop_reason, "tool_use");
  assert.deepEqual(call.content[0].input, { city: "Paris" });
  messages.push({ role: "assistant", content: call.content });
  messages.push({ role: "user", content: [{ type: "tool_result", tool_use_id: call.content[0].id, content: "21 degrees" }] });
  const answer = await ask({ messages, tools });
  assert.equal(answer.content[0].text, "The tool answered: 21 degrees");
}

async function others() {
  requests += 2;
  const count = await client.messages.countTokens({ model, messages: [{ role: "user", content: "hello" }] });
  assert.ok(count.input_tokens > 0);
  const models = await client.models.list();
  assert.ok(models.data.some((m) => m.id === model));
}

const end = Date.now() + 1000 * Number(SECONDS);
let rounds = 0;
do {
  rounds++;
  await Promise.all([plain(`hello ${rounds}`), streamed(`hello again ${rounds}`), tool(), others()]);
  await new Promise((done) => setTimeout(done, 100));
} while (Date.now() < end);
console.log(JSON.stringify({ rounds, requests, node: process.version }));
