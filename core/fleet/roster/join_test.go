package roster

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/secret"
	"github.com/hermes-tui/hermes-tui/internal/etcd"
	"github.com/hermes-tui/hermes-tui/internal/etcd/etcdtest"
)

func TestInvitation_Text(t *testing.T) {
	i := Invitation{[]string{"https://a:2379", "https://[::1]:2379"}, bytes.Repeat([]byte{7}, 32), "prod", secret.New("0123456789abcdef")}
	text := i.Text()
	for _, same := range []string{text, " " + text + "\n", strings.ToUpper(text), text[:40] + "\r\n  " + text[40:]} {
		got, err := ParseInvitation(same)
		if err != nil || !slices.Equal(got.Endpoints, i.Endpoints) || !bytes.Equal(got.CA, i.CA) || got.Fleet != i.Fleet || got.Secret != i.Secret {
			t.Errorf("%+v %v", got, err)
		}
	}
	for at := range text {
		for _, c := range "a7x-" {
			bad := text[:at] + string(c) + text[at+1:]
			if _, err := ParseInvitation(bad); bad != text && autherr.KindOf(err) != autherr.Usage {
				t.Errorf("letter %d: %v", at, err)
			}
		}
		if _, err := ParseInvitation(text[:at]); err == nil {
			t.Errorf("cut after %d", at)
		}
	}
	for bad, want := range map[string]string{
		"":                              "this is no invitation to a fleet",
		"htfleet":                       "this is no invitation to a fleet",
		"ghp-abc":                       "this is no invitation to a fleet",
		"htfleet2-abc":                  "this invitation was written by another version of hermes-tui",
		"htfleet1-":                     "the invitation is cut, or has a letter that it cannot have",
		"htfleet1-0189":                 "the invitation is cut, or has a letter that it cannot have",
		text[:len(text)-8] + "aaaaaaaa": "the invitation is cut or mistyped",
		text + "x":                      "the invitation is cut or mistyped",
		Invitation{nil, nil, "prod", i.Secret}.Text():                             "the invitation does not say where the fleet is",
		Invitation{[]string{"a b"}, nil, "prod", i.Secret}.Text():                 "the invitation does not say where the fleet is",
		Invitation{i.Endpoints, nil, "../prod", i.Secret}.Text():                  "the invitation does not say where the fleet is",
		Invitation{i.Endpoints, []byte{1}, "prod", i.Secret}.Text():               "the invitation does not say where the fleet is",
		Invitation{i.Endpoints, nil, "prod", secret.New("short")}.Text():          "the invitation does not say where the fleet is",
		Invitation{i.Endpoints, nil, "prod", secret.New("0123456789abcd")}.Text(): "the invitation does not say where the fleet is",
	} {
		_, err := ParseInvitation(bad)
		if err == nil || err.Error() != want {
			t.Errorf("%.20s: %v", bad, err)
		}
	}
}

func TestWords(t *testing.T) {
	list := words()
	if len(list) != 256 {
		t.Fatalf("%d words", len(list))
	}
	for i, a := range list {
		for _, b := range list[:i] {
			if len(a) == len(b) {
				n := 0
				for at := range a {
					if a[at] != b[at] {
						n++
					}
				}
				if n < 2 {
					t.Errorf("%s and %s", a, b)
				}
			}
		}
	}
	// They differ when anything does.
	in := Invitation{Secret: secret.New("0123456789abcdef")}
	k := Keys{"prod"}
	one := slip{Version: 1, State: asked, Fleet: "prod", Epoch: 1, Serial: 1, Key: []byte{1}, Recipient: "age1a", Role: Owner, Guest: "age1b", Name: "laptop"}
	six := in.slips(k).sixWords(one)
	for name, change := range map[string]func(*slip){
		"guest": func(s *slip) { s.Guest = "age1c" }, "name": func(s *slip) { s.Name = "desk" }, "role": func(s *slip) { s.Role = Reader },
		"recipient": func(s *slip) { s.Recipient = "age1d" }, "key": func(s *slip) { s.Key = []byte{2} },
	} {
		other := one
		if change(&other); slices.Equal(six, in.slips(k).sixWords(other)) {
			t.Error(name)
		}
	}
	if slices.Equal(six, Invitation{Secret: secret.New("0123456789abcdeX")}.slips(k).sixWords(one)) {
		t.Error("secret")
	}
	if one.State = admitted; !slices.Equal(six, in.slips(k).sixWords(one)) {
		t.Error("they change when it is answered")
	}
}

