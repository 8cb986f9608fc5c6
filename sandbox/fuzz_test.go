package sandbox

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func FuzzParseFault(f *testing.F) {
	names, _ := FaultNames()
	for _, name := range names {
		f.Add(name)
		f.Add(name + "@all:7")
	}
	f.Add("503:00000000000000000000000001")
	f.Fuzz(func(t *testing.T, text string) {
		fault, err := ParseFault(text)
		if err != nil {
			return
		}
		if got := fault.String(); got != text {
			t.Errorf("%q became %q", text, got)
		}
		if fault.Count < 0 {
			t.Errorf("%q has the count %d", text, fault.Count)
		}
	})
}

// FuzzForm sends any body to both endpoints of a sandbox that has a pending
// code and a grant. Whatever comes, the answer is JSON, nothing fails, and
// nobody gets tokens who has no valid credential.
func FuzzForm(f *testing.F) {
	files, err := filepath.Glob("testdata/wire/*.wire")
	if err != nil || len(files) == 0 {
		f.Fatal(files, err)
	}
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		for part := range strings.SplitSeq(string(raw), "-- request --\n") {
			request, _, _ := strings.Cut(part, "\n-- answer --")
			if _, body, ok := strings.Cut(request, "\n\n"); ok {
				f.Add("/oauth2/token", body)
				f.Add("/oauth2/device/code", body)
			}
		}
	}
	f.Add("/oauth2/token", "grant_type=refresh_token&client_id="+openClaw+"&refresh_token=%00%ff")
	f.Add("/oauth2/token", ";;;&&&=&=a&%")
	f.Fuzz(func(t *testing.T, path, body string) {
		if path != "/oauth2/token" {
			path = "/oauth2/device/code"
		}
		s := New(Options{Now: func() time.Time { return start }})
		c, _ := clientByID(openClaw)
		s.portal.codes["ABCD-1234"] = &code{
			Code:   Code{UserCode: "ABCD-1234", State: CodeApproved, CreatedAt: start, ExpiresAt: start.Add(time.Minute)},
			client: c, challenge: s256("a verifier that is not in any seed, with blanks"),
		}
		r := httptest.NewRequestWithContext(t.Context(), "POST", path, strings.NewReader(body))
		r.Host = "localhost"
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		w := httptest.NewRecorder()
		s.Handler().ServeHTTP(w, r)
		var answer map[string]any
		if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil {
			t.Fatalf("%v: %q", err, w.Body)
		}
		if _, ok := answer["access_token"]; ok {
			t.Errorf("tokens for %q", body)
		}
		if w.Code != http.StatusOK && answer["error"] == "" || w.Code >= 500 {
			t.Errorf("%d %s", w.Code, w.Body)
		}
		if w.Code == http.StatusOK && path == "/oauth2/token" {
			t.Errorf("a poll without the verifier got %s", w.Body)
		}
	})
}
