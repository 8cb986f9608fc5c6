package keystore

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"filippo.io/age"

	"github.com/hermes-tui/hermes-tui/internal/atomicfile"
)

// maxBlob is the largest blob that a file or a keyring takes. Tokens are a few
// kilobytes; a server that sends more is not to fill the disk.
const maxBlob = 256 << 10

// usualBlob is the room that is reserved for a blob before it is there: three
// tokens of 20 kB, which none is known to exceed.
const usualBlob = 64 << 10

// maxSealed bounds what is read of a sealed file: a blob, and what age adds.
const maxSealed = maxBlob + 16<<10

// File keeps each blob in a file of its own, sealed with age. It is for
// machines without an OS keyring.
type File struct {
	dir string
	key *Key

	mu     sync.Mutex
	staged map[string]prepared
}

// prepared is what a blob needs that is about to be put: the room for it, and the
// key, which a lock must not take away while the tokens are on their way.
type prepared struct {
	file *atomicfile.Staged // nil once it was used
	key  *age.X25519Identity
}

// OpenFile returns the store whose blobs lie in dir. Nothing is opened or made
// before the first call; dir must exist by then.
func OpenFile(dir string, key *Key) *File {
	return &File{dir: dir, key: key, staged: map[string]prepared{}}
}

// Kind implements [Store].
func (f *File) Kind() Kind { return KindFile }

// Name implements [Store].
func (f *File) Name() string { return "encrypted file" }

// Key returns the key that seals the files.
func (f *File) Key() *Key { return f.key }

func (f *File) path(name string) string { return filepath.Join(f.dir, name+".age") }

// Probe implements [Store].
func (f *File) Probe(ctx context.Context, name string) error { return probe(ctx, f, name) }

