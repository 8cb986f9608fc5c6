package sandbox

import (
	"net/http"
	"time"
)

// formatFaults are the refusals of single providers, which only OpenAI's formats
// know. Each has its provider's own shape, whoever asks.
func formatFaults() []faultSpec {
	on := []Kind{KindOpenAI}
	return []faultSpec{
		{"usage-limit", on, false, true, "Codex: 429 usage_limit_reached, with the time at which the limit ends"},
		{"usage-limit-early", on, false, true, "Codex: the same inside a 200, as the stream's second event"},
		{"usage-limit-late", on, false, true, "Codex: the same in the middle of the text"},
		{"usage-not-included", on, false, true, "Codex: 429, the plan lacks it"},
		{"rate-limit", on, false, true, "OpenAI: 429, requests a minute"},
		{"insufficient-quota", on, false, true, "OpenAI: 429, no credits"},
		{"overloaded", on, false, true, "OpenAI: 503 server_is_overloaded"},
		{"model-not-found", on, false, true, "404 model_not_found, from Codex a 400 with its sentence"},
		{"context", on, false, true, "400, the conversation is too long"},
		{"encrypted-content", on, false, true, "400, another account's reasoning"},
		{"bad-credentials", on, false, true, "xAI: 403 in place of 401"},
		{"free-usage", on, false, true, "xAI: 429, a day's free use"},
		{"permission-denied", on, false, true, "xAI: 403, the plan lacks the API"},
		{"credits", on, false, true, "OpenRouter: 402"},
		{"moderation", on, false, true, "OpenRouter: 403 on what was asked"},
		{"hourly-limit", on, false, true, "Nous: 429 with seconds in a header"},
		{"firewall", on, false, true, "403 with the HTML page of a firewall"},
	}
}

// stumbles lets a fault have its way. It reports whether the request is dealt
// with; if not, the fault's name is returned where it strikes inside the answer.
func (q *asked) stumbles() (fault string, done bool) {
	name := q.s.faults.take(KindOpenAI, false)
	outcome := Outcome("fault:" + name)
	switch name {
	case "":
		return "", false
	case "cut", "stream-error", "usage-limit-early", "usage-limit-late":
		return name, false
	case "firewall":
		q.send(outcome, http.StatusForbidden, "text/html; charset=UTF-8",
			[]byte("<!DOCTYPE html><html><head><title>Attention Required! | Cloudflare</title></head><body>Sorry, you have been blocked</body></html>\n"))
		return "", true
	}
	t, ok := q.troubleOf(name)
	if !ok {
		return "", q.disturb(name)
	}
	q.fails(outcome, t)
	return "", true
}

// troubleOf is what a fault answers in place of the API.
func (q *asked) troubleOf(name string) (trouble, bool) {
	d := q.speaks
	now := q.s.opts.Now()
	soon := now.Add(q.s.opts.RetryAfter)
	switch name {
	case "401":
		return d.stranger(), true
	case "402", "insufficient-quota":
		return openAIDialect.wrong(map[string]int{"402": 402, "insufficient-quota": 429}[name], "insufficient_quota", "insufficient_quota",
			"You exceeded your current quota, please check your plan and billing details."), true
	case "429", "rate-limit":
		if name == "rate-limit" {
			d = openAIDialect
		}
		return d.usedUp(now, soon), true
	case "503":
		return d.wrong(http.StatusServiceUnavailable, "server_error", "", "The service is down for a moment."), true
	case "529", "overloaded":
		return openAIDialect.wrong(http.StatusServiceUnavailable, "server_error", "server_is_overloaded", "Our servers are currently overloaded. Please try again later."), true
	case "usage-limit":
		return codexDialect.usedUp(now, soon), true
	case "usage-not-included":
		return trouble{status: http.StatusTooManyRequests, code: "usage_not_included", body: fields{"error": fields{
			"type": "usage_not_included", "message": "To use Codex with your ChatGPT plan, upgrade to Plus: https://chatgpt.com/explore/plus.",
		}}}, true
	case "free-usage":
		return xaiDialect.usedUp(now, soon), true
	case "bad-credentials":
		return xaiDialect.stranger(), true
	case "hourly-limit":
		return nousDialect.usedUp(now, soon), true
	default:
		return q.unserved(name)
	}
}

