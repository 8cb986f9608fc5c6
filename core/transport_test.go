package core

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/hermes-tui/hermes-tui/core/autherr"
)

// endless is a body of unknown length that cannot be had again.
func endless(text string) io.Reader { return io.MultiReader(strings.NewReader(text)) }

// answering is an API that answers with these statuses, one after the other, and
// keeps what it was sent.
func answering(bodies *[]string, statuses ...int) roundTripper {
	return func(r *http.Request) (*http.Response, error) {
		data, err := io.ReadAll(r.Body)
		if err != nil {
			return nil, err
		}
		*bodies = append(*bodies, string(data))
		status := statuses[min(len(*bodies), len(statuses))-1]
		return &http.Response{StatusCode: status, Body: io.NopCloser(strings.NewReader("answer")), Header: http.Header{}}, nil
	}
}

// maxReplay is the largest body that is kept for sending it again.
const maxReplay = 4 << 20

// A refused request is sent again with its whole body, where that can be had.
func TestTransport_SendsABodyAgain(t *testing.T) {
	large := strings.Repeat("x", maxReplay+1)
	for name, tc := range map[string]struct {
		body   io.Reader
		length int64 // -2: as http.NewRequest finds out
		sent   []string
		status int
	}{
		"none":                  {nil, -2, []string{"", ""}, 200},
		"with GetBody":          {strings.NewReader("question"), -2, []string{"question", "question"}, 200},
		"large, with GetBody":   {strings.NewReader(large), -2, []string{large, large}, 200},
		"of known length":       {endless("question"), 8, []string{"question", "question"}, 200},
		"of unknown length":     {endless("question"), -1, []string{"question"}, 401},
		"too large to be kept":  {endless(large), maxReplay + 1, []string{large}, 401},
		"as large as is kept":   {endless(large[1:]), maxReplay, []string{large[1:], large[1:]}, 200},
		"http.NoBody, no bytes": {http.NoBody, -2, []string{"", ""}, 200},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			a := r.account("work")
			var sent []string
			req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, r.portal.URL()+"/anthropic/v1/messages", tc.body)
			if err != nil {
				t.Fatal(err)
			}
			if tc.length != -2 {
				req.ContentLength = tc.length
			}
			res, err := r.core.Transport(a.ID, answering(&sent, 401, 200)).RoundTrip(req)
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = res.Body.Close() }()
			if res.StatusCode != tc.status || len(sent) != len(tc.sent) {
				t.Fatalf("%d after %d requests", res.StatusCode, len(sent))
			}
			for i := range sent {
				if sent[i] != tc.sent[i] {
					t.Errorf("request %d had a body of %d bytes, want %d", i, len(sent[i]), len(tc.sent[i]))
				}
			}
		})
	}
}

// closing tells whether a body was closed.
type closing struct {
	io.Reader
	closed bool
}

func (c *closing) Close() error { c.closed = true; return nil }

func TestTransport_WhereThereIsNoToken(t *testing.T) {
	r := newRig(t)
	a := r.account("work")
	var sent []string
	signing := r.core.Transport(a.ID, answering(&sent, 401))
	request := func() (*http.Request, *closing) {
		body := &closing{Reader: bytes.NewReader([]byte("question"))}
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, r.portal.URL()+"/anthropic/v1/messages", body)
		if err != nil {
			t.Fatal(err)
		}
		req.ContentLength = 8
		return req, body
	}

	r.fault("503@refresh") // the token was refused, and cannot be refreshed now
	req, body := request()
	res, err := signing.RoundTrip(req)
	if err != nil || res.StatusCode != 401 || !body.closed || len(sent) != 1 {
		t.Fatalf("the API's own answer is lost: %v, %d requests", err, len(sent))
	}
	if text, _ := io.ReadAll(res.Body); string(text) != "answer" {
		t.Errorf("its body became %q", text)
	}
	_ = res.Body.Close()

	r.portal.SetFaults()
	r.portal.RevokeAll()
	r.clock.Advance(time.Hour) // past its back-off
	if req, body = request(); err != nil {
		t.Fatal(err)
	}
	if res, err := signing.RoundTrip(req); !errors.Is(err, autherr.NeedsSignIn) || !body.closed || len(sent) != 1 {
		if res != nil {
			_ = res.Body.Close()
		}
		t.Errorf("a dead account: %v, %d requests", err, len(sent))
	}

	broken := errors.New("the body broke")
	req, _ = request()
	req.Body = io.NopCloser(io.MultiReader(strings.NewReader("half"), failingReader{broken}))
	if res, err := signing.RoundTrip(req); !errors.Is(err, broken) || len(sent) != 1 {
		if res != nil {
			_ = res.Body.Close()
		}
		t.Errorf("half a body was sent: %v", err)
	}
}

type failingReader struct{ err error }

func (f failingReader) Read([]byte) (int, error) { return 0, f.err }

func TestTransport_DiesBetweenTwoRequests(t *testing.T) {
	r := newRig(t)
	a := r.account("work")
	api := roundTripper(func(*http.Request) (*http.Response, error) {
		r.portal.RevokeAll()
		return &http.Response{StatusCode: 401, Body: io.NopCloser(strings.NewReader("no")), Header: http.Header{}}, nil
	})
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, r.portal.URL()+"/anthropic/v1/models", nil)
	if err != nil {
		t.Fatal(err)
	}
	if res, err := r.core.Transport(a.ID, api).RoundTrip(req); !errors.Is(err, autherr.NeedsSignIn) {
		if res != nil {
			_ = res.Body.Close()
		}
		t.Errorf("%v", err)
	}
	if _, err := r.core.TokenSource(t.Context(), a.ID).Token(); !errors.Is(err, autherr.NeedsSignIn) {
		t.Errorf("token source: %v", err)
	}
}
