package roster

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/secret"
	"github.com/hermes-tui/hermes-tui/internal/etcd"
	"github.com/hermes-tui/hermes-tui/internal/etcd/etcdtest"
)

// play is a random story of a fleet: hosts that come and go, each with what it
// has last kept, over links that lose, double and delay transactions, with others
// in between a read and a write.
type play struct {
	*rapid.T
	ctx    context.Context
	b      *bench
	hosts  []*actor
	paper  secret.Secret // the newest recovery key; zero where nobody knows
	nested bool
}

// actor is a host that is, or once was, a member.
type actor struct {
	host Host
	name string
	view *View // as it was when it last looked
	seen Seen
}

func TestProperty(t *testing.T) {
	longest := 5
	if testing.Short() {
		longest = 2
	}
	rapid.Check(t, func(rt *rapid.T) {
		b := newBench(t)
		p := &play{T: rt, ctx: t.Context(), b: b}
		first := p.arrive()
		v, paper, err := first.host.Init(p.ctx, first.name)
		if err != nil {
			rt.Fatal(err)
		}
		first.keep(v)
		p.paper, p.hosts = paper, []*actor{first}
		b.Decide(p.fate)
		b.OnStep(p.between)
		for range rapid.IntRange(1, longest).Draw(rt, "length") {
			p.act()
			p.land()
			p.holds(t)
		}
		p.history(t)
	})
}

func (p *play) fate(string, etcd.Txn) etcdtest.Fate {
	return rapid.SampledFrom([]etcdtest.Fate{
		etcdtest.Deliver, etcdtest.Deliver, etcdtest.Deliver, etcdtest.LoseRequest, etcdtest.LoseAnswer, etcdtest.Twice, etcdtest.Again, etcdtest.Late,
	}).Draw(p.T, "fate")
}

// between lets another host act right before a transaction is sent.
func (p *play) between(_, op string) {
	if op != "commit" || p.nested {
		return
	}
	p.nested = true
	defer func() { p.nested = false }()
	switch rapid.IntRange(0, 5).Draw(p.T, "between") {
	case 0:
		p.act()
	case 1:
		p.land()
	}
}

// land lets some of what lies in the network arrive.
func (p *play) land() {
	for _, c := range p.b.Calls() {
		if rapid.Bool().Draw(p.T, "lands") {
			_, _ = c.Release()
		}
	}
}

func (p *play) arrive() *actor {
	id, err := NewIdentity()
	if err != nil {
		p.Fatal(err)
	}
	name := fmt.Sprintf("host-%d", len(p.hosts))
	return &actor{host: Host{Store: p.b.Client(name), Keys: p.b.keys, Identity: id, Clock: p.b.clock}, name: name}
}

func (a *actor) keep(v *View) { a.view, a.seen = v, v.Seen() }

// someone is one of the hosts, with the view that it has or a newer one, or nil.
func (p *play) someone(what string) *actor {
	a := rapid.SampledFrom(p.hosts).Draw(p.T, what)
	if rapid.Bool().Draw(p.T, "looks") {
		v, err := a.host.Open(p.ctx, a.seen)
		if err != nil {
			p.expect("open", err)
			return nil
		}
		a.keep(v)
	}
	if a.view == nil {
		return nil
	}
	return a
}

func (p *play) act() {
	switch what := rapid.SampledFrom([]string{"join", "join", "join", "remove", "remove", "leave", "renew", "new recovery", "recover"}).Draw(p.T, "act"); what {
	case "join":
		p.join()
	case "recover":
		p.recover()
	default:
		a := p.someone("who")
		if a == nil {
			return
		}
		var v *View
		var err error
		switch what {
		case "remove":
			id := rapid.SampledFrom(a.view.Roster.Members).Draw(p.T, "whom").ID
			v, err = a.view.RemoveMember(p.ctx, id)
			if err == nil && slices.ContainsFunc(v.Roster.Members, func(m Member) bool { return m.ID == id }) {
				p.Fatal("removed, and still a member")
			}
		case "leave":
			err = a.view.Leave(p.ctx)
		case "renew":
			v, err = a.view.Renew(p.ctx)
		case "new recovery":
			var paper secret.Secret
			if v, paper, err = a.view.NewRecovery(p.ctx); err == nil && p.now().Recovery == mustParse(p, paper.Reveal()).Recipient().String() {
				p.paper = paper
			}
		}
		p.expect(what, err)
		if v != nil && err == nil {
			a.keep(v)
		}
	}
}

