package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/hermes-tui/hermes-tui/core/record"
	"github.com/hermes-tui/hermes-tui/keystore"
)

// keystores wires the keystores of this machine to the state folder.
func (a *app) keystores(c config) (*keystore.Manager, error) {
	for _, kind := range []string{a.flags.keystore, a.env("HERMES_TUI_KEYSTORE"), c.Keystore} {
		switch keystore.Kind(kind) {
		case "", "auto", keystore.KindFile, keystore.KindKeyring:
		case keystore.KindMemory:
			return nil, usage("the memory keystore would lose the sign-in when this command ends", "use auto, keyring or file")
		default:
			return nil, usage(fmt.Sprintf("there is no keystore %q", kind), "use auto, keyring or file")
		}
	}
	folder := record.Open(record.Options{Dir: a.dirs.state})
	return &keystore.Manager{
		Flag: keystore.Kind(a.flags.keystore), Env: keystore.Kind(a.env("HERMES_TUI_KEYSTORE")), Config: keystore.Kind(c.Keystore),
		BlobDir: folder.BlobDir(), LockPath: folder.KeyringLockPath(), Key: a.key(c),
		Getenv: a.env, Backend: keystore.System{},
	}, nil
}

// agree refuses a keystore that was named for accounts which are in another.
func (a *app) agree() error {
	var e *keystore.Error
	kind := keystore.Kind(a.opened.Snapshot().Store.Kind)
	if err := a.stores.Agrees(kind); errors.As(err, &e) {
		return usage(e.Error(), e.Hint)
	}
	return nil
}

// key finds the key of the file keystore: a file that somebody named, a systemd
// credential, or one that is made on first use.
func (a *app) key(c config) *keystore.Key {
	key := &keystore.Key{Passphrase: a.passphrase(), Identity: a.handedIdentity}
	switch credentials := a.env("CREDENTIALS_DIRECTORY"); {
	case a.env("HERMES_TUI_KEY_FILE") != "":
		key.Path = a.env("HERMES_TUI_KEY_FILE")
	case c.KeyFile != "":
		key.Path = c.KeyFile
	case credentials != "" && exists(filepath.Join(credentials, "hermes-tui-key")):
		key.Path = filepath.Join(credentials, "hermes-tui-key")
	default:
		key.Path, key.Create = filepath.Join(a.dirs.data, "key"), true
	}
	return key
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// passphrase asks for the passphrase of a sealed key file, without echo; nil
// without a terminal.
func (a *app) passphrase() func(context.Context) (string, error) {
	in := a.keyboard()
	if in == nil {
		return nil
	}
	return func(context.Context) (string, error) {
		text, err := a.secretLine(in, "Passphrase of the key file: ")
		if err == nil && text == "" {
			err = errors.New("it was empty")
		}
		return text, err
	}
}
