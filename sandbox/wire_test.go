package sandbox

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// exchangeFile is a file of testdata/wire; its format is described there.
type exchangeFile struct {
	meta  map[string]string
	pairs [][2]string // request, answer
}

func readExchange(t *testing.T, name string) exchangeFile {
	t.Helper()
	raw, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	f := exchangeFile{meta: map[string]string{}}
	text := strings.TrimSuffix(string(raw), "\n")
	head, rest, ok := strings.Cut(text, "-- request --\n")
	if !ok {
		t.Fatal("no request")
	}
	for line := range strings.Lines(head) {
		line = strings.TrimSuffix(strings.TrimPrefix(line, "# "), "\n")
		if key, value, ok := strings.Cut(line, ": "); ok {
			f.meta[key] = value
		}
	}
	for _, key := range []string{"source", "kind", "now", "outcome", "sandbox"} {
		if f.meta[key] == "" {
			t.Fatalf("no %q", key)
		}
	}
	for pair := range strings.SplitSeq(rest, "\n-- request --\n") {
		request, answer, ok := strings.Cut(pair, "\n-- answer --\n")
		if !ok {
			t.Fatal("no answer")
		}
		f.pairs = append(f.pairs, [2]string{request, answer})
	}
	return f
}

func TestWire(t *testing.T) {
	files, err := filepath.Glob("testdata/wire/*.wire")
	if err != nil || len(files) < 60 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	played := 0
	for _, file := range files {
		f := readExchange(t, file)
		if f.meta["sandbox"] == "none" {
			continue
		}
		played++
		t.Run(strings.TrimSuffix(filepath.Base(file), ".wire"), func(t *testing.T) {
			l := labFor(t, f.meta["sandbox"])
			for _, pair := range f.pairs {
				compareAnswers(t, exchangeRaw(t, l, pair[0]), parseAnswer(t, pair[1]))
			}
		})
	}
	if played < 40 {
		t.Errorf("only %d exchanges were played", played)
	}
}