// Prepare implements [Store]: the temporary file is made and the bytes that the
// blob will need are reserved in it, so that a folder that is not writable or a
// full disk shows now, and a disk that fills up later does no harm.
func (f *File) Prepare(ctx context.Context, name string) error {
	if err := f.begin(ctx, "put", name); err != nil {
		return err
	}
	key, err := f.sealKey(ctx)
	if err != nil {
		return err
	}
	staged, err := atomicfile.Stage(f.path(name), 0o600)
	if err != nil {
		return unwritable(err)
	}
	if err := staged.Reserve(usualBlob); err != nil {
		return unwritable(err)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if old := f.staged[name].file; old != nil {
		old.Discard()
	}
	f.staged[name] = prepared{staged, key}
	return nil
}

// putKey is the key to put a blob with: the one it was prepared with, else that
// of now.
func (f *File) putKey(ctx context.Context, name string) (*age.X25519Identity, error) {
	f.mu.Lock()
	key := f.staged[name].key
	f.mu.Unlock()
	if key != nil {
		return key, nil
	}
	return f.sealKey(ctx)
}

// begin looks whether a call can be made at all.
func (f *File) begin(ctx context.Context, op, name string) error {
	if err := checkName(op, name); err != nil {
		return err
	}
	return gaveUp(op, ctx.Err())
}

// sealKey returns the key to seal with. It is made when it is missing, but only
// while there is no secret that the missing one would have to open.
func (f *File) sealKey(ctx context.Context) (*age.X25519Identity, error) {
	id, err := f.key.Existing(ctx)
	if ConditionOf(err) != NotFound {
		return id, err
	}
	names, listErr := f.List(ctx)
	if listErr != nil {
		return nil, listErr
	}
	if len(names) == 0 {
		return f.key.Load(ctx)
	}
	return f.openKey(ctx) // another process may have made it, and used it, meanwhile
}

// openKey returns the key of secrets that are stored already.
func (f *File) openKey(ctx context.Context) (*age.X25519Identity, error) {
	id, err := f.key.Existing(ctx)
	if ConditionOf(err) == NotFound {
		return nil, missingKey(f.key.Path)
	}
	return id, err
}

// Put implements [Store].
func (f *File) Put(ctx context.Context, name string, blob []byte) error {
	if err := f.begin(ctx, "put", name); err != nil {
		return err
	}
	if len(blob) > maxBlob {
		return tooLarge(len(blob))
	}
	id, err := f.putKey(ctx, name)
	if err != nil {
		return err
	}
	with := func(context.Context) (*age.X25519Identity, error) { return id, nil }
	switch have, err := f.get(ctx, name, with); {
	case err == nil && bytes.Equal(have, blob):
		f.Release(name)
		return nil
	case err == nil:
		return writtenAlready(name)
	case ConditionOf(err) != NotFound:
		return err
	}
	sealed, err := seal(blob, id)
	if err != nil {
		return unwritable(err)
	}
	switch err := f.commit(name, sealed); {
	case errors.Is(err, fs.ErrExist): // another process was faster, perhaps with the same
	case err != nil:
		return unwritable(err)
	}
	got, err := f.get(ctx, name, with) // proves that it is there
	switch {
	case ConditionOf(err) == NotFound:
		return unwritable(err)
	case err == nil && !bytes.Equal(got, blob):
		return writtenAlready(name)
	case err == nil:
		f.Release(name)
	}
	return err
}

// Release implements [Releaser].
func (f *File) Release(name string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if staged := f.staged[name].file; staged != nil {
		staged.Discard()
	}
	delete(f.staged, name)
}

// seal encrypts a blob for the key that is to open it.
func seal(blob []byte, id *age.X25519Identity) ([]byte, error) {
	var sealed bytes.Buffer
	w, err := age.Encrypt(&sealed, id.Recipient())
	if err != nil {
		return nil, err
	}
	if _, err := w.Write(blob); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return sealed.Bytes(), nil
}

// commit uses the file that Prepare made, or a new one.
func (f *File) commit(name string, sealed []byte) error {
	f.mu.Lock()
	at := f.staged[name]
	staged := at.file
	if at.file = nil; at.key != nil {
		f.staged[name] = at // for another try, should this one fail
	}
	f.mu.Unlock()
	if staged == nil {
		var err error
		if staged, err = atomicfile.Stage(f.path(name), 0o600); err != nil {
			return err
		}
	}
	return staged.CommitNew(sealed)
}

// Get implements [Store].
func (f *File) Get(ctx context.Context, name string) ([]byte, error) {
	return f.get(ctx, name, f.openKey)
}

func (f *File) get(ctx context.Context, name string, key func(context.Context) (*age.X25519Identity, error)) ([]byte, error) {
	if err := f.begin(ctx, "get", name); err != nil {
		return nil, err
	}
	file, err := atomicfile.Open(f.path(name))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, notFound("get")
	}
	if err != nil {
		return nil, &Error{
			Condition: Unavailable, Op: "get", Message: "a secret's file cannot be read",
			Hint: "check its owner and mode", Err: err,
		}
	}
	defer func() { _ = file.Close() }()
	id, err := key(ctx)
	if err != nil {
		return nil, err
	}
	return unseal(file, id)
}

// unseal opens a sealed file, checking all of it before anything is returned.
func unseal(r io.Reader, id age.Identity) ([]byte, error) {
	plain, err := age.Decrypt(io.LimitReader(r, maxSealed), id)
	var wrongKey *age.NoIdentityMatchError
	if errors.As(err, &wrongKey) {
		return nil, &Error{
			Condition: Locked, Op: "get", Message: "the key file does not open this secret: it is another key",
			Hint: "put the key back that the secret was sealed with, or sign in again",
		}
	}
	if err != nil {
		return nil, damagedFile(err)
	}
	data, err := io.ReadAll(io.LimitReader(plain, maxBlob+1))
	if err != nil {
		return nil, damagedFile(err)
	}
	if len(data) > maxBlob {
		return nil, tooLarge(len(data))
	}
	return data, nil
}

// Delete implements [Store].
func (f *File) Delete(ctx context.Context, name string) error {
	if err := f.begin(ctx, "delete", name); err != nil {
		return err
	}
	f.Release(name)
	if err := atomicfile.Remove(f.path(name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return unwritable(err)
	}
	return nil
}

// List implements [Lister].
func (f *File) List(ctx context.Context) ([]string, error) {
	entries, err := os.ReadDir(f.dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, &Error{
			Condition: Unavailable, Op: "list", Message: "the folder of the secrets cannot be read",
			Hint: "check its owner and mode", Err: err,
		}
	}
	var names []string
	for _, e := range entries {
		if name, ok := strings.CutSuffix(e.Name(), ".age"); ok && checkName("list", name) == nil {
			names = append(names, name)
		}
	}
	return names, gaveUp("list", ctx.Err())
}