func TestJoin_Refused(t *testing.T) {
	b := newBench(t)
	desk, _ := b.found(t)
	r, c := b.ask(t, b.invite(t, desk, Owner), b.host(t, "laptop"), "laptop")
	if err := c.Refuse(t.Context()); err != nil {
		t.Fatal(err)
	}
	_, err := r.Wait(t.Context())
	is(t, err, ErrRefused)
	_, err = c.Accept(t.Context())
	isDamaged(t, "accepted afterwards", err)
	if got := names(mustAgain(t, desk)); len(got) != 1 {
		t.Error(got)
	}
}

// What an inviter has seen may be old: it does not offer an epoch that is over,
// and invites nobody where members do not change.
func TestInvite_LooksFirst(t *testing.T) {
	b := newBench(t)
	desk, _ := b.found(t)
	now, err := desk.Renew(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if i := b.invite(t, desk, Reader); i.offer.Epoch != 2 {
		t.Errorf("epoch %d is offered", i.offer.Epoch)
	}
	if _, err := now.MarkRestored(t.Context(), "a backup"); err != nil {
		t.Fatal(err)
	}
	_, err = now.Invite(t.Context(), Reader, endpoints, nil)
	is(t, err, ErrRestored)
}

// Whose link is cut is told so, with what may have become of what it sent.
func TestChange_Unclear(t *testing.T) {
	b := newBench(t)
	desk, _ := b.found(t)
	b.Client("desk").Next(slices.Repeat([]etcdtest.Fate{etcdtest.LoseRequest}, attempts)...)
	_, err := desk.Renew(t.Context())
	if !errors.Is(err, etcd.Unclear) || autherr.CodeOf(err) != autherr.CodeFleetBusy || strings.Contains(err.Error(), "\n") {
		t.Error(err)
	}
	if v, err := desk.Renew(t.Context()); err != nil || v.Epoch.Number() != 2 {
		t.Error(err)
	}
}

// A store that is full is said to be full, and not that others change the fleet.
func TestChange_Full(t *testing.T) {
	b := newBench(t)
	desk, _ := b.found(t)
	_, c := b.ask(t, b.invite(t, desk, Owner), b.host(t, "laptop"), "laptop")
	b.NoSpace(true)
	for name, change := range map[string]func() error{
		"renew":  func() error { _, err := desk.Renew(t.Context()); return err },
		"accept": func() error { _, err := c.Accept(t.Context()); return err },
		"refuse": func() error { return c.Refuse(t.Context()) },
	} {
		if err := change(); !errors.Is(err, etcd.NoSpace) || !strings.HasPrefix(err.Error(), "etcd is full") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestJoin_Expired(t *testing.T) {
	b := newBench(t)
	desk, _ := b.found(t)
	laptop := b.host(t, "laptop")

	i := b.invite(t, desk, Owner)
	b.clock.Advance(Life)
	_, err := laptop.Ask(t.Context(), i.Invitation, "laptop")
	is(t, err, ErrExpired)
	_, err = i.Wait(t.Context())
	is(t, err, ErrExpired)

	i = b.invite(t, desk, Owner)
	if err := i.Cancel(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := i.Cancel(t.Context()); err != nil {
		t.Error("twice", err)
	}
	_, err = laptop.Ask(t.Context(), i.Invitation, "laptop")
	is(t, err, ErrExpired)

	r, c := b.ask(t, b.invite(t, desk, Owner), laptop, "laptop")
	b.clock.Advance(Life)
	_, err = r.Wait(t.Context())
	is(t, err, ErrExpired)
	_, err = c.Accept(t.Context())
	is(t, err, ErrExpired)

	// Accepted at the last moment, and looked for after the answer is gone.
	r, c = b.ask(t, b.invite(t, desk, Owner), laptop, "laptop")
	b.clock.Advance(Life - time.Second)
	if _, err = c.Accept(t.Context()); err != nil {
		t.Fatal(err)
	}
	b.clock.Advance(Life)
	if v, err := r.Wait(t.Context()); err != nil || v.Me.Name != "laptop" {
		t.Error(err)
	}
	for _, kv := range b.all(t) {
		if strings.Contains(kv.Key, "/join/") {
			t.Errorf("%s is left", kv.Key)
		}
	}
}

func TestJoin_Twice(t *testing.T) {
	b := newBench(t)
	desk, _ := b.found(t)
	i := b.invite(t, desk, Owner)
	laptop := b.host(t, "laptop")
	r, c := b.ask(t, i, laptop, "laptop")
	_, err := b.host(t, "thief").Ask(t.Context(), i.Invitation, "laptop")
	is(t, err, ErrUsed)
	if again, err := laptop.Ask(t.Context(), i.Invitation, "laptop"); err != nil || !slices.Equal(again.Words, r.Words) {
		t.Error("asked again after an interruption", err)
	}
	desk, err = c.Accept(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if twice, err := c.Accept(t.Context()); err != nil || twice.Roster.Serial != desk.Roster.Serial {
		t.Error("accepted twice", err)
	}
	if again, err := laptop.Ask(t.Context(), i.Invitation, "laptop"); err != nil {
		t.Error(err)
	} else if v, err := again.Wait(t.Context()); err != nil || v.Me.Name != "laptop" {
		t.Error("asked again after it was accepted", err)
	}
	_, err = laptop.Ask(t.Context(), b.invite(t, desk, Reader).Invitation, "other")
	is(t, err, ErrMember)
	_, err = b.host(t, "third").Ask(t.Context(), b.invite(t, desk, Reader).Invitation, "laptop")
	is(t, err, ErrMember)
	// Two ask under one name before either is accepted.
	_, one := b.ask(t, b.invite(t, desk, Owner), b.host(t, "x"), "x")
	_, two := b.ask(t, b.invite(t, desk, Owner), b.host(t, "y"), "x")
	if _, err := one.Accept(t.Context()); err != nil {
		t.Error(err)
	}
	_, err = two.Accept(t.Context())
	is(t, err, ErrMember)
}

// Who stops asking is not let in, and may ask again, under another name too.
func TestJoin_Withdrawn(t *testing.T) {
	b := newBench(t)
	desk, _ := b.found(t)
	i, laptop := b.invite(t, desk, Owner), b.host(t, "laptop")
	r, c := b.ask(t, i, laptop, "laptop")
	for range 2 {
		if in, err := r.Withdraw(t.Context()); in || err != nil {
			t.Fatal(in, err)
		}
	}
	_, err := c.Accept(t.Context())
	is(t, err, ErrWithdrawn)
	is(t, c.Refuse(t.Context()), ErrWithdrawn)
	if got := names(mustAgain(t, desk)); len(got) != 1 {
		t.Error(got)
	}

	r, c = b.ask(t, i, laptop, "desk-2")
	if _, err := laptop.Ask(t.Context(), i.Invitation, "laptop"); autherr.KindOf(err) != autherr.Usage {
		t.Error("asked under another name than the one that is shown to who invites:", err)
	}
	if _, err := c.Accept(t.Context()); err != nil {
		t.Fatal(err)
	}
	if in, err := r.Withdraw(t.Context()); !in || err != nil {
		t.Error("withdrawn when it was let in:", in, err)
	}
	if v, err := r.Wait(t.Context()); err != nil || v.Me.Name != "desk-2" {
		t.Error(err)
	}
	b.clock.Advance(Life)
	if in, err := r.Withdraw(t.Context()); in || err != nil {
		t.Error("withdrawn when the invitation is over:", in, err)
	}
}

// What an administrator of the etcd can do to what stands there meanwhile.
func TestJoin_Altered(t *testing.T) {
	b := newBench(t)
	desk, _ := b.found(t)
	laptop := b.host(t, "laptop")
	asks := func(h Host, i *Invite) error { _, err := h.Ask(t.Context(), i.Invitation, "laptop"); return err }
	waits := func(i *Invite) error { _, err := i.Wait(t.Context()); return err }

	i := b.invite(t, desk, Owner)
	offer := b.get(t, i.slips.key)
	for at := range offer {
		bad := bytes.Clone(offer)
		bad[at] ^= 1
		b.put(t, i.slips.key, bad)
		if err := asks(laptop, i); err == nil || errors.Is(err, ErrUsed) {
			t.Fatalf("offer, byte %d: %v", at, err)
		}
	}
	// An offer of another invitation, of the same fleet, is not this one's.
	other := b.invite(t, desk, Reader)
	b.put(t, i.slips.key, b.get(t, other.slips.key))
	isDamaged(t, "another's offer", asks(laptop, i))

	b.put(t, i.slips.key, offer)
	r, c := b.ask(t, i, laptop, "laptop")
	request := b.get(t, i.slips.key)
	for at := range request {
		bad := bytes.Clone(request)
		bad[at] ^= 1
		b.put(t, i.slips.key, bad)
		if err := waits(i); err == nil {
			t.Fatalf("request, byte %d: %v", at, err)
		}
		if at%16 != 0 {
			continue
		}
		if _, err := c.Accept(t.Context()); autherr.CodeOf(err) != autherr.CodeRecordDamaged {
			t.Fatalf("request, byte %d, after it was shown: %v", at, err)
		}
	}
	// The joiner sees what it did not write, and an offer that was put back.
	b.put(t, i.slips.key, offer)
	_, err := r.Wait(t.Context())
	isDamaged(t, "the offer put back", err)
	b.put(t, i.slips.key, request)
	if _, err := c.Accept(t.Context()); err != nil {
		t.Fatal(err)
	}
	answer := b.get(t, i.slips.key)
	for at := range answer {
		bad := bytes.Clone(answer)
		bad[at] ^= 1
		b.put(t, i.slips.key, bad)
		if v, err := r.Wait(t.Context()); err == nil {
			t.Fatalf("answer, byte %d: %v", at, v.Me)
		}
	}
	// An answer that is replayed to another invitation is none.
	r, _ = b.ask(t, b.invite(t, desk, Owner), b.host(t, "third"), "third")
	b.put(t, r.slips.key, answer)
	_, err = r.Wait(t.Context())
	isDamaged(t, "replayed", err)
	// Somebody else who has the invitation answers, with a fleet of their own.
	r, _ = b.ask(t, b.invite(t, desk, Owner), b.host(t, "fifth"), "fifth")
	one := r.slip
	one.State, one.Key = admitted, make([]byte, 32)
	value, _ := r.slips.write(one)
	b.put(t, r.slips.key, value)
	_, err = r.Wait(t.Context())
	isDamaged(t, "another's answer", err)
	// Somebody else who has it asks with an offer of their own.
	i = b.invite(t, desk, Reader)
	one = i.offer
	one.State, one.Role, one.Guest, one.Name = asked, Owner, r.slip.Guest, "sixth"
	value, _ = i.slips.write(one)
	b.put(t, i.slips.key, value)
	isDamaged(t, "a reader's invitation used as an owner's", waits(i))
	// Even an answer of the right form does not let in who is no member.
	r, _ = b.ask(t, b.invite(t, desk, Owner), b.host(t, "fourth"), "fourth")
	one = r.slip
	one.State = admitted
	value, _ = r.slips.write(one)
	b.put(t, r.slips.key, value)
	_, err = r.Wait(t.Context())
	is(t, err, ErrNotMember)
}

// The administrator shows a joiner a fleet of their own.
func TestJoin_AnotherFleet(t *testing.T) {
	b := newBench(t)
	desk, _ := b.found(t)
	i := b.invite(t, desk, Owner)
	fake := newBench(t)
	fake.found(t)
	for _, key := range []string{b.keys.Fleet(), b.keys.Stamp(), b.keys.Epoch(1)} {
		b.put(t, key, fake.get(t, key))
	}
	_, err := b.host(t, "laptop").Ask(t.Context(), i.Invitation, "laptop")
	isDamaged(t, "another fleet", err)
	h := b.host(t, "laptop")
	h.Keys, _ = NewKeys("other")
	if _, err := h.Ask(t.Context(), i.Invitation, "laptop"); autherr.KindOf(err) != autherr.Usage {
		t.Error(err)
	}
}

// A removal between question and answer: the epoch is another one then, and its
// signatures lead to it.
func TestJoin_WhileTheEpochChanges(t *testing.T) {
	b := newBench(t)
	desk, _ := b.found(t)
	r, c := b.ask(t, b.invite(t, desk, Reader), b.host(t, "pod"), "pod")
	if _, err := desk.Renew(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Accept(t.Context()); err != nil {
		t.Fatal(err)
	}
	if v, err := r.Wait(t.Context()); err != nil || v.Roster.Epoch != 2 {
		t.Error(err)
	}
}

// Both sides wait, and hear of each other by the watch; a link that is cut
// meanwhile is made anew.
func TestJoin_Waits(t *testing.T) {
	b := newBench(t)
	desk, _ := b.found(t)
	i := b.invite(t, desk, Owner)
	watches := make(chan string, 100)
	b.OnStep(func(client, op string) {
		if op == "watch" {
			watches <- client
		}
	})
	type found struct {
		c   *Candidate
		err error
	}
	candidates := make(chan found)
	go func() {
		c, err := i.Wait(t.Context())
		candidates <- found{c, err}
	}()
	<-watches
	b.Client("desk").Cut(true)
	b.clock.WaitFor(1)
	b.Client("desk").Cut(false)
	b.clock.Advance(pause)
	<-watches
	r, err := b.host(t, "laptop").Ask(t.Context(), i.Invitation, "laptop")
	if err != nil {
		t.Fatal(err)
	}
	f := <-candidates
	if f.err != nil {
		t.Fatal(f.err)
	}
	views := make(chan error)
	go func() {
		_, err := r.Wait(t.Context())
		views <- err
	}()
	<-watches
	if _, err := f.c.Accept(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := <-views; err != nil {
		t.Error(err)
	}

	ctx, cancel := context.WithCancel(t.Context())
	i = b.invite(t, desk, Owner)
	go func() {
		_, err := i.Wait(ctx)
		views <- err
	}()
	<-watches
	cancel()
	if err := <-views; !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	if err := b.Client("root").DeleteUser(t.Context(), "desk"); err != nil {
		t.Fatal(err)
	}
	if _, err := i.Wait(t.Context()); !errors.Is(err, etcd.Denied) {
		t.Error(err)
	}
}

// Every step of joining, with each thing that can become of its transaction.
func TestJoin_Lost(t *testing.T) {
	for name, fate := range map[string]etcdtest.Fate{
		"request lost": etcdtest.LoseRequest, "answer lost": etcdtest.LoseAnswer, "twice": etcdtest.Twice, "again": etcdtest.Again, "late": etcdtest.Late,
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			release := func() {
				for _, c := range b.Calls() {
					_, _ = c.Release()
				}
			}
			h := b.host(t, "desk")
			b.Client("desk").Next(fate)
			desk, _, err := h.Init(t.Context(), "desk")
			if err != nil {
				t.Fatal(err)
			}
			release()
			b.Client("desk").Next(fate)
			i := b.invite(t, desk, Owner)
			release()
			b.Client("laptop").Next(fate)
			r, c := b.ask(t, i, b.host(t, "laptop"), "laptop")
			release()
			b.Client("desk").Next(fate)
			if desk, err = c.Accept(t.Context()); err != nil {
				t.Fatal(err)
			}
			release()
			laptop, err := r.Wait(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if got := names(mustAgain(t, desk)); len(got) != 2 || laptop.Roster.Serial != 2 {
				t.Errorf("%v, serial %d", got, laptop.Roster.Serial)
			}
			b.Client("desk").Next(fate)
			r, c = b.ask(t, b.invite(t, desk, Reader), b.host(t, "pod"), "pod")
			release()
			b.Client("desk").Next(fate)
			if err := c.Refuse(t.Context()); err != nil {
				t.Fatal(err)
			}
			release()
			_, err = r.Wait(t.Context())
			is(t, err, ErrRefused)
			b.Client("desk").Next(fate)
			if desk, err = desk.RemoveMember(t.Context(), laptop.Me.ID); err != nil || desk.Epoch.Number() != 2 {
				t.Fatal(err)
			}
			release()
			if mustAgain(t, desk).Epoch.Number() != 2 {
				t.Error("the late one landed too")
			}
		})
	}
}
