package proxy

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/hermes-tui/hermes-tui/core/autherr"
)

// Every error is an answer in Anthropic's shape, with what to do in its sentence
// and, where asking again cannot help, the word not to.
func TestExplain(t *testing.T) {
	for name, tc := range map[string]struct {
		err         error
		status      int
		kind, after string
	}{
		"cooling down":     {&autherr.Error{Kind: autherr.CoolingDown, RetryAfter: 1200 * time.Millisecond}, 429, "rate_limit_error", "2"},
		"no time is known": {&autherr.Error{Kind: autherr.CoolingDown}, 429, "rate_limit_error", "5"},
		"needs sign-in":    {&autherr.Error{Kind: autherr.SignIn}, 403, "permission_error", ""},
		"keystore":         {&autherr.Error{Kind: autherr.Keystore}, 503, "api_error", ""},
		"network":          {&autherr.Error{Kind: autherr.Network}, 502, "api_error", ""},
		"no such account":  {&autherr.Error{Kind: autherr.Usage, Code: autherr.CodeNoSuchAccount}, 404, "not_found_error", ""},
		"foreign host":     {&autherr.Error{Kind: autherr.Usage, Code: autherr.CodeHostNotAllowed}, 403, "permission_error", ""},
		"wrong usage":      {&autherr.Error{Kind: autherr.Usage, Code: autherr.CodeUsage}, 400, "invalid_request_error", ""},
		"anything else":    {&autherr.Error{Kind: autherr.Failed}, 500, "api_error", ""},
		"wrapped":          {fmt.Errorf("sent: %w", &autherr.Error{Kind: autherr.SignIn}), 403, "permission_error", ""},
		"late":             {context.DeadlineExceeded, 504, "api_error", ""},
		"late on the wire": {fmt.Errorf("read: %w", os.ErrDeadlineExceeded), 504, "api_error", ""},
		"unreachable":      {errors.New("connection refused\x1b[31m"), 502, "api_error", ""},
	} {
		var ours *autherr.Error
		if errors.As(tc.err, &ours) {
			ours.Message, ours.Hint = "it happened", "do something"
		}
		w := httptest.NewRecorder()
		explain(tc.err).write(w, &wires()[0])
		var body struct {
			Type  string
			Error struct{ Type, Message string }
		}
		if err := json.Unmarshal(w.Body.Bytes(), &body); err != nil || body.Type != "error" {
			t.Fatalf("%s: %v, %s", name, err, w.Body)
		}
		if w.Code != tc.status || body.Error.Type != tc.kind || w.Header().Get("Retry-After") != tc.after {
			t.Errorf("%s: %d %v %s", name, w.Code, w.Header(), w.Body)
		}
		if ours != nil && ours.Code != autherr.CodeNoSuchAccount && body.Error.Message != "it happened; do something" || strings.ContainsRune(body.Error.Message, 0x1b) {
			t.Errorf("%s says %q", name, body.Error.Message)
		}
		if name == "no such account" && strings.Contains(body.Error.Message, "it happened") {
			t.Error("the sentence that names every account is passed on")
		}
		if retry := w.Header().Get("X-Should-Retry"); (retry == "false") != (tc.status != 429 && tc.status < 500) {
			t.Errorf("%s: X-Should-Retry is %q", name, retry)
		}
	}
}
