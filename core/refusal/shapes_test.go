package refusal_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/hermes-tui/hermes-tui/core/pool"
	"github.com/hermes-tui/hermes-tui/core/refusal"
)

// Gateways put what others told them into a list, into another error, or into a
// text, and some begin with a byte order mark. It says what it says.
func TestRead_Wrapped(t *testing.T) {
	const limit = `{"type":"usage_limit_reached","message":"the limit","resets_in_seconds":7200}`
	quoted, err := json.Marshal(`{"error":` + limit + `}`)
	if err != nil {
		t.Fatal(err)
	}
	for name, body := range map[string]string{
		"as it is":              `{"error":` + limit + `}`,
		"in a list":             `[{"error":` + limit + `}]`,
		"in a list of errors":   `{"errors":[` + limit + `]}`,
		"the error is a list":   `{"error":[` + limit + `]}`,
		"in an error":           `{"error":{"error":` + limit + `}}`,
		"in a detail":           `{"detail":{"error":` + limit + `}}`,
		"a list in a detail":    `{"detail":[` + limit + `]}`,
		"a text":                `{"error":` + string(quoted) + `}`,
		"a text in a detail":    `{"detail":` + string(quoted) + `}`,
		"a text in a message":   `{"error":{"message":` + string(quoted) + `,"code":429,"status":"Too Many Requests"}}`,
		"without an error":      limit,
		"behind a mark":         "\ufeff{\"error\":" + limit + `}`,
		"one of several":        `{"errors":[{"message":"another"},` + limit + `]}`,
		"an empty list as well": `{"errors":[],"error":` + limit + `}`,
	} {
		for _, status := range []int{429, 404} {
			got := refusal.Read(refusal.Answer{Status: status, Body: []byte(body)}, rules(t, "codex"), noon)
			if got.Means != pool.Quota || got.Code != "usage_limit_reached" || got.ResetAt.Sub(noon) != 2*time.Hour {
				t.Errorf("%s, %d: %+v", name, status, got)
			}
		}
	}
}

// What is inside another answer's words, and is none, is words; and what is deep or
// long ends.
func TestRead_WrappedInNothing(t *testing.T) {
	deep := strings.Repeat(`{"error":`, 1000) + `{"code":"usage_limit_reached"}` + strings.Repeat(`}`, 1000)
	wide := `{"errors":[` + strings.Repeat(`{},`, 1000) + `{"code":"usage_limit_reached"}]}`
	for name, body := range map[string]string{"deep": deep, "wide": wide, "a list in lists": strings.Repeat("[", 1000) + strings.Repeat("]", 1000), "null": "null", "a number": "1", "a text": `"usage_limit_reached"`} {
		if got := refusal.Read(refusal.Answer{Status: 404, Body: []byte(body)}, rules(t, "codex"), noon); got.Verdict() != pool.Nothing {
			t.Errorf("%s: %+v", name, got)
		}
	}
	for _, words := range []string{"{no JSON", "[see below]", "{}"} {
		quoted, err := json.Marshal(words)
		if err != nil {
			t.Fatal(err)
		}
		got := refusal.Read(refusal.Answer{Status: 429, Body: fmt.Appendf(nil, `{"error":{"message":%s}}`, quoted)}, nil, noon)
		if words != "{}" && got.Message != words || got.Meaning() != pool.Rate {
			t.Errorf("%s: %+v", words, got)
		}
	}
	event := `{"type":"error","error":{"message":"no"}}` // the event's own type is no code
	if got := refusal.Read(refusal.Answer{Status: 429, Body: []byte(event)}, nil, noon); got.Code != "" || got.Message != "no" {
		t.Errorf("%+v", got)
	}
}
