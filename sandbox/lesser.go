package sandbox

import (
	"crypto/sha256"
	"encoding/json"
	"net/http"
	"slices"
)

// text answers POST /v1/completions.
func (q *asked) text() {
	var r struct {
		Model, Prompt string
		MaxTokens     int `json:"max_tokens"`
	}
	fault, ok := q.begins(&r)
	if !ok {
		return
	}
	m := messageRequest{Model: r.Model, MaxTokens: r.MaxTokens, Messages: []turn{{"user", content{{Type: "text", Text: r.Prompt}}}}}
	if said, ok := q.completes(m); ok {
		q.whole(fault, fields{
			"id": "cmpl-" + said.id, "object": "text_completion", "created": said.made, "model": said.model,
			"choices": []fields{{"text": said.text(), "index": 0, "logprobs": nil, "finish_reason": said.finish()}}, "usage": said.chatUsage(),
		})
	}
}

// embed answers POST /v1/embeddings with a vector that follows from the input.
func (q *asked) embed() {
	var r struct {
		Model string
		Input json.RawMessage
	}
	fault, ok := q.begins(&r)
	if !ok {
		return
	}
	if len(r.Input) == 0 {
		q.fails(Refused, q.speaks.bad("Missing required parameter: 'input'."))
		return
	}
	sum := sha256.Sum256(r.Input)
	var vector []float64
	for _, b := range sum[:8] {
		vector = append(vector, float64(b)/256)
	}
	used := (len(r.Input) + 3) / 4
	q.uses(r.Model, usage{Input: used}, true)
	q.whole(fault, fields{
		"object": "list", "model": r.Model, "data": []fields{{"object": "embedding", "index": 0, "embedding": vector}},
		"usage": fields{"prompt_tokens": used, "total_tokens": used},
	})
}

// formatModels are what the lists of models name; others are served, too, unless
// they begin with "no-such-".
var formatModels = []string{"sandbox-1", "sandbox-1-mini"}

func modelView(id string) fields {
	return fields{"id": id, "object": "model", "created": firstSecond, "owned_by": "sandbox"}
}

// models answers GET /v1/models.
func (q *asked) models() {
	list := []fields{}
	for _, id := range formatModels {
		list = append(list, modelView(id))
	}
	q.answer(Served, http.StatusOK, fields{"object": "list", "data": list})
}

// oneModel answers GET /v1/models/ID.
func (q *asked) oneModel() {
	id := q.r.PathValue("id")
	if !slices.Contains(formatModels, id) {
		q.fails(Refused, q.speaks.noModel(id))
		return
	}
	q.answer(Served, http.StatusOK, modelView(id))
}

// codexModels answers GET /models of ChatGPT's backend, whose list is another
// one.
func (q *asked) codexModels() {
	if q.r.URL.Query().Get("client_version") == "" {
		q.fails(Refused, q.speaks.bad("Missing query parameter: client_version"))
		return
	}
	list := []fields{}
	for _, id := range formatModels {
		list = append(list, fields{"slug": id, "display_name": id, "supported_in_api": true})
	}
	q.answer(Served, http.StatusOK, fields{"models": list})
}
