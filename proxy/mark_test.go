package proxy

import (
	"net/http"
	"testing"
	"unicode/utf16"

	"github.com/hermes-tui/hermes-tui/core/oauth"
)

// What a body names is found behind a byte order mark, too: there are servers that read
// it, and would go on with the response of another key.
func TestNamesIn_BehindAMark(t *testing.T) {
	const body = `{"model":"M","previous_response_id":"resp_1"}`
	for _, text := range []string{body, "\ufeff" + body, "\ufeff\n" + body} {
		if n := namesIn([]byte(text)); len(n.made) != 1 || n.made[0] != "resp_1" || modelOf([]byte(text)) != "M" {
			t.Errorf("%q names %+v", text, n)
		}
	}
}

// A text in UTF-16 is not read here, and is not sent on.
func TestProxy_WideBody(t *testing.T) {
	r := newRig(t, fine)
	r.speaks(alpha, "openai-api", "/v1", oauth.CodexResponses)
	for _, mark := range []string{"", "\ufeff"} {
		for _, swapped := range []bool{false, true} {
			var wide []byte
			for _, c := range utf16.Encode([]rune(mark + `{"previous_response_id":"resp_1"}`)) {
				if high, low := byte(c>>8), byte(c); swapped {
					wide = append(wide, high, low)
				} else {
					wide = append(wide, low, high)
				}
			}
			if got := r.do(r.request(http.MethodPost, "/openai/v1/responses", string(wide))); got.status != http.StatusBadRequest {
				t.Errorf("%q: %+v", mark, got)
			}
		}
	}
	if got := r.do(r.request(http.MethodPost, "/openai/v1/responses", "{}")); got.status != http.StatusOK {
		t.Errorf("%+v", got)
	}
	zipped := r.request(http.MethodPost, "/openai/v1/responses", "\x00\x01")
	zipped.Header.Set("Content-Encoding", "zstd")
	if got := r.do(zipped); got.status != http.StatusOK {
		t.Errorf("compressed: %+v", got)
	}
}
