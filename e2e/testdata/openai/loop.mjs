// An agent's loop in both of OpenAI's formats: a tool is called, its answer is
// sent back, and the model goes on with it; then a stream, and what is stored.
import OpenAI from "openai";

const client = new OpenAI();
const model = "sandbox-1";
const parameters = { type: "object", properties: { city: { type: "string" } }, required: ["city"] };
const order = 'call weather with {"city":"Rome"}';

const first = await client.responses.create({ model, input: order, tools: [{ type: "function", name: "weather", parameters }] });
const call = first.output.find((item) => item.type === "function_call");
const output = { type: "function_call_output", call_id: call.call_id, output: "sunny" };
const next = await client.responses.create({ model, previous_response_id: first.id, input: [output] });
console.log(`responses: ${call.name} ${call.arguments}: ${next.output_text}`);
console.log(`stored: ${(await client.responses.retrieve(first.id)).id === first.id}`);

let text = "";
for await (const event of await client.responses.create({ model, input: "stream this", stream: true })) {
  if (event.type === "response.output_text.delta") text += event.delta;
}
console.log(`responses, stream: ${text}`);

const tools = [{ type: "function", function: { name: "weather", parameters } }];
const messages = [{ role: "user", content: order }];
const asked = (await client.chat.completions.create({ model, messages, tools })).choices[0].message;
messages.push(asked, { role: "tool", tool_call_id: asked.tool_calls[0].id, content: "rainy" });
const answer = await client.chat.completions.create({ model, messages, tools });
console.log(`chat: ${answer.choices[0].message.content}, ${answer.usage.prompt_tokens > 0}`);

let used;
text = "";
const stream = { model, messages: [{ role: "user", content: "stream this" }], stream: true, stream_options: { include_usage: true } };
for await (const chunk of await client.chat.completions.create(stream)) {
  text += chunk.choices[0]?.delta?.content ?? "";
  used = chunk.usage ?? used;
}
console.log(`chat, stream: ${text}, ${used.total_tokens > 0}`);

for (const [name, refused] of [
  ["unknown", () => client.responses.create({ model, input: "x", previous_response_id: "resp_unknown" })],
  ["files", () => client.files.list()],
]) {
  try {
    await refused();
  } catch (error) {
    console.log(`${name}: ${error.status} ${error.code}`);
  }
}