// labFor brings a sandbox to the state that a file asks for.
func labFor(t *testing.T, setup string) *lab {
	t.Helper()
	words := strings.Fields(setup)
	opts := Options{AccessTTL: 900 * time.Second}
	id, fixtureVerifier := openClaw, "fixture-verifier-0123456789-abcdefghijklmnopqrstuvwxyz-0123456789-ABCDEFGHIJKLMNOPQRST"
	for _, word := range words[1:] {
		key, value, _ := strings.Cut(word, "=")
		var err error
		switch key {
		case "client":
			id, fixtureVerifier = mmx, "fixture-mmx-verifier-0123456789-abcdefghijk"
		case "expired_in":
			opts.ExpiredIn, err = ParseExpiredIn(value)
		case "fault":
			var f Fault
			f, err = ParseFault(value)
			opts.Faults = append(opts.Faults, f)
		default:
			err = fmt.Errorf("unknown word %q", word)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	l := newLab(t, opts)
	c, _ := clientByID(id)
	switch state := words[0]; state {
	case "fresh":
	case "grant", "spent", "revoked":
		g := &grant{Grant: Grant{ID: "0"}, client: c, current: "fixture-refresh-token-1"}
		l.portal.grants = append(l.portal.grants, g)
		l.portal.refresh[g.current] = g
		if state == "spent" {
			l.portal.spend(g)
		}
		if state == "revoked" {
			l.RevokeAll()
		}
	default:
		l.portal.codes["ABCD-1234"] = &code{
			Code: Code{
				UserCode: "ABCD-1234", Client: c.name, State: CodeState(state),
				CreatedAt: start, ExpiresAt: start.Add(5 * time.Minute),
			},
			client: c, challenge: s256(fixtureVerifier),
		}
	}
	return l
}

type rawAnswer struct {
	status int
	header http.Header
	body   []byte
	cut    bool
}

// exchangeRaw sends a recorded request byte by byte, but for the name of the
// host, which must be the sandbox's own.
func exchangeRaw(t *testing.T, l *lab, request string) rawAnswer {
	t.Helper()
	head, body, ok := strings.Cut(request, "\n\n")
	if !ok {
		head = request
	}
	address := strings.TrimPrefix(l.URL(), "http://")
	var lines []string
	for line := range strings.SplitSeq(head, "\n") {
		if strings.HasPrefix(line, "Host: ") {
			line = "Host: " + address
		}
		lines = append(lines, line)
	}
	conn, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	fmt.Fprintf(conn, "%s\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s", strings.Join(lines, "\r\n"), len(body), body)
	return readAnswer(t, conn)
}

func parseAnswer(t *testing.T, answer string) rawAnswer {
	t.Helper()
	head, body, _ := strings.Cut(answer, "\n\n")
	if !strings.Contains(head, "Content-Length") {
		head += fmt.Sprintf("\nContent-Length: %d", len(body))
	}
	return readAnswer(t, strings.NewReader(strings.ReplaceAll(head, "\n", "\r\n")+"\r\n\r\n"+body))
}

func readAnswer(t *testing.T, from io.Reader) rawAnswer {
	t.Helper()
	res, err := http.ReadResponse(bufio.NewReader(from), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Fatal(err)
	}
	return rawAnswer{res.StatusCode, res.Header, body, err != nil}
}

// compareAnswers wants the same answer, but for what is random, for where the
// sandbox is, and for two fields that the server may leave out.
func compareAnswers(t *testing.T, got, want rawAnswer) {
	t.Helper()
	media := func(a rawAnswer) string { m, _, _ := strings.Cut(a.header.Get("Content-Type"), ";"); return m }
	if got.status != want.status || media(got) != media(want) || got.cut != want.cut {
		t.Errorf("got %d %q cut=%v, want %d %q cut=%v", got.status, media(got), got.cut, want.status, media(want), want.cut)
	}
	if a, b := got.header.Get("Retry-After"), want.header.Get("Retry-After"); a != b {
		t.Errorf("Retry-After is %q, want %q", a, b)
	}
	compareLocations(t, got.header.Get("Location"), want.header.Get("Location"))
	var a, b map[string]any
	if json.Unmarshal(want.body, &b) != nil {
		squeeze := func(s []byte) string { return strings.Join(strings.Fields(string(s)), "") }
		if squeeze(got.body) != squeeze(want.body) {
			t.Errorf("body is %q, want %q", got.body, want.body)
		}
		return
	}
	if err := json.NewDecoder(bytes.NewReader(got.body)).Decode(&a); err != nil {
		t.Fatalf("%v: %q", err, got.body)
	}
	for key, value := range b {
		have, ok := a[key]
		switch {
		case !ok && (key == "resource_url" || key == "notification_message"):
		case !ok:
			t.Errorf("%s is missing in %s", key, got.body)
		case slices.Contains([]string{"user_code", "access_token", "refresh_token", "verification_uri", "interval", "notification_message"}, key):
			if fmt.Sprintf("%T", have) != fmt.Sprintf("%T", value) {
				t.Errorf("%s is a %T, want a %T", key, have, value)
			}
		case fmt.Sprint(have) != fmt.Sprint(value):
			t.Errorf("%s is %v, want %v", key, have, value)
		}
	}
	for key := range a {
		if _, ok := b[key]; !ok && key != "notification_message" {
			t.Errorf("%s is not in the recorded answer", key)
		}
	}
}

// compareLocations wants the same path, and the same host unless it is the
// server's own.
func compareLocations(t *testing.T, got, want string) {
	t.Helper()
	if path, own := strings.CutPrefix(want, "https://account.minimax.io"); own {
		if !strings.HasPrefix(got, "http://127.0.0.1:") || !strings.HasSuffix(got, path) {
			t.Errorf("Location is %q, want our own %q", got, path)
		}
		return
	}
	if got != want {
		t.Errorf("Location is %q, want %q", got, want)
	}
}
