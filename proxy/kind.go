package proxy

import (
	"bytes"
	"net/http"
	"strings"

	"github.com/hermes-tui/hermes-tui/internal/mark"
)

// kindOf is the media type of an answer, without its parameters.
func kindOf(res *http.Response) string {
	kind, _, _ := strings.Cut(res.Header.Get("Content-Type"), ";")
	return strings.ToLower(strings.TrimSpace(kind))
}

// isJSON reports whether a media type is JSON, or of a format in it.
func isJSON(kind string) bool { return kind == "application/json" || strings.HasSuffix(kind, "+json") }

// unlabelled reports whether an answer does not say what it is: a gateway has lost it.
// From a model it is a stream, most of the time.
func unlabelled(kind string) bool {
	return kind == "" || kind == "text/plain" || kind == "application/octet-stream"
}

// fields are those of a stream of events that one can begin with; the empty one is a
// comment's. No JSON begins so.
var fields = []string{"data:", "event:", "id:", "retry:", ":"}

// longestField is how much of a text shows whether it begins with one.
const longestField = len("event:")

// isStream reports whether an answer that calls itself JSON is a stream of events. Its
// first bytes tell, which are put back; white space before them is read over, up to
// maxError.
func isStream(res *http.Response) bool {
	a := aheadOf(res)
	for a.err == nil && len(a.read) < maxError {
		if start := spoken(a.read); len(start) >= longestField || len(start) > 0 && bytes.IndexByte([]byte("deir:\xef"), start[0]) < 0 {
			break
		}
		n, err := a.ReadCloser.Read(a.room())
		a.take(n, err)
	}
	start := spoken(a.read)
	for _, field := range fields {
		if bytes.HasPrefix(start, []byte(field)) {
			return true
		}
	}
	return false
}

// spoken is a text from its first byte on that says anything.
func spoken(text []byte) []byte { return blank(mark.Trim(text)) }
