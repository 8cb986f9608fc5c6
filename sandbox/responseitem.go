package sandbox

import "slices"

// responseOf is the whole answer of the Responses API.
func (q *asked) responseOf(c saidCompletion, r responsesRequest) fields {
	output := []fields{}
	if slices.Contains(r.Include, "reasoning.encrypted_content") {
		output = append(output, fields{"id": "rs_" + c.id, "type": "reasoning", "summary": []any{}, "encrypted_content": q.seal() + c.id})
	}
	output = append(output, c.output())
	var previous any
	if r.Previous != "" {
		previous = r.Previous
	}
	u := c.message.Usage
	response := fields{
		"id": "resp_" + c.id, "object": "response", "created_at": c.made, "status": "completed", "model": c.model,
		"background": false, "error": nil, "incomplete_details": nil, "instructions": nil, "max_output_tokens": nil,
		"output": output, "parallel_tool_calls": true, "previous_response_id": previous, "store": r.stores(),
		"reasoning": fields{"effort": nil, "summary": nil}, "temperature": 1.0, "top_p": 1.0, "truncation": "disabled",
		"text": fields{"format": fields{"type": "text"}}, "tool_choice": "auto", "tools": []any{}, "metadata": fields{},
		"usage": fields{
			"input_tokens": u.read(), "input_tokens_details": fields{"cached_tokens": u.CacheRead},
			"output_tokens": u.Output, "output_tokens_details": fields{"reasoning_tokens": 0}, "total_tokens": u.read() + u.Output,
		},
	}
	if c.cutShort() {
		response["status"], response["incomplete_details"] = "incomplete", fields{"reason": "max_output_tokens"}
	}
	return response
}

// output is the item that the model says or calls.
func (c saidCompletion) output() fields {
	if call, ok := c.calls(); ok {
		return fields{"id": "fc_" + c.id, "type": "function_call", "status": "completed", "call_id": "call_" + c.id, "name": call.Name, "arguments": string(call.Input)}
	}
	return fields{"id": "msg_" + c.id, "type": "message", "status": "completed", "role": "assistant", "content": []fields{textPart(c.text())}}
}

func textPart(text string) fields {
	return fields{"type": "output_text", "text": text, "annotations": []any{}, "logprobs": []any{}}
}

// with returns a copy with other members.
func (f fields) with(more fields) fields {
	next := fields{}
	for name, value := range f {
		next[name] = value
	}
	for name, value := range more {
		next[name] = value
	}
	return next
}

// responseEvents is the whole stream of an answer, in the order of OpenAI's.
func (c saidCompletion) responseEvents(made fields) (events []sseEvent) {
	add := func(kind string, data fields) {
		events = append(events, sseEvent{kind, data.with(fields{"type": kind, "sequence_number": len(events)})})
	}
	begun := made.with(fields{"status": "in_progress", "output": []any{}, "usage": nil, "incomplete_details": nil})
	add("response.created", fields{"response": begun})
	add("response.in_progress", fields{"response": begun})
	for index, item := range made["output"].([]fields) {
		at := fields{"output_index": index, "item_id": item["id"]}
		switch item["type"] {
		case "function_call":
			add("response.output_item.added", fields{"output_index": index, "item": item.with(fields{"status": "in_progress", "arguments": ""})})
			for _, piece := range c.pieces {
				add("response.function_call_arguments.delta", at.with(fields{"delta": piece}))
			}
			add("response.function_call_arguments.done", at.with(fields{"arguments": item["arguments"], "name": item["name"]}))
		case "message":
			at["content_index"] = 0
			add("response.output_item.added", fields{"output_index": index, "item": item.with(fields{"status": "in_progress", "content": []any{}})})
			add("response.content_part.added", at.with(fields{"part": textPart("")}))
			for _, piece := range c.pieces {
				add("response.output_text.delta", at.with(fields{"delta": piece, "logprobs": []any{}}))
			}
			add("response.output_text.done", at.with(fields{"text": c.text(), "logprobs": []any{}}))
			add("response.content_part.done", at.with(fields{"part": textPart(c.text())}))
		default:
			add("response.output_item.added", fields{"output_index": index, "item": item})
		}
		add("response.output_item.done", fields{"output_index": index, "item": item})
	}
	add("response."+made["status"].(string), fields{"response": made})
	return events
}
