package budget

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/clock"
	"github.com/hermes-tui/hermes-tui/internal/atomicfile"
	"github.com/hermes-tui/hermes-tui/internal/lockfile"
	"github.com/hermes-tui/hermes-tui/internal/private"
)

// Folder is the name of the folder of the books in the state folder.
const Folder = "budgets"

const (
	version  = 1
	maxBook  = 1 << 20
	patience = 30 * time.Second       // for which a request waits for those under way
	again    = 100 * time.Millisecond // after which it looks
	bookTime = 5 * time.Second        // for which other writers of a book are waited for
)

// Books are those of one state folder. They are safe for concurrent use.
type Books struct {
	dir   string
	clock clock.Clock
	pid   int

	owing sync.Mutex
	owed  map[string][]charge // by key: requests that have ended and are not written down yet

	mu        sync.Mutex
	elsewhere func(key string) []Spent // what other hosts have used; nil: there are none
	process   string                   // names this process among others; empty before its first request
	alive     *lockfile.Lock           // is held while it runs
	last      uint64                   // number of its last request
	turns     map[string]chan struct{} // by key: full while this process has its book in its hands
}

// OpenBooks returns the books of a state folder. Nothing is made or read.
func OpenBooks(state string, c clock.Clock, pid int) *Books {
	return &Books{dir: filepath.Join(state, Folder), clock: c, pid: pid, owed: map[string][]charge{}, turns: map[string]chan struct{}{}}
}

// charge is what a request has used.
type charge struct {
	id               string
	limits           []Limit
	requests, tokens uint64
}

// Reservation is a request that was let through.
type Reservation struct {
	books  *Books
	key    string
	limits []Limit
	id     string
}

// Reserve lets a request of a key through that may come to so many tokens, once
// its limits have room for it beside those that are under way. The error of a limit
// that is used up is of kind CoolingDown, with RetryAfter until its time is over.
// name is the key's, for people.
func (b *Books) Reserve(ctx context.Context, key, name string, limits []Limit, tokens uint64) (*Reservation, error) {
	process, number, err := b.enter()
	if err != nil {
		return nil, b.unkept(name, err)
	}
	o := Open{ID: process + "-" + strconv.FormatUint(number, 10), Process: process, Tokens: tokens}
	until := b.clock.Now().Add(patience)
	for {
		var full *Full
		busy := false
		now := b.clock.Now()
		err := b.change(ctx, key, func(book *Book) (changed bool) {
			buried := book.bury(limits, b.gone, now)
			if others := b.others(key); len(others) > 0 {
				book.roll(limits, now)
				book.beside(others, now)
			}
			full, busy = book.reserve(limits, o, now)
			return buried || full == nil && !busy
		})
		switch {
		case err != nil:
			return nil, b.unkept(name, err)
		case full != nil:
			return nil, usedUp(name, *full, now)
		case !busy:
			return &Reservation{b, key, limits, o.ID}, nil
		case now.After(until):
			return nil, crowded(name)
		}
		if err := clock.Sleep(ctx, b.clock, again); err != nil {
			return nil, err
		}
	}
}

// Charge counts what the request has used: none of it where no account has served
// it. What cannot be written down now is with the next change of the key's book.
func (r *Reservation) Charge(requests, tokens uint64) error {
	b := r.books
	b.owing.Lock()
	b.owed[r.key] = append(b.owed[r.key], charge{r.id, r.limits, requests, tokens})
	b.owing.Unlock()
	return b.change(context.Background(), r.key, func(*Book) bool { return false })
}

// Beside has the use of other hosts counted, too, which is asked for with each request of
// a key that has limits: it is what they have told by then.
func (b *Books) Beside(elsewhere func(key string) []Spent) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.elsewhere = elsewhere
}

// others is what other hosts have told of a key.
func (b *Books) others(key string) []Spent {
	b.mu.Lock()
	elsewhere := b.elsewhere
	b.mu.Unlock()
	if elsewhere == nil {
		return nil
	}
	return elsewhere(key)
}

// Read returns what a key has used of its limits by now, in their order, on all hosts.
func (b *Books) Read(key string, limits []Limit) ([]Spent, error) {
	book, err := b.read(key)
	if err != nil {
		return nil, err
	}
	now := b.clock.Now()
	book.roll(limits, now)
	book.beside(b.others(key), now)
	for i := range book.Spent {
		book.Spent[i].Used = book.used(i)
	}
	return book.Spent, nil
}

// Own is Read of this host alone; what it has not used is left out.
func (b *Books) Own(key string, limits []Limit) []Spent {
	book, err := b.read(key)
	if err != nil {
		return nil
	}
	book.roll(limits, b.clock.Now())
	return slices.DeleteFunc(book.Spent, func(s Spent) bool { return s.Used == 0 })
}

// Keys returns the keys that have a book.
func (b *Books) Keys() (keys []string) {
	entries, _ := os.ReadDir(b.dir)
	for _, e := range entries {
		if key, ok := strings.CutSuffix(e.Name(), ".json"); ok {
			keys = append(keys, key)
		}
	}
	return keys
}

// Forget deletes the book of a key that is revoked, and its lock, which nobody wants
// any more.
func (b *Books) Forget(key string) {
	lock, free, err := lockfile.Try(b.path(key) + ".lock")
	if err != nil || !free {
		return
	}
	_ = os.Remove(b.path(key))
	_ = lock.Remove()
}

