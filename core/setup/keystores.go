package setup

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/hermes-tui/hermes-tui/core/record"
	"github.com/hermes-tui/hermes-tui/keystore"
	"github.com/hermes-tui/hermes-tui/keystore/lock"
)

// Keystores wires the keystores of this machine to the state folder.
func (s *Setup) Keystores() (*keystore.Manager, error) {
	for _, kind := range []string{s.Keystore, s.Env("HERMES_TUI_KEYSTORE"), s.Config.Keystore} {
		switch keystore.Kind(kind) {
		case "", "auto", keystore.KindFile, keystore.KindKeyring:
		case keystore.KindMemory:
			return nil, usage("the memory keystore would lose the sign-in when this command ends", "use auto, keyring or file")
		default:
			return nil, usage(fmt.Sprintf("there is no keystore %q", kind), "use auto, keyring or file")
		}
	}
	folder := record.Open(record.Options{Dir: s.Dirs.State})
	m := &keystore.Manager{
		Flag: keystore.Kind(s.Keystore), Env: keystore.Kind(s.Env("HERMES_TUI_KEYSTORE")), Config: keystore.Kind(s.Config.Keystore),
		BlobDir: folder.BlobDir(), LockPath: folder.KeyringLockPath(), Key: s.Key(),
		Getenv: s.Env, Backend: keystore.System{},
	}
	m.Key.Latch, m.Key.Holders, m.Key.Now = &lock.Latch{Path: filepath.Join(s.Dirs.State, "lock.json")}, m.Holders(), s.Now
	return m, nil
}

// Key finds the key of the file keystore: a file that somebody named, a systemd
// credential, or one that is made on first use.
func (s *Setup) Key() *keystore.Key {
	key := &keystore.Key{Passphrase: s.Passphrase, Identity: s.Identity}
	switch credentials := s.Env("CREDENTIALS_DIRECTORY"); {
	case s.Env("HERMES_TUI_KEY_FILE") != "":
		key.Path = s.Env("HERMES_TUI_KEY_FILE")
	case s.Config.KeyFile != "":
		key.Path = s.Config.KeyFile
	case credentials != "" && exists(filepath.Join(credentials, "hermes-tui-key")):
		key.Path = filepath.Join(credentials, "hermes-tui-key")
	default:
		key.Path, key.Create = filepath.Join(s.Dirs.Data, "key"), true
	}
	return key
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
