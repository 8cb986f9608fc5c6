package etcd

import (
	"context"
	"errors"
	"io"
	"iter"
	"net/url"
	"strings"
	"time"
)

// mostOfBatch is how much the pieces of one batch may come to.
const mostOfBatch = 2 * mostMessage

// Watch implements [Store]. It asks every now and then how far it is, so that
// there is a batch in each [Config.Notice] while all is well.
func (c *Client) Watch(ctx context.Context, prefix string, from int64) iter.Seq2[Batch, error] {
	return func(yield func(Batch, error) bool) {
		if prefix == "" || from <= 0 {
			yield(Batch{}, refusal("watch", "no prefix, or no revision"))
			return
		}
		last := &Error{Kind: Unreachable, Op: "watch"}
		for _, turn := range c.order() {
			w := watcher{c: c, at: c.endpoints[turn], prefix: prefix, next: from}
			stood, err := w.run(ctx, yield)
			if err == nil { // nobody listens any more
				return
			}
			if last = err; !err.again(false) || ctx.Err() != nil {
				break
			}
			if c.begin(turn + 1); stood {
				break
			}
		}
		yield(Batch{}, last)
	}
}

// watcher is one stream.
type watcher struct {
	c      *Client
	at     *url.URL
	prefix string
	next   int64
	id     int64
}

// run is a watch at one endpoint. It says whether it ever stood, and ends with an
// error, or with none if nobody listens.
func (w *watcher) run(ctx context.Context, yield func(Batch, error) bool) (stood bool, err *Error) {
	what := call{op: "watch"}
	token, failed := w.c.token(ctx, w.at, nil, w.c.share)
	for renewed := false; ; renewed = true {
		if failed != nil {
			return stood, w.c.judge(what, w.at, failed, true)
		}
		stood, failed = w.stream(ctx, token, yield)
		if failed == nil {
			return stood, nil
		}
		if stood || renewed || !w.mayRenew(failed) {
			if e := (*Error)(nil); errors.As(failed, &e) {
				return stood, e
			}
			return stood, w.c.judge(what, w.at, failed, true)
		}
		token, failed = w.c.token(ctx, w.at, &token, w.c.share)
	}
}

// mayRenew is of a refused watch: etcd 3.4 says of an old token only that it is
// denied.
func (w *watcher) mayRenew(err error) bool {
	return w.c.pass.renews(err) || w.c.pass.user != "" && errors.Is(err, Denied)
}

// stream opens a watch, and tells what it says.
func (w *watcher) stream(parent context.Context, token string, yield func(Batch, error) bool) (stood bool, err error) {
	ctx, free := w.c.within(parent, 0)
	defer free()
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	opening := time.AfterFunc(w.c.share, func() { cancel(errNoAnswer) })
	defer opening.Stop()

	asked, ask := io.Pipe()
	asking := make(chan struct{})
	wanted := watchOf(w.prefix, w.next)
	go func() {
		defer close(asking)
		w.asks(ctx, ask, wanted)
	}()
	defer func() {
		cancel(nil)
		_ = asked.CloseWithError(errClosed)
		<-asking
	}()
	resp, err := w.c.post(ctx, w.at, "Watch/Watch", token, asked, -1)
	if err != nil {
		return false, because(ctx, err)
	}
	defer func() { _ = resp.Body.Close() }()

	var pieces []Event
	for size := 0; ; {
		data, err := unframe(resp.Body)
		if err == io.EOF {
			if err = outcome(resp); err == nil {
				err = io.ErrUnexpectedEOF // a watch has no good end
			}
		}
		if err != nil {
			return stood, because(ctx, err)
		}
		said, err := watchIn(data)
		if err != nil {
			return stood, err
		}
		if said.canceled {
			return stood, w.canceled(said)
		}
		if !stood {
			if !said.created || !opening.Stop() {
				return false, because(ctx, errBroken)
			}
			stood, w.id = true, said.id
		}
		if size += len(data); size > mostOfBatch || len(pieces)+len(said.events) > mostEvents {
			return stood, errTooLarge
		}
		if pieces = append(pieces, said.events...); said.fragment {
			continue
		}
		batch := Batch{Header: said.Header, Events: pieces}
		if pieces, size = nil, 0; !w.follows(&batch, said) {
			return stood, errBroken
		}
		if !yield(batch, nil) {
			return stood, nil
		}
	}
}

// asks sends what a watch sends: what it wants to be told of, and from time to
// time how far it is.
func (w *watcher) asks(ctx context.Context, to *io.PipeWriter, m message) {
	every := time.NewTicker(w.c.notice)
	defer every.Stop()
	for ; ; m = progressOf() {
		if _, err := to.Write(frame(m)); err != nil {
			return
		}
		select {
		case <-every.C:
		case <-ctx.Done():
			_ = to.CloseWithError(errClosed)
			return
		}
	}
}

// follows sets what is next after a batch, and says whether the batch can be one
// that follows the last.
func (w *watcher) follows(b *Batch, said told) bool {
	for _, e := range b.Events {
		// several events are of one revision, and a batch has all of them
		if e.Mod < w.next || !strings.HasPrefix(e.Key, w.prefix) {
			return false
		}
	}
	for i, e := range b.Events {
		if i > 0 && e.Mod < b.Events[i-1].Mod {
			return false
		}
	}
	switch n := len(b.Events); {
	case n > 0:
		// not what the header says: the store is ahead of a watch that catches up
		w.next = b.Events[n-1].Mod + 1
	case !said.created && said.id == w.id:
		// told behind all events up to there; an answer to our question is not told
		// for this watch, and has overtaken events before etcd 3.4.25
		w.next = max(w.next, said.Revision+1)
	}
	b.Next = w.next
	return said.Revision > 0
}

// canceled is why etcd ended a watch.
func (w *watcher) canceled(said told) error {
	e := &Error{Kind: Refused, Op: "watch", Endpoint: w.at.Host, Text: said.reason, Revision: said.compacted}
	switch {
	case said.compacted > 0:
		e.Kind = Compacted
	case strings.HasSuffix(said.reason, "permission denied"), strings.HasSuffix(said.reason, "invalid auth token"):
		e.Kind = Denied
	case strings.HasSuffix(said.reason, "no leader"):
		e.Kind = NoLeader
	}
	return e
}
