package vault

import (
	"context"
	"encoding/hex"
	"path/filepath"
	"strings"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/record"
	"github.com/hermes-tui/hermes-tui/keystore"
)

// probe is a blob that is put into a keystore only to see whether one can be. A
// note in the folder names it for as long as it may be there, because not every
// keystore can list what it holds. The note is locked while its process lives.
type probe struct {
	probes
	kind, storeID string // keystore that it is in
	name          string
	note          string // the file's name in the folder
	lock          *record.Lock
}

// probes are those that are noted in a folder.
type probes struct{ folder *record.Folder }

// probeName is how the blobs of probes begin.
const probeName = "probe"

// Probe proves that a blob can be written to this kind of keystore, read back
// and deleted.
func (v *Vault) Probe(ctx context.Context, kind keystore.Kind, storeID string) error {
	store, err := v.Keystores.Open(ctx, kind, storeID)
	if err != nil {
		return Explain(err)
	}
	p, err := probes{v.Folder}.begin(string(kind), storeID)
	if err != nil {
		return err
	}
	err = Explain(store.Probe(ctx, p.name))
	// What a keyring was asked to write it may still write.
	p.end(autherr.CodeOf(err) != autherr.CodeKeystoreLocked)
	return err
}

// begin notes a probe with a new name.
func (p probes) begin(kind, storeID string) (*probe, error) {
	for {
		name, err := p.folder.NewBlobName(probeName)
		if err != nil {
			return nil, err
		}
		tail := strings.TrimPrefix(name, probeName+".")
		note := strings.Join([]string{probeName, kind, storeID, tail}, "-") + ".lock"
		lock, err := p.folder.TryLockNote(note)
		if err != nil {
			return nil, err
		}
		if lock != nil { // else somebody who clears up has found the note before it was locked, and takes it away
			return &probe{p, kind, storeID, name, note, lock}, nil
		}
	}
}

// end gives the note up; done says that the blob is surely gone, else the note
// stays for whoever clears up.
func (p *probe) end(done bool) {
	if done {
		_ = p.lock.Remove()
		return
	}
	_ = p.lock.Unlock()
}

// dead returns the probes whose processes have ended. Each is held until its end.
func (p probes) dead() (dead []*probe) {
	paths, _ := filepath.Glob(filepath.Join(p.folder.Dir(), probeName+"-*-*-*.lock"))
	for _, path := range paths {
		note := filepath.Base(path)
		parts := strings.Split(strings.TrimSuffix(note, ".lock"), "-")
		if len(parts) != 4 {
			continue
		}
		if _, err := hex.DecodeString(parts[3]); err != nil {
			continue
		}
		if lock, err := p.folder.TryLockNote(note); err == nil && lock != nil {
			dead = append(dead, &probe{p, parts[1], parts[2], probeName + "." + parts[3], note, lock})
		}
	}
	return dead
}

// DeadProbes counts the probes that [Vault.Repair] would clear up.
func (v *Vault) DeadProbes() int {
	dead := probes{v.Folder}.dead()
	for _, p := range dead {
		p.end(false)
	}
	return len(dead)
}

// repairProbes deletes what probes left that were killed.
func (v *Vault) repairProbes(ctx context.Context) (failed error) {
	for _, p := range (probes{v.Folder}).dead() {
		err := v.secrets(p.storeID).delete(ctx, record.Item{Kind: p.kind, Name: p.name})
		p.end(err == nil)
		if err != nil {
			failed = Explain(err)
		}
	}
	return failed
}
