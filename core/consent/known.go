package consent

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/hermes-tui/hermes-tui/core/record"
	"github.com/hermes-tui/hermes-tui/internal/atomicfile"
	"github.com/hermes-tui/hermes-tui/internal/lockfile"
	"github.com/hermes-tui/hermes-tui/internal/order"
)

// version is that of the files here. A newer one is not understood, which is a
// refusal.
const version = 1

// mostKnown is how many programs are remembered for one account; maxKnown bounds
// the file.
const (
	mostKnown = 200
	maxKnown  = 1 << 20
)

// Program is one that a person has allowed or refused before.
type Program struct {
	Asker
	Verdict Verdict   `json:"verdict"`
	At      time.Time `json:"at"`
	Until   time.Time `json:"until,omitzero"` // zero: it does not end by itself
}

// holds reports whether the verdict still counts. One that would count for longer
// than such a verdict does comes from a clock that jumped: the person is asked again.
func (p Program) holds(now time.Time) bool {
	most, _ := p.Verdict.until(now)
	return p.Until.IsZero() || now.Before(p.Until) && (most.IsZero() || !p.Until.After(most))
}

// knownFile is consent/<account>.json.
type knownFile struct {
	Version  int       `json:"version"`
	Programs []Program `json:"programs"`
}

// decodeKnown reads it. Whatever is not understood is an error, and refuses every
// program: a person's "no" may be what cannot be read.
func decodeKnown(data []byte) ([]Program, error) {
	var f knownFile
	if err := json.Unmarshal(data, &f); err != nil {
		return nil, errors.New("it cannot be read")
	}
	if f.Version != version {
		return nil, errors.New("it is not of this version")
	}
	for i, p := range f.Programs {
		clean := p.clean()
		if clean != p.Asker || p.Key == "" || !p.Verdict.valid() || p.Verdict == Once {
			return nil, errors.New("it names no program, or no verdict")
		}
		if p.Verdict != Always && p.Until.IsZero() {
			return nil, errors.New("a verdict in it has no end")
		}
		f.Programs[i].Asker = clean
	}
	return f.Programs, nil
}

func (d *Desk) knownPath(id string) string { return filepath.Join(d.dir, id+".json") }

// Known returns the programs that a person has allowed or refused for an account,
// the latest first. A list that is damaged is an error.
func (d *Desk) Known(id string) ([]Program, error) {
	if err := record.CheckID(id); err != nil {
		return nil, err
	}
	data, err := atomicfile.Read(d.knownPath(id), maxKnown)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	var all []Program
	if err == nil {
		all, err = decodeKnown(data)
	}
	if err != nil {
		return nil, refusal("`hermes-tui confirm "+id+" --forget all` empties it, and each program is asked about again",
			"the list of programs that are known to the account is damaged, so that none gets a token: %v (%s)", atomicfile.Reason(err), d.knownPath(id))
	}
	now := d.clock.Now()
	all = slices.DeleteFunc(all, func(p Program) bool { return !p.holds(now) })
	order.By(all, func(a, b Program) int { return b.At.Compare(a.At) })
	return all, nil
}

// Recall returns what is known of a program.
func (d *Desk) Recall(id string, who Asker) (Program, bool, error) {
	all, err := d.Known(id)
	at := slices.IndexFunc(all, func(p Program) bool { return p.Key == who.Key })
	if err != nil || who.Key == "" || at < 0 {
		return Program{}, false, err
	}
	return all[at], true, nil
}

// Remember notes what a person has said about a program, in the place of what was
// said before.
func (d *Desk) Remember(ctx context.Context, id string, who Asker, v Verdict) error {
	now := d.clock.Now()
	until, lasts := v.until(now)
	who.PID = 0 // another one next time
	if who.Key == "" || !lasts {
		return nil
	}
	return d.change(ctx, id, func(all []Program) []Program {
		all = slices.DeleteFunc(all, func(p Program) bool { return p.Key == who.Key })
		all = append([]Program{{Asker: who, Verdict: v, At: now.UTC(), Until: until.UTC()}}, all...)
		return all[:min(len(all), mostKnown)]
	})
}

// Forget forgets the programs of this name, path or key, and returns those that it
// has forgotten; with all every one, a damaged list included.
func (d *Desk) Forget(ctx context.Context, id, name string, all bool) (gone []Program, err error) {
	if err := record.CheckID(id); err != nil {
		return nil, err
	}
	if all {
		gone, _ = d.Known(id) // what cannot be read goes, too
		err := os.Remove(d.knownPath(id))
		if errors.Is(err, fs.ErrNotExist) {
			err = nil
		}
		return gone, err
	}
	err = d.change(ctx, id, func(known []Program) []Program {
		return slices.DeleteFunc(known, func(p Program) bool {
			meant := p.Name == name || p.Path == name || p.Key == name
			if meant {
				gone = append(gone, p)
			}
			return meant
		})
	})
	return gone, err
}

// change replaces the list, one process at a time.
func (d *Desk) change(ctx context.Context, id string, do func([]Program) []Program) error {
	if err := d.make(); err != nil {
		return err
	}
	lock, err := lockfile.Acquire(ctx, filepath.Join(d.dir, "known.lock"))
	if err != nil {
		return err
	}
	defer func() { _ = lock.Unlock() }()
	known, err := d.Known(id)
	if err != nil {
		return err
	}
	data, err := json.MarshalIndent(knownFile{version, do(known)}, "", "  ")
	if err != nil {
		return err
	}
	return atomicfile.Write(d.knownPath(id), append(data, '\n'), 0o600)
}
