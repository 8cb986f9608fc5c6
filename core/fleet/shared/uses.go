package shared

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/hermes-tui/hermes-tui/core/tally"
	"github.com/hermes-tui/hermes-tui/internal/atomicfile"
	"github.com/hermes-tui/hermes-tui/internal/etcd"
	"github.com/hermes-tui/hermes-tui/internal/lockfile"
	"github.com/hermes-tui/hermes-tui/internal/private"
)

func (b uses) usesDir() string { return tally.Hosts(b.Folder.Dir()) }

// alone does something unless another program of this host is at it.
func (b uses) alone(do func()) {
	if private.Make(filepath.Dir(b.usesDir())) != nil {
		return
	}
	lock, free, err := lockfile.Try(filepath.Join(filepath.Dir(b.usesDir()), "use.lock"))
	if err != nil || !free {
		return
	}
	defer func() { _ = lock.Unlock() }()
	do()
}

// uses are the counts that hosts tell each other.
type uses struct{ *Board }

// LookAtUse takes what the other hosts have counted by now, for programs that end.
func (b *Board) LookAtUse(ctx context.Context) error {
	if b == nil || b.lost() {
		return nil
	}
	listed, err := b.Store.Range(ctx, b.Keys.Uses())
	if b.Lost(err != nil); err != nil {
		return err
	}
	return uses{b}.takeUses(ctx, listed.KVs)
}

// takeUses puts what other hosts have counted into the files of this host.
func (b uses) takeUses(ctx context.Context, list []etcd.KV) error {
	for _, kv := range list {
		host, past, ok := b.Keys.UseOf(kv.Key)
		if !ok || host == b.Host {
			continue
		}
		file := b.file(kv.Key)
		u, kept, err := b.use(ctx, kv, file)
		u.Host, u.Past = host, past
		if b.forgets(ctx, u, err) {
			if err = b.forget(ctx, host, kv); err == nil {
				continue
			}
		}
		if err == nil && !kept {
			err = b.keepUse(file, u)
		}
		if fatal(err) {
			return err
		}
		if err != nil {
			b.Log.Debug("what another host has counted was not read", "host", host, "error", err)
			continue
		}
		if c := b.counts(); c != nil && !past {
			c.Heard(ctx, u)
		}
	}
	return nil
}

// file is where what stands at a key is kept. The end of a key is no path.
func (b uses) file(key string) string {
	return filepath.Join(b.usesDir(), "of-"+strings.ReplaceAll(strings.TrimPrefix(key, b.Keys.Uses()), "/", "+")+".json")
}

// use is what stands at a key, and whether this host has kept just that in its file: then
// it needs not be opened.
func (b uses) use(ctx context.Context, kv etcd.KV, file string) (u Use, kept bool, err error) {
	body, err := b.unwrap(ctx, kv)
	if err != nil {
		return u, false, err
	}
	var t told
	if err := json.Unmarshal(body, &t); err != nil {
		return u, false, damaged(err)
	}
	if t.Version > format {
		return u, false, errors.New("a newer hermes-tui has written it")
	}
	if data, err := atomicfile.Read(file, mostPlain); err == nil {
		if sum := sha256.Sum256(data); bytes.Equal(sum[:], t.Sum) && json.Unmarshal(data, &u) == nil {
			return u, true, nil
		}
	}
	view, err := b.now(ctx, false)
	if err != nil {
		return u, false, err
	}
	packed, err := view.Open(t.Sealed)
	if err != nil {
		return u, false, err
	}
	u, err = unpack(packed)
	return u, false, err
}

// keepUse writes what a host has counted into a file.
func (b uses) keepUse(file string, u Use) error {
	data, err := json.Marshal(u)
	if err != nil {
		return err
	}
	if err := private.Make(b.usesDir()); err != nil {
		return err
	}
	return atomicfile.WriteLoose(file, data, 0o600) // the store has it, and of many hosts some tell each second
}

// elsewhere is what the other hosts told last, but for their rows.
type elsewhere struct {
	mu   sync.Mutex
	read time.Time // the folder's time then
	uses []Use
}

// Elsewhere returns what the other hosts have told last, without their rows. It asks
// nobody: while the store is away it is what was told before.
func (b *Board) Elsewhere() []Use {
	if b == nil {
		return nil
	}
	e := &b.elsewhere
	e.mu.Lock()
	defer e.mu.Unlock()
	dir := uses{b}.usesDir()
	info, err := os.Stat(dir)
	if err != nil {
		return nil
	}
	if !e.read.IsZero() && e.read.Equal(info.ModTime()) {
		return e.uses
	}
	e.uses, e.read = nil, time.Time{}
	names, _ := os.ReadDir(dir)
	for _, name := range names {
		var u Use
		data, err := atomicfile.Read(filepath.Join(dir, name.Name()), mostPlain)
		if err == nil && json.Unmarshal(data, &u) == nil && !u.Past {
			u.Rows = nil
			e.uses = append(e.uses, u)
		}
	}
	if b.Clock.Now().Sub(info.ModTime()).Abs() > 2*time.Second { // else the next change may have the same time
		e.read = info.ModTime()
	}
	return e.uses
}
