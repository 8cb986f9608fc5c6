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
	"time"

	"filippo.io/age"
	"filippo.io/age/armor"

	"github.com/hermes-tui/hermes-tui/internal/atomicfile"
	"github.com/hermes-tui/hermes-tui/internal/private"

	"github.com/hermes-tui/hermes-tui/keystore/lock"
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
	// Latch is where programs tell each other that a sealed key was locked or
	// unlocked; nil where nobody does.
	Latch *lock.Latch
	// Holders are where an unlocked key can be held for all programs, the best
	// first.
	Holders []lock.Holder
	// Now is the time; it is needed where there is a latch.
	Now func() time.Time

	mu       sync.Mutex
	queue    chan struct{} // held by the one who reads, makes or unlocks
	identity *age.X25519Identity
	sealed   bool      // the key file is sealed with a passphrase
	turn     string    // of the latch, when the key was loaded
	until    time.Time // when a key that was held for all must be dropped; zero: it was not
	ended    string    // turn whose held keys were dropped here because its time was over
}

func (k *Key) now() time.Time {
	if k.Now == nil {
		return time.Time{}
	}
	return k.Now()
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
	missing := missingFile(err)
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

// loaded is the key that was loaded before, unless it was locked meanwhile, or
// the time is over that it was unlocked for.
func (k *Key) loaded() *age.X25519Identity {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.identity != nil && k.sealed && (k.Latch.State().Turn != k.turn || over(k.until, k.now())) {
		k.identity = nil
	}
	return k.identity
}

// missingFile reports that there is no key file.
func missingFile(err error) bool { return errors.Is(err, fs.ErrNotExist) && ConditionOf(err) == 0 }

// begin waits for the turn: a passphrase is asked for once, however many ask
// for the key, and whoever gives up does not wait for the one who types.
func (k *Key) begin(ctx context.Context) (done func(), err error) {
	k.mu.Lock()
	if k.queue == nil {
		k.queue = make(chan struct{}, 1)
	}
	queue := k.queue
	k.mu.Unlock()
	select {
	case queue <- struct{}{}: // it is free, and who need not wait asks for no end
		return func() { <-queue }, nil
	default:
	}
	select {
	case queue <- struct{}{}:
		return func() { <-queue }, nil
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

// read returns the key of the key file; its error is [fs.ErrNotExist] itself when
// there is none. One that is sealed is taken from where it is held for all
// programs, else the person is asked, once in the life of a process: what was
// locked while a program runs is not opened by asking in the middle of it.
func (k *Key) read(ctx context.Context) (*age.X25519Identity, error) {
	if k.Identity != "" {
		return parseIdentity([]byte(k.Identity))
	}
	data, err := k.file()
	if err != nil {
		return nil, err
	}
	sealed, ok := passphraseSealed(data)
	if !ok {
		defer clear(data)
		return parseIdentity(data)
	}
	state := k.Latch.State()
	if id, until, ok := k.held(ctx, data); ok {
		k.note(state.Turn, until)
		return id, nil
	}
	if k.gaveBefore() {
		return nil, lockedMeanwhile(state)
	}
	plain, err := k.unlock(ctx, sealed)
	if err != nil {
		return nil, err
	}
	defer clear(plain)
	id, err := parseIdentity(plain)
	if err == nil {
		k.note(state.Turn, time.Time{})
	}
	return id, err
}

// note keeps how a sealed key was had.
func (k *Key) note(turn string, until time.Time) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.sealed, k.turn, k.until = true, turn, until
}

// gaveBefore reports whether this process has had the key before and lost it.
func (k *Key) gaveBefore() bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.sealed
}

// file is the content of the key file.
func (k *Key) file() ([]byte, error) {
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
	return data, nil
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
		return nil, nobodyAsked(k.Latch.State())
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
