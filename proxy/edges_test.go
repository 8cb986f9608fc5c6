package proxy

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"strings"
	"testing"
)

// The model that a request names is the same, however the request is spelled,
// and whether it is read the quick way or the long one.
func TestModelOf_HoweverItIsSpelled(t *testing.T) {
	long := strings.Repeat("m", maxModel)
	for body, want := range map[string]string{
		`{"model":"MiniMax-M3"}`:                        "MiniMax-M3",
		" {\r\n\t\"model\" : \"MiniMax-M3\", \"a\": 1}": "MiniMax-M3",
		`{"messages":[{"model":"x"}],"model":"M"}`:      "M",
		`{"model":"a b"}`:                               "a b",
		`{"model":"a\"b"}`:                              `a"b`,
		`{"model":"a\\b"}`:                              `a\b`,
		`{"model":"\u004d3"}`:                           "M3",
		"{\"model\":\"a\u202eb\"}":                      "ab",
		"{\"model\":\"a\x01b\"}":                        "", // no JSON
		"{\"model\":\"\x7fM\"}":                         "M",
		`{"model":"` + long + `"}`:                      long,
		`{"model":""}`:                                  "",
		`{"model":3}`:                                   "",
		`["model","M"]`:                                 "",
		`"model"`:                                       "",
		``:                                              "",
		`{"model":"M`:                                   "",
	} {
		if got := modelOf([]byte(body)); strings.Trim(got, "·. ") != want && (want != "ab" || strings.Contains(got, "\u202e")) {
			t.Errorf("%q: %q, want %q", body, got, want)
		}
	}
	if got := modelOf([]byte(`{"model":"` + long + long + `"}`)); len(got) > maxModel+len("…") {
		t.Errorf("a name of %d bytes", len(got))
	}
}

// The last byte of the allowance can be used, and what is refused costs nothing.
func TestBudget_ToTheLastByte(t *testing.T) {
	b := allowance{most: 10}
	if !b.take(4) || !b.take(6) || b.take(1) || b.used.Load() != 10 {
		t.Errorf("used %d", b.used.Load())
	}
	b.giveBack(6)
	if b.take(7) || !b.take(6) {
		t.Errorf("used %d", b.used.Load())
	}
}

// An answer that is decoded no longer has the length that it came with.
func TestDecode_TheLengthIsNoLongerKnown(t *testing.T) {
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	_, _ = z.Write(bytes.Repeat([]byte("a"), 1000))
	_ = z.Close()
	res := &http.Response{
		ContentLength: int64(packed.Len()), Body: io.NopCloser(&packed),
		Header: http.Header{"Content-Encoding": {"gzip"}, "Content-Length": {"33"}},
	}
	if err := decode(res); err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(res.Body)
	if err != nil || len(body) != 1000 || res.ContentLength != -1 || len(res.Header) != 0 {
		t.Errorf("%d bytes, %v; length %d, fields %v", len(body), err, res.ContentLength, res.Header)
	}
}

// An event is what its field calls it, else what its data do.
func TestEvent_Kind(t *testing.T) {
	for want, e := range map[string]event{
		"":              {},
		"ping":          {name: "ping", data: []byte(`{"type":"other"}`)},
		"message_start": {data: []byte(`{"type":"message_start"}`)},
		"data":          {data: []byte(`{"id":1}`)},
	} {
		if got := e.kind(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	for _, data := range []string{`[DONE]`, `{"type":7}`, `{"type":""}`} {
		if got := (event{data: []byte(data)}).kind(); got != "data" {
			t.Errorf("%s: %q", data, got)
		}
	}
}

// Lines of a stream end in LF, CR or both, and one that has not ended is waited
// for.
func TestNextLine(t *testing.T) {
	for text, want := range map[string]struct {
		line  string
		size  int
		ended bool
	}{
		"a\nb": {"a", 2, true}, "a\r\nb": {"a", 3, true}, "a\rb": {"a", 2, true}, "a\rb\n": {"a", 2, true},
		"a": {"a", 1, false}, "\n": {"", 1, true}, "\r\n": {"", 2, true}, "a\r": {"a", 2, true}, "": {"", 0, false},
	} {
		line, size, ended := nextLine([]byte(text))
		if string(line) != want.line || size != want.size || ended != want.ended {
			t.Errorf("%q: %q, %d, %t", text, line, size, ended)
		}
	}
}
