package keystore

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"path/filepath"
	"strings"
	"sync"

	"filippo.io/age"
	"filippo.io/age/armor"

	"github.com/hermes-tui/hermes-tui/internal/atomicfile"
	"github.com/hermes-tui/hermes-tui/internal/private"
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
	turn     chan struct{} // held by the one who reads, makes or unlocks
	identity *age.X25519Identity
}

// Load returns the identity, making or unlocking it if need be.
func (k *Key) Load(ctx context.Context) (*age.X25519Identity, error) { return k.load(ctx, k.Create) }

// Existing is [Key.Load] without making a key: one that is missing and could be
// made is NotFound.
func (k *Key) Existing(ctx context.Context) (*age.X25519Identity, error) { return k.load(ctx, false) }

func (k *Key) load(ctx context.Context, create bool) (*age.X25519Identity, error) {
	if id := k.loaded(); id != nil {
		return id, nil
	}
	done, err := k.begin(ctx)
	if err != nil {
		return nil, gaveUp("open", err)
	}
	defer done()
	if id := k.loaded(); id != nil {
		return id, nil
	}
	id, err := k.read(ctx)
	missing := errors.Is(err, fs.ErrNotExist) && ConditionOf(err) == 0
	switch {
	case missing && create:
		id, err = k.make(ctx)
	case missing && k.Create:
		return nil, &Error{Condition: NotFound, Op: "open", Message: "there is no key yet"}
	case missing:
		return nil, noSuchKey(k.Path)
	}
	if err != nil {
		return nil, err
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.identity = id
	return id, nil
}

func (k *Key) loaded() *age.X25519Identity {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.identity
}

// begin waits for the turn: a passphrase is asked for once, however many ask
// for the key, and whoever gives up does not wait for the one who types.
func (k *Key) begin(ctx context.Context) (done func(), err error) {
	k.mu.Lock()
	if k.turn == nil {
		k.turn = make(chan struct{}, 1)
	}
	turn := k.turn
	k.mu.Unlock()
	select {
	case turn <- struct{}{}:
		return func() { <-turn }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// Unlocked returns the loaded identity as text, for handing it to a child
// process through a pipe, and false when it is not loaded. It is secret: it
// must not be put into an argument, the environment or a log.
func (k *Key) Unlocked() (string, bool) {
	id := k.loaded()
	if id == nil {
		return "", false
	}
	return id.String(), true
}

// read reads the key file; its error is [fs.ErrNotExist] itself when there is
// none.
func (k *Key) read(ctx context.Context) (*age.X25519Identity, error) {
	if k.Identity != "" {
		return parseIdentity([]byte(k.Identity))
	}
	open := atomicfile.OpenForeign // somebody named it, and may keep it behind a link
	if k.Create {
		open = atomicfile.Open
	}
	file, err := open(k.Path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	if err != nil {
		return nil, unreadableKey(k.Path, err)
	}
	defer func() { _ = file.Close() }()
	if err := checkKeyFile(file, k.Path); err != nil {
		return nil, err
	}
	data, err := io.ReadAll(io.LimitReader(file, maxKeyFile))
	if err != nil {
		return nil, unreadableKey(k.Path, err)
	}
	if sealed, ok := passphraseSealed(data); ok {
		if data, err = k.unlock(ctx, sealed); err != nil {
			return nil, err
		}
	}
	return parseIdentity(data)
}

// passphraseSealed reports whether a key file is sealed, and returns what to open: age
// writes such files plain or as text.
func passphraseSealed(data []byte) (io.Reader, bool) {
	switch {
	case bytes.HasPrefix(data, []byte("age-encryption.org/")):
		return bytes.NewReader(data), true
	case bytes.HasPrefix(data, []byte(armor.Header)):
		return armor.NewReader(bytes.NewReader(data)), true
	default:
		return nil, false
	}
}

// unlock opens a key file that is sealed with a passphrase. The scrypt work it
// takes is the reason why it is done once.
func (k *Key) unlock(ctx context.Context, sealed io.Reader) ([]byte, error) {
	if k.Passphrase == nil {
		return nil, &Error{
			Condition: Locked, Op: "open", Message: "the key file is sealed with a passphrase, and nobody can be asked here",
			Hint: "run a command in a terminal, or set HERMES_TUI_KEY_FILE to a key without one",
		}
	}
	passphrase, err := k.Passphrase(ctx)
	if errors.Is(err, context.Canceled) {
		return nil, err
	}
	if err != nil {
		return nil, &Error{Condition: Locked, Op: "open", Message: "no passphrase was given", Hint: "try again", Err: err}
	}
	identity, err := age.NewScryptIdentity(passphrase)
	if err != nil {
		return nil, &Error{Condition: Locked, Op: "open", Message: "the passphrase cannot be used", Hint: "try again", Err: err}
	}
	reader, err := age.Decrypt(sealed, identity)
	var wrong *age.NoIdentityMatchError
	if errors.As(err, &wrong) {
		return nil, &Error{Condition: Locked, Op: "open", Message: "the passphrase does not open the key file", Hint: "try again"}
	}
	if err != nil {
		return nil, damagedKey()
	}
	data, err := io.ReadAll(io.LimitReader(reader, maxKeyFile))
	if err != nil {
		return nil, damagedKey()
	}
	return data, nil
}

// make writes a new key file; of two processes that do so at once one wins, and
// both use its key.
func (k *Key) make(ctx context.Context) (*age.X25519Identity, error) {
	if err := private.Make(filepath.Dir(k.Path)); err != nil {
		return nil, noKeyMade(k.Path, err)
	}
	id, err := age.GenerateX25519Identity()
	if err != nil {
		return nil, unreadableKey(k.Path, err)
	}
	text := "# The key of hermes-tui's encrypted file keystore. Whoever has it can read the tokens.\n" + id.String() + "\n"
	staged, err := atomicfile.Stage(k.Path, 0o600)
	if err == nil {
		err = staged.CommitNew([]byte(text))
	}
	if err != nil && !errors.Is(err, fs.ErrExist) {
		return nil, unreadableKey(k.Path, err)
	}
	if id, err = k.read(ctx); errors.Is(err, fs.ErrNotExist) {
		err = unreadableKey(k.Path, err)
	}
	return id, err
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
	return nil, damagedKey()
}

func damagedKey() error {
	return &Error{
		Condition: Damaged, Op: "open", Message: "the key file holds no age identity that can be used",
		Hint: "put the right key file back (`age-keygen` makes such files); nothing was changed",
	}
}
