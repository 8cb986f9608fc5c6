package record

import (
	"crypto/rand"
	"fmt"
	"maps"
	"os"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/hermes-tui/hermes-tui/core/pool"
)

// rows is what the pool file must say, beside the two writers that change it.
type rows struct {
	*rapid.T
	writers    [2]*Folder
	order      []string // ids, in pool order
	label      map[string]string
	limits     map[string]pool.Limits
	gen        map[string]uint64
	strategies map[pool.ID]pool.Strategy
	all        []string         // ids that ever were
	old        map[string]*Head // heads that a slow process still holds
	now        time.Time
}

// pools are the two that accounts are in.
var pools = []pool.ID{{Provider: "minimax-oauth", Region: "global"}, {Provider: "minimax-oauth", Region: "cn"}}

func (r *rows) writer() *Folder { return rapid.SampledFrom(r.writers[:]).Draw(r.T, "writer") }

func (r *rows) someID() string {
	if len(r.all) == 0 {
		r.Skip("no account yet")
	}
	return rapid.SampledFrom(r.all).Draw(r.T, "account")
}

func (r *rows) must(err error) {
	if err != nil {
		r.Fatal(err)
	}
}

// update changes a row the way core does, if there is one.
func (r *rows) update(id string, change func(p *PoolFile, at int)) {
	r.must(r.writer().UpdatePool(r.Context(), func(p *PoolFile) bool {
		at := slices.IndexFunc(p.Rows, func(row Row) bool { return row.ID == id })
		if at >= 0 {
			change(p, at)
		}
		return at >= 0
	}))
}

// write changes a head under the account's lock and copies it into the pool
// file unless the process is killed in between.
func (r *rows) write(id string, killed bool, change func(h *Head)) {
	f := r.writer()
	lock, err := f.Lock(r.Context(), id)
	r.must(err)
	defer func() { r.must(lock.Unlock()) }()
	h, err := f.ReadHead(id)
	r.must(err)
	kept := *h
	r.old[id] = &kept
	change(h)
	r.must(f.WriteHead(h))
	if !killed {
		r.must(f.Publish(r.Context(), h))
	}
}

func (r *rows) lives(id string) bool { return slices.Contains(r.order, id) }

func (r *rows) add(*rapid.T) {
	id := fmt.Sprintf("%010x", len(r.all))
	h := &Head{Label: "new", Public: Public{ID: id, Gen: 1, Status: StatusOK, SignedInAt: r.now}}
	at := rapid.SampledFrom(pools).Draw(r.T, "pool")
	h.Provider, h.Region = at.Provider, at.Region
	f := r.writer()
	r.must(f.Ensure())
	r.must(f.WriteHead(h))
	r.must(f.Publish(r.Context(), h))
	r.all, r.order = append(r.all, id), append(r.order, id)
	r.label[id], r.gen[id] = "new", 1
}

func (r *rows) remove(*rapid.T) {
	id, killed := r.someID(), rapid.Bool().Draw(r.T, "killed")
	if !r.lives(id) {
		return
	}
	r.write(id, killed, func(h *Head) { h.Status = StatusRemoved })
	r.order = slices.DeleteFunc(r.order, func(other string) bool { return other == id })
}

func (r *rows) refresh(*rapid.T) {
	id, killed := r.someID(), rapid.Bool().Draw(r.T, "killed")
	if !r.lives(id) {
		return
	}
	r.write(id, killed, func(h *Head) { h.Gen++ })
	r.gen[id]++
}

func (r *rows) signIn(*rapid.T) {
	id := r.someID()
	if !r.lives(id) {
		return
	}
	r.now = r.now.Add(time.Hour)
	r.write(id, false, func(h *Head) { h.Gen, h.SignedInAt = h.Gen+1, r.now })
	r.gen[id]++
	delete(r.limits, id)
}

// late is a process that copies what it read long ago.
func (r *rows) late(*rapid.T) {
	if h := r.old[r.someID()]; h != nil {
		r.must(r.writer().Publish(r.Context(), h))
	}
}

func (r *rows) rename(*rapid.T) {
	id, label := r.someID(), rapid.StringMatching("[a-z]{1,5}").Draw(r.T, "label")
	r.update(id, func(p *PoolFile, at int) { p.Rows[at].Label = label })
	r.label[id] = label
}

