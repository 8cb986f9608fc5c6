package usage

import (
	"context"
	"encoding/json"
	"path/filepath"
	"slices"
	"time"

	"github.com/hermes-tui/hermes-tui/internal/atomicfile"
	"github.com/hermes-tui/hermes-tui/internal/lockfile"
)

// FileName is the name of the file in the state folder. It holds no secret.
const FileName = "plans.json"

const maxFile = 32 << 20

// Known is what is known of one account's plan.
type Known struct {
	Reading Reading `json:"reading,omitzero"`
	// Points are the readings of each window, by its name and scope, for the
	// runway.
	Points map[string][]Point `json:"points,omitempty"`
	// Asked is when the provider's endpoint was asked last; it is not asked
	// before NotBefore.
	Asked     time.Time `json:"asked_at,omitzero"`
	NotBefore time.Time `json:"not_before,omitzero"`
	// Silent says that the endpoint told nothing then, so that the reading is older;
	// Late that it has not answered in time.
	Silent bool `json:"silent,omitempty"`
	Late   bool `json:"late,omitempty"`
	// From is the host of the fleet to which it was told; empty: this one.
	From string `json:"from,omitempty"`
	// Said is what a person was told of it, by whom.
	Said map[Voice]telling `json:"said,omitempty"`
}

// with returns what is known after a further reading.
func (k Known) with(r Reading) Known {
	k.From = ""
	k.Silent, k.Late = k.Silent && r.Empty(), k.Late && r.Empty()
	k.Reading = k.Reading.With(r.tidy()).Now(r.At).tidy()
	points := map[string][]Point{}
	for _, w := range k.Reading.Windows {
		key := w.key()
		points[key] = k.Points[key]
		if w.Used != nil && w.Told.Equal(r.At) {
			points[key] = add(points[key], Point{At: r.At, Used: *w.Used})
		}
	}
	k.Points = points
	return k
}

// Runway returns when one of the account's windows will be used up; see [Runway].
func (k Known) Runway(w Window, now time.Time) (time.Time, bool) {
	return Runway(k.Points[w.key()], w.Resets, now)
}

func (w Window) key() string { return w.Scope + "/" + w.Name }

// file keeps what is known, by account. It may be lost: a missing or damaged one
// is empty.
type file struct{ dir string }

// Read returns what is known of every account's plan in the state folder dir, by
// id: what a [Meter] of any process has written.
func Read(dir string) map[string]Known { return file{dir}.read() }

func (f file) path() string { return filepath.Join(f.dir, FileName) }

func (f file) read() map[string]Known {
	known := map[string]Known{}
	data, err := atomicfile.Read(f.path(), maxFile)
	if err != nil || json.Unmarshal(data, &known) != nil || known == nil {
		return map[string]Known{}
	}
	for id, k := range known {
		k.Reading.Windows = slices.DeleteFunc(k.Reading.Windows, Window.impossible)
		known[id] = k
	}
	return known
}

// change alters what is known, waiting for other writers until ctx is done.
func (f file) change(ctx context.Context, alter func(map[string]Known)) error {
	lock, err := lockfile.Acquire(ctx, filepath.Join(f.dir, "plans.lock"))
	if err != nil {
		return err
	}
	defer func() { _ = lock.Unlock() }()
	known := f.read()
	alter(known)
	data, err := json.Marshal(known)
	if err != nil {
		return err
	}
	return atomicfile.Write(f.path(), data, 0o600)
}