// Close says that this process has nothing under way any more.
func (b *Books) Close() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.alive != nil {
		_ = b.alive.Remove()
		b.alive, b.process = nil, ""
	}
}

// enter names this process, and numbers its request.
func (b *Books) enter() (process string, number uint64, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.alive == nil {
		if err := private.Make(b.dir); err != nil {
			return "", 0, err
		}
		name := fmt.Sprintf("%d-%d", b.pid, b.clock.Now().UnixNano())
		lock, free, err := lockfile.Try(b.processPath(name))
		if err != nil || !free {
			return "", 0, errors.Join(err, errors.New("this process could not be named"))
		}
		b.alive, b.process = lock, name
	}
	b.last++
	return b.process, b.last, nil
}

// gone reports whether a process has ended. It removes what is left of one.
func (b *Books) gone(process string) bool {
	b.mu.Lock()
	mine := process == b.process
	b.mu.Unlock()
	if mine || filepath.Base(process) != process {
		return !mine
	}
	lock, free, err := lockfile.Try(b.processPath(process))
	if err != nil || !free {
		return false
	}
	_ = lock.Remove()
	return true
}

func (b *Books) path(key string) string { return filepath.Join(b.dir, filepath.Base(key)+".json") }

func (b *Books) processPath(name string) string { return filepath.Join(b.dir, "process-"+name+".lock") }

func (b *Books) read(key string) (book Book, err error) {
	data, err := atomicfile.Read(b.path(key), maxBook)
	if errors.Is(err, fs.ErrNotExist) {
		return book, nil
	}
	if err == nil {
		err = json.Unmarshal(data, &book)
	}
	if err == nil && book.Version != version {
		err = fmt.Errorf("%s is of another version", b.path(key))
	}
	return book, err
}

// change charges what is owed and changes a key's book, under its lock; it writes
// what do says is another one. Those of this process take turns: of many that poll
// for the lock one could wait for ever.
func (b *Books) change(ctx context.Context, key string, do func(*Book) (changed bool)) error {
	ctx, cancel := context.WithTimeout(ctx, bookTime)
	defer cancel()
	turn := b.turnOf(key)
	select {
	case turn <- struct{}{}:
		defer func() { <-turn }()
	case <-ctx.Done():
		return ctx.Err()
	}
	lock, err := lockfile.Acquire(ctx, b.path(key)+".lock")
	if err != nil {
		return err
	}
	defer func() { _ = lock.Unlock() }()
	book, err := b.read(key)
	if err != nil {
		return err
	}
	owed := b.owedBy(key)
	if book.Version == 0 { // nothing is under way for a key that is revoked
		b.paid(key, len(owed))
		owed = nil
	}
	for _, c := range owed {
		book.charge(c.limits, c.id, c.requests, c.tokens, b.clock.Now())
	}
	if changed := do(&book); !changed && len(owed) == 0 {
		return nil
	}
	book.Version = version
	data, err := json.Marshal(book)
	if err != nil {
		return err
	}
	if err := atomicfile.Write(b.path(key), data, 0o600); err != nil {
		return err
	}
	b.paid(key, len(owed))
	return nil
}

// turnOf is what this process's requests of a key take turns by.
func (b *Books) turnOf(key string) chan struct{} {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.turns[key] == nil {
		b.turns[key] = make(chan struct{}, 1)
	}
	return b.turns[key]
}

// owedBy is what is to be written down for a key.
func (b *Books) owedBy(key string) []charge {
	b.owing.Lock()
	defer b.owing.Unlock()
	return slices.Clone(b.owed[key])
}

// paid forgets the first n of it.
func (b *Books) paid(key string, n int) {
	b.owing.Lock()
	defer b.owing.Unlock()
	if b.owed[key] = b.owed[key][n:]; len(b.owed[key]) == 0 {
		delete(b.owed, key)
	}
}

// unkept refuses a request whose use could not be written down.
func (b *Books) unkept(name string, cause error) error {
	if errors.Is(cause, context.Canceled) {
		return cause
	}
	return &autherr.Error{
		Kind: autherr.Failed, Code: autherr.CodeFileUnwritable, Err: cause,
		Message: "what the key " + name + " has used could not be written down: " + cause.Error(),
		Hint:    "nothing is sent for it until that works; its books are in " + b.dir,
	}
}

// usedUp says that a limit is.
func usedUp(name string, full Full, now time.Time) error {
	return &autherr.Error{
		Kind: autherr.CoolingDown, Code: autherr.CodeBudget, RetryAfter: max(full.Resets.Sub(now), time.Second),
		Message: "the key " + name + " has used up its " + full.Limit.String() + "; it serves again at " + full.Resets.Local().Format(time.DateTime),
		Hint:    "`hermes-tui key list` shows what keys have used",
	}
}

// crowded says that requests under way may use what is left.
func crowded(name string) error {
	return &autherr.Error{
		Kind: autherr.CoolingDown, Code: autherr.CodeBudget, RetryAfter: 5 * time.Second,
		Message: "requests that are under way may use what the key " + name + " has left",
		Hint:    "try again once one of them has ended",
	}
}
