package etcdtest

import (
	"context"
	"slices"

	"github.com/hermes-tui/hermes-tui/internal/etcd"
)

// Fate is what becomes of a transaction between a client and the store.
type Fate int

// What can become of a transaction.
const (
	Deliver     Fate = iota // it is applied and answered
	LoseRequest             // it never arrives
	LoseAnswer              // it is applied, and the client does not hear of it
	Twice                   // it is applied twice, one after the other, and the first is answered
	Again                   // it is applied and answered, and arrives once more when its [Call] is released
	Late                    // the client gives up, and it arrives when its [Call] is released
	HoldBefore              // it stands before the store until its [Call] is released
	HoldAfter               // it is applied, and its answer waits until its [Call] is released
	FullAfter               // it is applied, and answered with NoSpace, as etcd does with the one that fills it
)

// Call is a transaction that is under way, until it is released or dropped.
type Call struct {
	Client string
	Txn    etcd.Txn

	f       *Fake
	applied bool
	result  etcd.Result
	err     error
	done    chan struct{} // closed when it is over
}

// Release lets it go on: it is applied if it was not, and whoever still waits is
// answered. It says what the store said.
func (c *Call) Release() (etcd.Result, error) {
	c.f.mu.Lock()
	defer c.f.mu.Unlock()
	if c.over() {
		return c.result, c.err
	}
	if !c.applied {
		c.result, c.err = c.f.apply(c.Client, c.Txn)
	}
	c.end()
	return c.result, c.err
}

// Drop loses it: what was not applied never will be, and whoever waits is not
// answered.
func (c *Call) Drop() {
	c.f.mu.Lock()
	defer c.f.mu.Unlock()
	if !c.over() {
		c.result, c.err = etcd.Result{}, unclear("the stream was lost")
		c.end()
	}
}

func (c *Call) over() bool { return !slices.Contains(c.f.calls, c) }

func (c *Call) end() {
	c.f.calls = slices.DeleteFunc(c.f.calls, func(other *Call) bool { return other == c })
	close(c.done)
	c.f.tell()
}

// Decide has decide say what becomes of every transaction for which its client
// has no [Client.Next].
func (f *Fake) Decide(decide func(client string, t etcd.Txn) Fate) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.decide = decide
}

// Calls are those under way, oldest first.
func (f *Fake) Calls() []*Call {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.calls)
}

// WaitCalls waits until n transactions are under way, or ctx is done.
func (f *Fake) WaitCalls(ctx context.Context, n int) error {
	for {
		f.mu.Lock()
		reached, changed := len(f.calls) >= n, f.changed
		f.mu.Unlock()
		if reached {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func unclear(text string) error { return fail(etcd.Unclear, "commit", text) }

// keep puts a transaction among those under way.
func (f *Fake) keep(client string, t etcd.Txn, applied bool) *Call {
	call := &Call{Client: client, Txn: t, f: f, applied: applied, done: make(chan struct{})}
	f.calls = append(f.calls, call)
	f.tell()
	return call
}

// Commit implements [etcd.Store].
func (c *Client) Commit(ctx context.Context, t etcd.Txn) (etcd.Result, error) {
	c.f.stepped(c.name, "commit")
	if err := t.Check(); err != nil {
		return etcd.Result{}, err
	}
	c.f.mu.Lock()
	defer c.f.mu.Unlock()
	if err := c.reach(ctx, "commit"); err != nil {
		return etcd.Result{}, err
	}
	switch fate := c.fate(t); fate {
	case LoseRequest:
		return etcd.Result{}, unclear("the stream was lost")
	case LoseAnswer:
		_, _ = c.f.apply(c.name, t)
		return etcd.Result{}, unclear("the stream was lost")
	case Late:
		c.f.keep(c.name, t, false)
		return etcd.Result{}, unclear("no answer in time")
	case FullAfter:
		if result, err := c.f.apply(c.name, t); err != nil || !result.Succeeded {
			return result, err
		}
		return etcd.Result{}, &etcd.Error{Kind: etcd.NoSpace, Maybe: true, Op: "commit", Text: "etcdserver: mvcc: database space exceeded"}
	case Twice, Again:
		result, err := c.f.apply(c.name, t)
		if fate == Twice {
			_, _ = c.f.apply(c.name, t)
		} else {
			c.f.keep(c.name, t, false)
		}
		return result, err
	case HoldBefore, HoldAfter:
		return c.held(ctx, t, fate == HoldAfter)
	}
	return c.f.apply(c.name, t)
}

// held waits for the call's release, without the lock. Whose context ends or
// whose link is cut meanwhile does not know what becomes of the transaction,
// which stays under way.
func (c *Client) held(ctx context.Context, t etcd.Txn, apply bool) (etcd.Result, error) {
	var result etcd.Result
	var err error
	if apply {
		result, err = c.f.apply(c.name, t)
	}
	call := c.f.keep(c.name, t, apply)
	call.result, call.err = result, err
	for cuts := c.cuts; cuts == c.cuts; {
		changed := c.f.changed
		c.f.mu.Unlock()
		select {
		case <-call.done:
		case <-changed:
		case <-ctx.Done():
		}
		c.f.mu.Lock()
		if call.over() {
			return call.result, call.err
		}
		if err := ctx.Err(); err != nil {
			return etcd.Result{}, &etcd.Error{Kind: etcd.Unclear, Maybe: true, Op: "commit", Err: err}
		}
	}
	return etcd.Result{}, unclear("the link was cut")
}

func (c *Client) fate(t etcd.Txn) Fate {
	if len(c.next) > 0 {
		fate := c.next[0]
		c.next = c.next[1:]
		return fate
	}
	if c.f.decide != nil {
		return c.f.decide(c.name, t)
	}
	return Deliver
}
