package sandbox

import "net/http"

// modelInfo is a row of GET /v1/models.
type modelInfo struct {
	Type      string `json:"type"` // "model"
	ID        string `json:"id"`
	Name      string `json:"display_name"`
	CreatedAt string `json:"created_at"`
}

// catalogue is the models that the sandbox names. Others of MiniMax's are
// served, too.
func catalogue() []modelInfo {
	return []modelInfo{
		{"model", "MiniMax-M2.7", "MiniMax M2.7", "2026-03-18T00:00:00Z"},
		{"model", "MiniMax-M2.7-highspeed", "MiniMax M2.7 highspeed", "2026-03-18T00:00:00Z"},
	}
}

// listModels answers GET /v1/models. The list has one page.
func (x *exchange) listModels([]byte) {
	list := catalogue()
	x.answer(Served, http.StatusOK, map[string]any{
		"data": list, "has_more": false, "first_id": list[0].ID, "last_id": list[len(list)-1].ID,
	})
}

// showModel answers GET /v1/models/ID.
func (x *exchange) showModel([]byte) {
	id := x.r.PathValue("id")
	for _, m := range catalogue() {
		if m.ID == id {
			x.answer(Served, http.StatusOK, m)
			return
		}
	}
	x.deny(Refused, &apiError{http.StatusNotFound, "not_found_error", "model: " + bounded(id)})
}
