// Package oldstore holds folders that earlier builds of this program wrote, with
// accounts in every state, so that tests can prove that today's build still
// opens them. A folder below testdata is laid out as HERMES_TUI_HOME is: config,
// data, state. Beside them lies want.json, which says what that build itself
// printed of the accounts, and for a store in the OS keyring keyring.json, its
// items. All tokens are of the sandbox.
//
// A folder is never changed; each release adds those that it writes
// (CONTRIBUTING.md).
package oldstore

import (
	"embed"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"testing"
	"time"

	"github.com/zalando/go-keyring"
)

// Portal is the address that the sandbox had when the stores were made.
const Portal = "http://127.0.0.1:28765"

// Passphrase opens data/key.passphrase, which is data/key sealed with it.
const Passphrase = "correct horse"

//go:embed all:testdata
var folders embed.FS

// Store is a copy of a folder that an earlier build wrote.
type Store struct {
	Dir  string // as HERMES_TUI_HOME
	Want Want
	// Items are those of the OS keyring, by user name; nil for a file store.
	Items map[string]string
}

// Want is what the build that wrote a store printed of it.
type Want struct {
	At       time.Time         `json:"at"`
	List     json.RawMessage   `json:"list"`   // list --json
	Tokens   map[string]string `json:"tokens"` // token ID, for those that could serve
	ProxyKey string            `json:"proxy_key"`
	Log      json.RawMessage   `json:"log"` // log --json
}

// Machine is the id of the machine that a store was made on.
func (s *Store) Machine() (string, error) {
	var id struct{ Machine string }
	data, err := os.ReadFile(filepath.Join(s.Dir, "state", "store.json"))
	if err == nil {
		err = json.Unmarshal(data, &id)
	}
	return id.Machine, err
}

// Each runs a test for every folder, on a copy of its own.
func Each(t *testing.T, test func(t *testing.T, s *Store)) {
	t.Helper()
	found, err := fs.Glob(folders, "testdata/*")
	if err != nil || len(found) == 0 {
		t.Fatalf("there are no old stores: %v", err)
	}
	for _, folder := range found {
		t.Run(path.Base(folder), func(t *testing.T) {
			s := &Store{Dir: t.TempDir()}
			if err := private(s.Dir, folder); err != nil {
				t.Fatal(err)
			}
			read(t, path.Join(folder, "want.json"), &s.Want)
			if _, err := fs.Stat(folders, path.Join(folder, "keyring.json")); !errors.Is(err, fs.ErrNotExist) {
				read(t, path.Join(folder, "keyring.json"), &s.Items)
			}
			test(t, s)
		})
	}
}

func read(t *testing.T, name string, into any) {
	t.Helper()
	data, err := folders.ReadFile(name)
	if err == nil {
		err = json.Unmarshal(data, into)
	}
	if err != nil {
		t.Fatal(name, err)
	}
}

// private copies a folder with the modes that the program gives: git keeps none.
func private(to, from string) error {
	return fs.WalkDir(folders, from, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(from, filepath.FromSlash(name))
		if err != nil {
			return err
		}
		target := filepath.Join(to, rel)
		if d.IsDir() {
			return os.MkdirAll(target, 0o700)
		}
		data, err := folders.ReadFile(name)
		if err != nil {
			return err
		}
		return os.WriteFile(target, data, 0o600)
	})
}

// Ring is an OS keyring that holds the items of a store.
type Ring map[string]string

// Set implements keystore.Backend.
func (r Ring) Set(_, user, text string) error { r[user] = text; return nil }

// Get implements keystore.Backend.
func (r Ring) Get(_, user string) (string, error) {
	if text, ok := r[user]; ok {
		return text, nil
	}
	return "", keyring.ErrNotFound
}

// Delete implements keystore.Backend.
func (r Ring) Delete(_, user string) error { delete(r, user); return nil }
