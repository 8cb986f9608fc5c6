package proxy

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/zstd"
)

// packer is a compressor that can be told to let go of what it has.
type packer interface {
	io.WriteCloser
	Flush() error
}

// codings are those that are read.
func codings() map[string]func(io.Writer) packer {
	return map[string]func(io.Writer) packer{
		"gzip":    func(w io.Writer) packer { return gzip.NewWriter(w) },
		"x-gzip":  func(w io.Writer) packer { return gzip.NewWriter(w) },
		"deflate": func(w io.Writer) packer { return zlib.NewWriter(w) },
		"DEFLATE": func(w io.Writer) packer { raw, _ := flate.NewWriter(w, 6); return raw },
		"br":      func(w io.Writer) packer { return brotli.NewWriter(w) },
		"zstd":    func(w io.Writer) packer { e, _ := zstd.NewWriter(w, zstd.WithEncoderConcurrency(1)); return e },
	}
}

// compressed is a text in the codings that are read, also in two of them.
func compressed(text string) map[string][]byte {
	all := map[string][]byte{}
	for name, open := range codings() {
		all[name] = packed(open, []byte(text))
	}
	all["identity, gzip"] = all["gzip"]
	all["br, gzip"] = packed(codings()["gzip"], all["br"])
	return all
}

func packed(open func(io.Writer) packer, text []byte) []byte {
	var b bytes.Buffer
	w := open(&b)
	_, _ = w.Write(text)
	_ = w.Close()
	return b.Bytes()
}

// A compressed refusal is read, and a compressed answer is cleaned: nobody asked
// for the compression.
func TestProxy_CompressedAnswers(t *testing.T) {
	token := tokenOf(alpha, 1).Reveal()
	refusal := `{"error":{"code":"insufficient_quota","message":"` + token + `"}}`
	for coding, body := range compressed(refusal) {
		for status, want := range map[int]int{200: 0, 429: 2} {
			r := newRig(t, func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Encoding", coding)
				w.Header().Set("Content-Type", "text/csv")
				w.WriteHeader(status)
				_, _ = w.Write(body)
			})
			got := r.message()
			if got.status != status || got.body != strings.ReplaceAll(refusal, token, "[secret]") || got.header.Get("Content-Encoding") != "" {
				t.Errorf("%s, %d: %+v", coding, status, got)
			}
			if noted := r.book.refusals[alpha]; len(noted)+len(r.book.refusals[beta]) != want || want > 0 && noted[0].Code != "insufficient_quota" {
				t.Errorf("%s: %+v", coding, r.book.refusals)
			}
		}
	}
	r := newRig(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Encoding", "gzip, snappy")
		_, _ = io.WriteString(w, token)
	})
	if got := r.message(); got.status != 502 || strings.Contains(got.body, token) {
		t.Errorf("what cannot be read is passed on: %+v", got)
	}
	r = newRig(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Encoding", "gzip")
		w.WriteHeader(429)
	})
	if got := r.message(); got.status != 429 || got.body != "" {
		t.Errorf("without a body: %+v", got)
	}
}

// Whatever a program would take, the provider is asked for plain bytes, and the
// program gets them.
func TestProxy_AsksForPlainAnswers(t *testing.T) {
	r := newRig(t, func(w http.ResponseWriter, q *http.Request) {
		if got := strings.Join(q.Header["Accept-Encoding"], "|"); got != "identity" {
			t.Errorf("the provider is asked for %q", got)
		}
		fine(w, q)
	})
	for _, wanted := range [][]string{nil, {"br, zstd"}, {"gzip, deflate, br, zstd"}, {"br;q=1, *;q=0"}, {"zstd", "identity;q=0"}, {""}} {
		q := r.request(http.MethodPost, "/anthropic/v1/messages", `{}`)
		q.Header["Accept-Encoding"] = wanted
		if got := r.do(q); got.status != 200 || got.body != `{"type":"message"}` || got.header.Get("Content-Encoding") != "" {
			t.Errorf("%q: %+v", wanted, got)
		}
	}
}

// An event that a provider has sent is passed on, in whatever coding.
func TestDecode_NothingWaits(t *testing.T) {
	for coding, open := range codings() {
		in, out := io.Pipe()
		res := &http.Response{Header: http.Header{"Content-Encoding": {coding}}, Body: in}
		if err := decode(res); err != nil {
			t.Fatal(err)
		}
		read := make(chan bool)
		go func() {
			w := open(out)
			for range 3 {
				_, _ = io.WriteString(w, "data: 1\n\n")
				_ = w.Flush()
				<-read
			}
			_ = w.Close()
			_ = out.Close()
		}()
		for range 3 {
			p := make([]byte, 9)
			if _, err := io.ReadFull(res.Body, p); err != nil || string(p) != "data: 1\n\n" {
				t.Fatalf("%s: %q, %v", coding, p, err)
			}
			read <- true
		}
		if rest, err := io.ReadAll(res.Body); err != nil || len(rest) != 0 {
			t.Errorf("%s: %q, %v", coding, rest, err)
		}
	}
}

// What is cut, broken or reaches too far is an error, and no part of an answer.
func TestDecode_Broken(t *testing.T) {
	text := strings.Repeat("what a model says ", 99)
	for coding, body := range compressed(text) {
		for name, broken := range map[string][]byte{"cut": body[:len(body)/2], "noise": []byte("\xff\xff\xff\xff\xff\xff\xff\xff")} {
			res := &http.Response{Header: http.Header{"Content-Encoding": {coding}}, Body: io.NopCloser(iotest.OneByteReader(bytes.NewReader(broken)))}
			if err := decode(res); err != nil {
				t.Fatal(err)
			}
			if got, err := io.ReadAll(res.Body); err == nil || !strings.HasPrefix(text, string(got)) {
				t.Errorf("%s, %s: %q, %v", coding, name, got, err)
			}
		}
	}
	var far bytes.Buffer
	w, err := zstd.NewWriter(&far, zstd.WithWindowSize(2*maxWindow))
	if err != nil {
		t.Fatal(err)
	}
	_, _ = w.Write(make([]byte, 1<<20))
	_ = w.Flush()
	_ = w.Close()
	res := &http.Response{Header: http.Header{"Content-Encoding": {"zstd"}}, Body: io.NopCloser(&far)}
	if err := decode(res); err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadAll(res.Body); err == nil {
		t.Error("a window larger than any client's is read")
	}
}

// Whatever comes in whatever coding, reading it ends, and in no panic.
func FuzzDecode(f *testing.F) {
	for coding, body := range compressed("data: 1\n\n") {
		f.Add(coding, body)
	}
	f.Fuzz(func(t *testing.T, coding string, body []byte) {
		res := &http.Response{Header: http.Header{"Content-Encoding": {coding}}, Body: io.NopCloser(bytes.NewReader(body))}
		if decode(res) == nil {
			_, _ = io.Copy(io.Discard, io.LimitReader(res.Body, 1<<20))
		}
	})
}
