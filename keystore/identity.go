package keystore

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"filippo.io/age"

	"github.com/hermes-tui/hermes-tui/internal/atomicfile"
)

// maxKeyFile bounds what is read of a key file.
const maxKeyFile = 64 << 10

// Key opens and seals the blobs of a file keystore. It is loaded when it is
// first needed: listing accounts needs none.
type Key struct {
	// Path is the key file: an age identity, or one sealed with a passphrase.
	Path string
	// Create makes the key file when it is missing.
	Create bool
	// Passphrase is asked for, once, when the key file is sealed with one; nil
	// where nobody can be asked.
	Passphrase func(ctx context.Context) (string, error)
	// Identity is the identity itself, handed over by a parent process. It is
	// secret. When it is set nothing else is used.
	Identity string

	mu       sync.Mutex
	identity *age.X25519Identity
}

// Load returns the identity, making or unlocking it if need be.
func (k *Key) Load(ctx context.Context) (*age.X25519Identity, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.identity != nil {
		return k.identity, nil
	}
	id, err := k.read(ctx)
	if errors.Is(err, fs.ErrNotExist) && k.Create {
		id, err = k.make()
	}
	if errors.Is(err, fs.ErrNotExist) {
		return nil, &Error{
			Condition: Unavailable, Op: "open", Message: "the key of the encrypted file keystore is missing: " + k.Path,
			Hint: "put the key file back; without it the tokens cannot be read, and you have to sign in again (`hermes-tui purge`)",
		}
	}
	if err != nil {
		return nil, err
	}
	k.identity = id
	return id, nil
}

// Unlocked returns the loaded identity as text, for handing it to a child
// process through a pipe, and false when it is not loaded. It is secret.
func (k *Key) Unlocked() (string, bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.identity == nil {
		return "", false
	}
	return k.identity.String(), true
}

func (k *Key) read(ctx context.Context) (*age.X25519Identity, error) {
	if k.Identity != "" {
		return parseIdentity([]byte(k.Identity))
	}
	if err := checkKeyFile(k.Path); err != nil {
		return nil, err
	}
	file, err := os.Open(k.Path)
	if err != nil {
		return nil, unreadableKey(k.Path, err)
	}
	defer func() { _ = file.Close() }()
	data, err := io.ReadAll(io.LimitReader(file, maxKeyFile))
	if err != nil {
		return nil, unreadableKey(k.Path, err)
	}
	if bytes.HasPrefix(data, []byte("age-encryption.org/")) {
		if data, err = k.unlock(ctx, data); err != nil {
			return nil, err
		}
	}
	return parseIdentity(data)
}

// unlock opens a key file that is sealed with a passphrase. The scrypt work it
// takes is the reason why it is done once.
func (k *Key) unlock(ctx context.Context, data []byte) ([]byte, error) {
	if k.Passphrase == nil {
		return nil, &Error{
			Condition: Locked, Op: "open", Message: "the key file is sealed with a passphrase, and nobody can be asked here",
			Hint: "run a command in a terminal, or set HERMES_TUI_KEY_FILE to a key without one",
		}
	}
	passphrase, err := k.Passphrase(ctx)
	if err != nil {
		return nil, &Error{Condition: Locked, Op: "open", Message: "no passphrase was given", Hint: "try again", Err: err}
	}
	identity, err := age.NewScryptIdentity(passphrase)
	if err != nil {
		return nil, &Error{Condition: Locked, Op: "open", Message: "the passphrase cannot be used", Hint: "try again", Err: err}
	}
	reader, err := age.Decrypt(bytes.NewReader(data), identity)
	if err != nil {
		return nil, &Error{Condition: Locked, Op: "open", Message: "the passphrase does not open the key file", Hint: "try again"}
	}
	return io.ReadAll(io.LimitReader(reader, maxKeyFile))
}

// make writes a new key file; of two processes that do so at once one wins.
func (k *Key) make() (*age.X25519Identity, error) {
	if err := os.MkdirAll(filepath.Dir(k.Path), 0o700); err != nil {
		return nil, unreadableKey(k.Path, err)
	}
	id, err := age.GenerateX25519Identity()
	if err != nil {
		return nil, err
	}
	text := "# The key of hermes-tui's encrypted file keystore. Whoever has it can read the tokens.\n" + id.String() + "\n"
	staged, err := os.CreateTemp(filepath.Dir(k.Path), ".key.*.tmp")
	if err != nil {
		return nil, unreadableKey(k.Path, err)
	}
	_ = staged.Close()
	defer func() { _ = os.Remove(staged.Name()) }()
	if err := atomicfile.Write(staged.Name(), []byte(text), 0o600); err != nil {
		return nil, unreadableKey(k.Path, err)
	}
	// A link, unlike a rename, never replaces the key that another process made
	// meanwhile.
	if err := os.Link(staged.Name(), k.Path); err != nil && !errors.Is(err, fs.ErrExist) {
		if err := writeExclusively(k.Path, []byte(text)); err != nil && !errors.Is(err, fs.ErrExist) {
			return nil, unreadableKey(k.Path, err)
		}
	}
	return k.read(context.Background())
}

// writeExclusively is for file systems without hard links.
func writeExclusively(path string, data []byte) error {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = file.Write(data)
	if syncErr := file.Sync(); err == nil {
		err = syncErr
	}
	if closeErr := file.Close(); err == nil {
		err = closeErr
	}
	return err
}

// parseIdentity finds the one identity in a key file. Errors quote nothing of
// it.
func parseIdentity(data []byte) (*age.X25519Identity, error) {
	for line := range strings.Lines(string(data)) {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		id, err := age.ParseX25519Identity(line)
		if err != nil {
			break
		}
		return id, nil
	}
	return nil, &Error{
		Condition: Damaged, Op: "open", Message: "the key file holds no age identity",
		Hint: "put the right key file back; nothing was changed",
	}
}

func unreadableKey(path string, err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return &Error{
		Condition: Unavailable, Op: "open", Message: fmt.Sprintf("the key file %s cannot be used", path),
		Hint: "check its owner and mode (0600)", Err: err,
	}
}