func (r *rows) rest(*rapid.T) {
	id := r.someID()
	refusal := pool.Refusal{Status: rapid.SampledFrom([]int{401, 402, 429}).Draw(r.T, "status"), Model: rapid.SampledFrom([]string{"", "big"}).Draw(r.T, "model")}
	r.now = r.now.Add(time.Duration(rapid.Int64Range(0, 1e13).Draw(r.T, "passed")))
	next, _ := r.limits[id].With(refusal, pool.Odds{Now: r.now})
	r.update(id, func(p *PoolFile, at int) {
		p.Rows[at].Limits, _ = p.Rows[at].Limits.With(refusal, pool.Odds{Now: r.now})
	})
	r.limits[id] = next
}

func (r *rows) clear(*rapid.T) {
	id := r.someID()
	r.update(id, func(p *PoolFile, at int) { p.Rows[at].Limits = pool.Limits{} })
	delete(r.limits, id)
}

func (r *rows) move(*rapid.T) {
	id, place := r.someID(), rapid.IntRange(0, 9).Draw(r.T, "place")
	at := slices.Index(r.order, id)
	if at < 0 {
		return
	}
	to := min(place, len(r.order)-1)
	r.update(id, func(p *PoolFile, at int) {
		row := p.Rows[at]
		p.Rows = slices.Insert(slices.Delete(p.Rows, at, at+1), to, row)
	})
	r.order = slices.Insert(slices.Delete(r.order, at, at+1), to, id)
}

func (r *rows) strategy(*rapid.T) {
	id, s := rapid.SampledFrom(pools).Draw(r.T, "pool"), rapid.SampledFrom(pool.Strategies()).Draw(r.T, "strategy")
	r.must(r.writer().UpdatePool(r.Context(), func(p *PoolFile) bool { return p.SetStrategy(id, s) }))
	if r.strategies[id] = s; s == pool.FillFirst {
		delete(r.strategies, id)
	}
}

// reconcile is a window that opens.
func (r *rows) reconcile(*rapid.T) {
	_, _, err := r.writer().Reconcile(r.Context())
	r.must(err)
}

// check compares the file, which either writer reads, with what it must say.
func (r *rows) check(*rapid.T) {
	p, _, err := r.writer().ReadPool()
	r.must(err)
	var order []string
	for _, row := range p.Rows {
		order = append(order, row.ID)
		want := r.limits[row.ID]
		if row.Label != r.label[row.ID] || row.Gen != r.gen[row.ID] || !row.Cooldown.Until.Equal(want.Cooldown.Until) || len(row.Models) != len(want.Models) {
			r.Fatalf("the row is %+v; want label %q, generation %d, %+v", row, r.label[row.ID], r.gen[row.ID], want)
		}
	}
	if !slices.Equal(order, r.order) || !maps.Equal(p.Strategies, r.strategies) {
		r.Fatalf("rows %v, strategies %v; want %v, %v", order, p.Strategies, r.order, r.strategies)
	}
}

// TestPool_TwoWritersLoseNothing lets two processes add, remove, refresh, rename,
// move and rest accounts in any order, one of them now and then killed or late:
// no row is lost, none comes back, and none has a field of an older one.
func TestPool_TwoWritersLoseNothing(t *testing.T) {
	base := t.TempDir()
	rapid.Check(t, func(t *rapid.T) {
		dir, err := os.MkdirTemp(base, "")
		if err != nil {
			t.Fatal(err)
		}
		defer os.RemoveAll(dir)
		r := &rows{
			T: t, label: map[string]string{}, limits: map[string]pool.Limits{}, gen: map[string]uint64{},
			strategies: map[pool.ID]pool.Strategy{}, old: map[string]*Head{},
			now: time.Date(2026, 5, 20, 12, 0, 0, 0, time.UTC),
		}
		for i := range r.writers {
			r.writers[i] = Open(Options{Dir: dir, Random: rand.Reader})
		}
		t.Repeat(map[string]func(*rapid.T){
			"add": r.add, "remove": r.remove, "refresh": r.refresh, "sign in": r.signIn, "late": r.late, "rename": r.rename,
			"rest": r.rest, "clear": r.clear, "move": r.move, "strategy": r.strategy, "reconcile": r.reconcile, "": r.check,
		})
	})
}