func (p *play) join() {
	by := p.someone("inviter")
	if by == nil || len(p.hosts) > 6 {
		return
	}
	role := rapid.SampledFrom([]Role{Owner, Reader}).Draw(p.T, "role")
	i, err := by.view.Invite(p.ctx, role, endpoints, nil)
	if err != nil {
		p.expect("invite", err)
		return
	}
	a := p.arrive()
	p.hosts = append(p.hosts, a)
	r, err := a.host.Ask(p.ctx, i.Invitation, a.name)
	if err != nil {
		p.expect("ask", err)
		return
	}
	c, err := i.Wait(p.ctx)
	if err != nil {
		p.Fatal(err)
	}
	if !slices.Equal(c.Words, r.Words) {
		p.Fatal("other words")
	}
	v, err := c.Accept(p.ctx)
	if err != nil {
		p.expect("accept", err)
		return
	}
	by.keep(v)
	if v, err = r.Wait(p.ctx); err != nil {
		p.expect("wait", err)
		return
	}
	a.keep(v)
}

func (p *play) recover() {
	if p.paper.IsZero() || p.now().Recovery != mustParse(p, p.paper.Reveal()).Recipient().String() {
		return
	}
	a := p.arrive()
	p.hosts = append(p.hosts, a)
	v, paper, err := a.host.Recover(p.ctx, p.paper, a.name)
	if err != nil {
		p.expect("recover", err)
		return
	}
	p.paper = paper
	a.keep(v)
}

// expect fails the story at an error that nothing in it explains.
func (p *play) expect(what string, err error) {
	for _, fine := range []error{ErrNotMember, ErrNotOwner, ErrLastOwner, etcd.Unclear, &autherr.Error{Code: autherr.CodeNoSuchMember}, &autherr.Error{Code: autherr.CodeFleetBusy}} {
		if errors.Is(err, fine) {
			return
		}
	}
	if err != nil && autherr.KindOf(err) != autherr.Usage {
		p.Fatalf("%s: %v", what, err)
	}
}

// now is the roster as it stands.
func (p *play) now() Roster {
	a, err := p.b.Client("observer").Get(p.ctx, p.b.keys.Fleet())
	if err != nil {
		p.Fatal(err)
	}
	r, _, err := parse(p.b.keys, a.KVs[0].Value)
	if err != nil {
		p.Fatal(err)
	}
	return r
}

// holds checks what is to hold at every moment.
func (p *play) holds(t *testing.T) {
	r := p.now()
	sealed := p.b.get(t, p.b.keys.Epoch(r.Epoch))
	probe := []byte(nil)
	for _, a := range p.hosts {
		id := mustParse(p, a.host.Identity.Reveal())
		m, member := r.member(id.Recipient().String())
		epochs, err := openEpochs("", sealed, &r, id)
		if owner := member && m.Role == Owner; owner != (err == nil) {
			p.Fatalf("%s is an owner: %v; it opens epoch %d: %v", a.name, owner, r.Epoch, err)
		}
		if _, err := openReading("", &r, id); member != (err == nil) {
			p.Fatalf("%s is a member: %v; it opens what readers are given: %v", a.name, member, err)
		}
		if a.view == nil {
			continue // it does not know yet that it was accepted
		}
		v, err := a.host.Open(p.ctx, a.seen)
		if member != (err == nil) || !member && !errors.Is(err, ErrNotMember) {
			p.Fatalf("%s is a member: %v; it sees: %v", a.name, member, err)
		}
		if !member {
			if last := a.view.Epoch; last != nil && last.number == r.Epoch && !r.Departed {
				p.Fatalf("%s is out, and has the key of epoch %d", a.name, r.Epoch)
			}
			continue
		}
		if m.Role == Reader {
			continue
		}
		if probe == nil {
			if probe, err = epochs[0].Seal([]byte("blob")); err != nil {
				p.Fatal(err)
			}
		}
		if got, err := v.Epoch.Open(probe); string(got) != "blob" || len(v.past) != int(r.Epoch)-1 {
			p.Fatalf("%s: %v, and %d epochs before", a.name, err, len(v.past))
		}
	}
}

// history checks that there was one roster after the other, each with a stamp of
// its own.
func (p *play) history(t *testing.T) {
	var last Roster
	stamps := map[string]bool{}
	for batch, err := range p.b.Client("observer").Watch(p.ctx, p.b.keys.Prefix(), 1) {
		if err != nil {
			p.Fatal(err)
		}
		at := map[string][]byte{}
		for _, e := range batch.Events {
			at[e.Key] = e.Value
		}
		fleet, stamp := at[p.b.keys.Fleet()], at[p.b.keys.Stamp()]
		if (fleet == nil) != (stamp == nil) {
			p.Fatal("roster and stamp are written apart")
		}
		if fleet != nil {
			r, _, err := parse(p.b.keys, fleet)
			if err != nil || stamps[string(stamp)] || r.Serial != last.Serial+1 || r.Epoch < last.Epoch || r.Epoch > last.Epoch+1 {
				p.Fatalf("epoch %d, serial %d after epoch %d, serial %d: %v", r.Epoch, r.Serial, last.Epoch, last.Serial, err)
			}
			for i, l := range last.Links {
				if !bytes.Equal(l.Key, r.Links[i].Key) {
					p.Fatal("another past")
				}
			}
			last, stamps[string(stamp)] = r, true
		}
		if batch.Next > p.b.Revision() {
			return
		}
	}
}