// unserved is the faults that are about the request or the plan, and no limit.
func (q *asked) unserved(name string) (trouble, bool) {
	d := q.speaks
	switch name {
	case "model-not-found":
		return d.noModel("that-model"), true
	case "context":
		return d.wrong(http.StatusBadRequest, "invalid_request_error", "context_length_exceeded", "Your input exceeds the context window of this model. Please adjust your input and try again."), true
	case "encrypted-content":
		return foreignReasoning(), true
	case "permission-denied":
		return xaiDialect.wrong(http.StatusForbidden, "", "permission-denied", "Your subscription does not include the API."), true
	case "credits":
		return openRouterDialect.wrong(http.StatusPaymentRequired, "", "402", "Insufficient credits. Add more using https://openrouter.ai/settings/credits"), true
	case "moderation":
		t := openRouterDialect.wrong(http.StatusForbidden, "", "403", "Your chosen model requires moderation and your input was flagged")
		t.body.(fields)["error"].(fields)["metadata"] = fields{"reasons": []string{"violence"}, "flagged_input": "…", "provider_name": "Sandbox"}
		return t, true
	}
	return trouble{}, false
}

// whole sends an answer that is no stream, where a fault that strikes inside of one
// takes its place: there is nothing before it that could go well.
func (q *asked) whole(fault string, answer any) {
	instead := "usage-limit"
	switch fault {
	case "":
		q.answer(Served, http.StatusOK, answer)
		return
	case "cut":
		q.cutShort(answer)
		return
	case "stream-error":
		instead = "overloaded"
	}
	t, _ := q.troubleOf(instead)
	q.fails(Outcome("fault:"+fault), t)
}

// noModel says that there is no such model (router-for-me/CLIProxyAPI #3647 has
// Codex's sentence).
func (d dialect) noModel(model string) trouble {
	if d == codexDialect {
		return d.wrong(http.StatusBadRequest, "", "model_not_found", "The '"+bounded(model)+"' model is not supported when using Codex with a ChatGPT account.")
	}
	return d.wrong(http.StatusNotFound, "invalid_request_error", "model_not_found", "The model `"+bounded(model)+"` does not exist or you do not have access to it.")
}

// foreignReasoning refuses items that another account's model has encrypted.
func foreignReasoning() trouble {
	return openAIDialect.wrong(http.StatusBadRequest, "invalid_request_error", "invalid_encrypted_content", "The encrypted content could not be verified. Reason: Encrypted content could not be decrypted or parsed.")
}

// broken are the events with which a fault ends a stream, and where: before the
// text or in the middle of it.
func (q *asked) broken(fault string, events int, responses bool) (at int, last []sseEvent) {
	until := q.s.opts.Now().Add(q.s.opts.RetryAfter)
	limit := limitReached(until, int64(q.s.opts.RetryAfter/time.Second))
	switch {
	case fault == "":
		return events, nil
	case fault == "cut":
		return events / 2, nil
	case fault == "stream-error":
		e := fields{"message": "The server had an error while processing your request.", "type": "server_error", "code": "server_error", "param": nil}
		if responses {
			return events / 2, []sseEvent{{"error", fields{"type": "error", "code": "server_error", "message": e["message"], "param": nil, "sequence_number": events / 2}}}
		}
		return events / 2, []sseEvent{{"", fields{"error": e}}}
	case !responses:
		return map[bool]int{true: 0, false: events / 2}[fault == "usage-limit-early"], []sseEvent{{"", fields{"error": limit}}}
	case fault == "usage-limit-early":
		return 1, []sseEvent{{"error", fields{"type": "error", "error": limit, "sequence_number": 1}}}
	default:
		limit["code"] = limit["type"]
		return events / 2, []sseEvent{{"response.failed", fields{"type": "response.failed", "sequence_number": events / 2, "response": fields{
			"object": "response", "status": "failed", "error": limit, "output": []any{},
		}}}}
	}
}
