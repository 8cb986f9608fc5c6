package etcd

import (
	"context"
	"errors"
	"math"
	"net/url"
	"strings"
	"sync"
	"time"
)

// Bounds of what a range may bring.
const (
	mostOfPage  = 512      // keys of an answer
	mostOfRange = 32 << 20 // bytes of all, about
)

// Get implements [Store].
func (c *Client) Get(ctx context.Context, keys ...string) (Answer, error) {
	if err := (Txn{Else: keys}).Check(); err != nil {
		return Answer{}, err
	}
	what := call{op: "get", method: "KV/Txn", body: readOf(keys)}
	data, err := c.ask(ctx, what)
	if err != nil {
		return Answer{}, err
	}
	r, err := txnIn(data, keys, true)
	if err == nil && !r.Succeeded {
		err = errBroken
	}
	return r.Answer, c.broken(what, err)
}

// Range implements [Store].
func (c *Client) Range(ctx context.Context, prefix string) (Answer, error) {
	if prefix == "" {
		return Answer{}, errNoKey("range")
	}
	all, end, size := Answer{}, after(prefix), 0
	for from, page := prefix, mostOfPage; ; {
		what := call{op: "range", method: "KV/Range", body: rangeOf(from, end, int64(page), all.Revision)}
		data, err := c.ask(ctx, what)
		if errors.Is(err, errTooLarge) && page > 1 {
			page = max(1, page/4)
			continue
		}
		if err != nil {
			return Answer{}, err
		}
		a, more, err := rangeIn(data, page)
		for _, kv := range a.KVs {
			if kv.Key < from || !strings.HasPrefix(kv.Key, prefix) {
				err = errBroken
			}
			from = kv.Key + "\x00"
		}
		if size += len(data); err == nil && size > c.most {
			err = errTooLarge
		}
		if err == nil && (a.Revision <= 0 || more && len(a.KVs) == 0) {
			err = errBroken
		}
		if err != nil {
			return Answer{}, c.broken(what, err)
		}
		if all.Revision == 0 {
			all.Header = a.Header
		}
		if all.KVs = append(all.KVs, a.KVs...); !more {
			return all, nil
		}
	}
}

// Commit implements [Store].
func (c *Client) Commit(ctx context.Context, t Txn) (Result, error) {
	if err := t.Check(); err != nil {
		return Result{}, err
	}
	what := call{op: "commit", method: "KV/Txn", body: txnOf(t), write: true}
	data, err := c.ask(ctx, what)
	if err != nil {
		return Result{}, err
	}
	r, err := txnIn(data, t.Else, false)
	if err != nil {
		return Result{}, c.broken(what, err)
	}
	return r, nil
}

// broken is the error of an answer that cannot be read, or nil.
func (c *Client) broken(what call, err error) error {
	if err == nil {
		return nil
	}
	e := &Error{Kind: Unreachable, Op: what.op, Err: err}
	if errors.Is(err, errTooLarge) {
		e.Kind = Refused
	}
	if what.write {
		e.Kind, e.Maybe = Unclear, true
	}
	return e
}

// Grant implements [Store]. It is asked as a read is: a lease that nobody heard
// of ends by itself.
func (c *Client) Grant(ctx context.Context, ttl time.Duration) (Lease, error) {
	if ttl <= 0 {
		return 0, refusal("grant", "a lease of no time")
	}
	what := call{op: "grant", method: "Lease/LeaseGrant", body: message{}.num(1, int64(math.Ceil(ttl.Seconds())))}
	data, err := c.ask(ctx, what)
	if err != nil {
		return 0, err
	}
	id, _, text, err := leaseIn(data)
	if err == nil && text != "" {
		return 0, refusal("grant", text)
	}
	if err == nil && id == 0 {
		err = errBroken
	}
	return id, c.broken(what, err)
}

// TimeToLive implements [Store].
func (c *Client) TimeToLive(ctx context.Context, lease Lease) (time.Duration, error) {
	what := call{op: "lease", method: "Lease/LeaseTimeToLive", body: message{}.num(1, int64(lease))}
	data, err := c.ask(ctx, what)
	if err != nil {
		return 0, err
	}
	_, seconds, _, err := leaseIn(data)
	switch {
	case err == nil && seconds < 0:
		return 0, &Error{Kind: LeaseGone, Op: what.op}
	case seconds > math.MaxInt32:
		err = errBroken
	}
	return time.Duration(seconds) * time.Second, c.broken(what, err)
}

// Revoke implements [Store].
func (c *Client) Revoke(ctx context.Context, lease Lease) error {
	_, err := c.ask(ctx, call{op: "revoke", method: "Lease/LeaseRevoke", body: message{}.num(1, int64(lease)), write: true})
	return err
}

// DeleteUser implements [Store].
func (c *Client) DeleteUser(ctx context.Context, name string) error {
	_, err := c.ask(ctx, call{op: "delete user", method: "Auth/UserDelete", body: message{}.text(1, name), write: true})
	return err
}

// Status implements [Store]. All endpoints are asked at the same time.
func (c *Client) Status(ctx context.Context) []Member {
	ctx, cancel := c.within(ctx, c.timeout)
	defer cancel()
	members := make([]Member, len(c.endpoints))
	var all sync.WaitGroup
	for i, at := range c.endpoints {
		all.Go(func() { members[i] = c.status(ctx, at) })
	}
	all.Wait()
	return members
}

// status is what one endpoint says of itself. Since etcd 3.6 only root may ask
// for all of it where there are users; the list of members everybody may.
func (c *Client) status(ctx context.Context, at *url.URL) (m Member) {
	what := call{op: "status", method: "Maintenance/Status"}
	data, failed := c.at(ctx, at, what, 0)
	if failed == nil {
		var err error
		if m, err = statusIn(data); err != nil {
			m = Member{Err: c.broken(what, err)}
		}
	} else if failed.Kind != Denied {
		m.Err = failed
	}
	if m.Endpoint = at.String(); m.Err != nil {
		return m
	}
	what.method = "Cluster/MemberList"
	data, refused := c.at(ctx, at, what, 0)
	if refused != nil {
		if failed != nil {
			m.Err = failed
		}
		return m
	}
	header, names, err := membersIn(data)
	if failed != nil {
		m.Header = header
	}
	if m.Name = names[m.Member]; err != nil {
		m.Err = c.broken(what, err)
	}
	return m
}
