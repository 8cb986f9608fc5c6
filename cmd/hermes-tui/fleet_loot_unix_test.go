//go:build unix

package main_test

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"filippo.io/age"

	"github.com/hermes-tui/hermes-tui/sandbox"
)

// loot is everything that somebody gets out of what they have: what is sealed is opened
// with each key that turns up anywhere in it, whatever it is there for.
type loot struct {
	seen  map[[32]byte]bool
	texts [][]byte
	keys  map[string]*age.X25519Identity
	tried map[string]bool
}

func newLoot() *loot {
	return &loot{seen: map[[32]byte]bool{}, keys: map[string]*age.X25519Identity{}, tried: map[string]bool{}}
}

var (
	ageKey    = regexp.MustCompile(`AGE-SECRET-KEY-1[A-Z0-9]+`)
	inBase64  = regexp.MustCompile(`[A-Za-z0-9+/_-]{40,}={0,2}`)
	ageHeader = []byte("age-encryption.org/v1\n")
)

// take looks through some bytes, and what is packed in them.
func (l *loot) take(data []byte) {
	sum := sha256.Sum256(data)
	if l.seen[sum] || len(data) == 0 {
		return
	}
	l.seen[sum] = true
	l.texts = append(l.texts, bytes.Clone(data))
	for _, text := range ageKey.FindAllString(string(data), -1) {
		if id, err := age.ParseX25519Identity(text); err == nil {
			l.keys[text] = id
		}
	}
	if bytes.HasPrefix(data, []byte{0x1f, 0x8b}) {
		if z, err := gzip.NewReader(bytes.NewReader(data)); err == nil {
			plain, _ := io.ReadAll(io.LimitReader(z, 32<<20))
			l.take(plain)
		}
	}
	if bytes.HasPrefix(data, ageHeader) {
		return // what is in it is sealed
	}
	for _, text := range inBase64.FindAll(data, -1) {
		bare := bytes.TrimRight(text, "=")
		for _, encoding := range []*base64.Encoding{base64.RawStdEncoding, base64.RawURLEncoding} {
			if plain, err := encoding.DecodeString(string(bare)); err == nil {
				l.take(plain)
			}
		}
	}
}

// files takes every file below a folder.
func (l *loot) files(t testing.TB, dir string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() {
			return err
		}
		data, err := os.ReadFile(path)
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		l.take(data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// open opens what is sealed, until nothing more is found.
func (l *loot) open() {
	for before := -1; before != len(l.texts)+len(l.keys); {
		before = len(l.texts) + len(l.keys)
		for i := 0; i < len(l.texts); i++ {
			at := bytes.Index(l.texts[i], ageHeader)
			if at < 0 {
				continue
			}
			sealed := l.texts[i][at:]
			for name, key := range l.keys {
				sum := sha256.Sum256(sealed)
				mark := name + string(sum[:])
				if l.tried[mark] {
					continue
				}
				l.tried[mark] = true
				if r, err := age.Decrypt(bytes.NewReader(sealed), key); err == nil {
					plain, _ := io.ReadAll(r)
					l.take(plain)
				}
			}
		}
	}
}

// secrets are those of some that are in it.
func (l *loot) secrets(of []string) (found []string) {
	for _, secret := range of {
		for _, text := range l.texts {
			if bytes.Contains(text, []byte(secret)) {
				found = append(found, secret)
				break
			}
		}
	}
	return found
}

// works tries a secret where tokens are good for something: as an access token at the
// model API, and as a refresh token of each client at the token endpoint.
func works(t testing.TB, portal *sandbox.Server, secret string) (access, refresh bool) {
	t.Helper()
	body := `{"model":"MiniMax-M2","max_tokens":8,"messages":[{"role":"user","content":"hello"}]}`
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, portal.URL()+"/anthropic/v1/messages", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+secret)
	req.Header.Set("Content-Type", "application/json")
	access = succeeds(t, req)
	form := url.Values{"grant_type": {"refresh_token"}, "refresh_token": {secret}, "client_id": {"78257093-7e40-4613-99e0-527b14b39113"}}
	if req, err = http.NewRequestWithContext(t.Context(), http.MethodPost, portal.URL()+"/oauth2/token", strings.NewReader(form.Encode())); err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return access, succeeds(t, req)
}

func succeeds(t testing.TB, req *http.Request) bool {
	t.Helper()
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	_, _ = io.Copy(io.Discard, resp.Body)
	return resp.StatusCode == http.StatusOK
}
