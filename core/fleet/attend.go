package fleet

import (
	"context"
	"errors"
	"time"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/clock"
	"github.com/hermes-tui/hermes-tui/core/fleet/roster"
	"github.com/hermes-tui/hermes-tui/internal/etcd"
)

// skewSamples are how many of what a host has told last its clock is judged by: one
// that came late makes it look behind, and none makes it look ahead.
const skewSamples = 3

// Attend observes, until ctx is done, what only people ask for: which hosts are there,
// who signs in, and when the members change. It is for windows; [Heads.Watch] has to
// run beside it.
func (h *Heads) Attend(ctx context.Context) {
	a := attendant{h, map[string][]time.Duration{}}
	done := make(chan struct{}, 2)
	for _, part := range []struct {
		prefix string
		list   func(ctx context.Context, view View, listed etcd.Answer)
		event  func(view View, kv etcd.KV)
	}{
		{h.Keys.SignIns(), a.listSignIns, a.signIn},
		{h.Keys.Stamp(), func(context.Context, View, etcd.Answer) {}, func(View, etcd.KV) {}},
	} {
		go func() {
			a.keepUp(ctx, part.prefix, part.list, part.event)
			done <- struct{}{}
		}()
	}
	a.keepUp(ctx, h.Keys.Hosts(), a.listHosts, a.host)
	<-done
	<-done
}

// attendant observes for a window.
type attendant struct {
	*Heads
	skews map[string][]time.Duration // of each host, the newest last
}

// keepUp lists what is below a prefix and follows what changes there, again and again.
func (a attendant) keepUp(ctx context.Context, prefix string, list func(context.Context, View, etcd.Answer), event func(View, etcd.KV)) {
	for ctx.Err() == nil {
		err := a.followPrefix(ctx, prefix, list, event)
		if errors.Is(err, roster.ErrNotMember) || clock.Sleep(ctx, a.Clock, watchPause) != nil {
			return
		}
	}
}

func (a attendant) followPrefix(ctx context.Context, prefix string, list func(context.Context, View, etcd.Answer), event func(View, etcd.KV)) error {
	view, err := a.look(ctx)
	if err != nil {
		return err
	}
	listed, err := a.Store.Range(ctx, prefix)
	if err != nil {
		return err
	}
	list(ctx, view, listed)
	for batch, err := range a.Store.Watch(ctx, prefix, listed.Revision+1) {
		if err != nil {
			return err
		}
		for _, e := range batch.Events {
			if e.Key == a.Keys.Stamp() || a.newer(view, e.KV) {
				if view, err = a.look(ctx); err != nil {
					return err
				}
			}
			event(view, e.KV)
		}
	}
	return ctx.Err()
}

// look reads which members there are.
func (a attendant) look(ctx context.Context) (View, error) {
	got, err := a.Store.Get(ctx, a.Keys.Stamp())
	if err != nil {
		return nil, err
	}
	view, err := a.Team.View(ctx, got.KVs[0].Value)
	if err == nil {
		a.observer.change(func(o *Observed) { o.Stamp = view.Stamp() })
	}
	return view, err
}

// newer reports whether a value is of an epoch that the view does not know.
func (a attendant) newer(view View, kv etcd.KV) bool {
	if !kv.Found() || len(kv.Value) == 0 {
		return false
	}
	_, err := view.Unwrap(kv.Key, kv.Value)
	return autherr.CodeOf(err) == autherr.CodeOtherEpoch
}

func (a attendant) listHosts(ctx context.Context, view View, listed etcd.Answer) {
	here := map[string]Presence{}
	clear(a.skews)
	for _, kv := range listed.KVs {
		if name, ok := a.Keys.HostOf(kv.Key); ok {
			here[name] = a.aged(ctx, readPresence(view, kv.Key, kv.Value), kv.Lease, listed.Header)
			if here[name].Timed {
				a.skews[name] = []time.Duration{here[name].Skew}
			}
		}
	}
	a.observer.change(func(o *Observed) { o.Hosts = here })
}

func (a attendant) host(view View, kv etcd.KV) {
	name, ok := a.Keys.HostOf(kv.Key)
	if !ok {
		return
	}
	now := a.Clock.Now()
	if !kv.Found() {
		delete(a.skews, name)
		a.observer.change(func(o *Observed) {
			delete(o.Hosts, name)
			if o.Gone == nil {
				o.Gone = map[string]time.Time{}
			}
			o.Gone[name] = now
		})
		return
	}
	p := readPresence(view, kv.Key, kv.Value)
	if !p.At.IsZero() {
		p.Skew, p.Timed = a.skew(name, p.At.Sub(now)), true
	}
	a.observer.change(func(o *Observed) {
		if o.Hosts == nil {
			o.Hosts = map[string]Presence{}
		}
		o.Hosts[name] = p
		delete(o.Gone, name)
	})
}

// skew is by how much a host's clock is ahead, by the last few times that it was heard.
func (a attendant) skew(name string, one time.Duration) time.Duration {
	all := append(a.skews[name], one)
	all = all[max(len(all)-skewSamples, 0):]
	a.skews[name] = all
	most := all[0]
	for _, d := range all {
		most = max(most, d)
	}
	return most
}

func (a attendant) listSignIns(_ context.Context, view View, listed etcd.Answer) {
	under := map[string]SigningIn{}
	for _, kv := range listed.KVs {
		if id, ok := a.Keys.SignInOf(kv.Key); ok {
			if who := readSignIn(view, kv.Key, kv.Value); !a.mirror.killed(who, a.Host) {
				under[id] = a.whose(id, who)
			}
		}
	}
	a.observer.change(func(o *Observed) { o.SignIns = under })
}

func (a attendant) signIn(view View, kv etcd.KV) {
	id, ok := a.Keys.SignInOf(kv.Key)
	if !ok {
		return
	}
	who := SigningIn{}
	if kv.Found() {
		who = a.whose(id, readSignIn(view, kv.Key, kv.Value))
	}
	a.observer.change(func(o *Observed) {
		if o.SignIns == nil {
			o.SignIns = map[string]SigningIn{}
		}
		if o.SignIns[id] = who; !kv.Found() {
			delete(o.SignIns, id)
		}
	})
}

func (a attendant) whose(id string, s SigningIn) SigningIn {
	s.Mine = a.claims.mine(id, s.Once)
	return s
}
