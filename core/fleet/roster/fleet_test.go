package roster

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/secret"
)

func TestInit(t *testing.T) {
	b := newBench(t)
	desk, recovery := b.found(t)
	if !slices.Equal(names(desk), []string{"owner desk"}) || desk.Me.Name != "desk" || desk.Epoch.Number() != 1 || recovery.IsZero() || len(desk.Stamp()) != 16 {
		t.Errorf("%+v", desk.Roster)
	}
	if _, _, err := b.host(t, "other").Init(t.Context(), "other"); !errors.Is(err, ErrFleetExists) {
		t.Error(err)
	}
	if next, err := desk.Refresh(t.Context()); err != nil || next != desk {
		t.Error("nothing has changed, and the view is another", err)
	}
	if v := mustAgain(t, desk); !bytes.Equal(v.Stamp(), desk.Stamp()) || v.Epoch.recipient() != desk.Epoch.recipient() {
		t.Error("read again, it is another")
	}
}

func TestOpen_NeedsToHaveSeenTheFleet(t *testing.T) {
	b := newBench(t)
	h := b.host(t, "stranger")
	_, err := h.Open(t.Context(), Seen{})
	is(t, err, ErrNoFleet)
	desk, _ := b.found(t)
	_, err = h.Open(t.Context(), desk.Seen()) // with an identity that is no member's
	is(t, err, ErrNotMember)
	for _, name := range []string{"", "a\x1b[2J", string(make([]byte, 65))} {
		if _, _, err := h.Init(t.Context(), name); autherr.KindOf(err) != autherr.Usage {
			t.Errorf("%q: %v", name, err)
		}
	}
}

// Where there is no fleet, or none can be, it is said.
func TestNoFleet(t *testing.T) {
	b := newBench(t)
	h := b.host(t, "x")
	recovery, err := NewIdentity()
	if err != nil {
		t.Fatal(err)
	}
	_, _, err = h.Recover(t.Context(), recovery, "x")
	is(t, err, ErrNoFleet)
	h.Identity = secret.New("AGE-SECRET-KEY-1X")
	for name, use := range map[string]func() error{
		"open":    func() error { _, err := h.Open(t.Context(), Seen{}); return err },
		"init":    func() error { _, _, err := h.Init(t.Context(), "x"); return err },
		"recover": func() error { _, _, err := h.Recover(t.Context(), recovery, "x"); return err },
		"ask":     func() error { _, err := h.Ask(t.Context(), Invitation{}, "x"); return err },
	} {
		if err := use(); autherr.KindOf(err) != autherr.Usage || strings.Contains(err.Error(), "KEY-1X") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if len(b.all(t)) != 0 {
		t.Error("something was written")
	}
}

func TestJoin(t *testing.T) {
	b := newBench(t)
	desk, _ := b.found(t)
	i := b.invite(t, desk, Owner)
	r, c := b.ask(t, i, b.host(t, "laptop"), "laptop")
	if c.Name != "laptop" || len(r.Words) != 6 || !slices.Equal(r.Words, c.Words) || r.Role != Owner {
		t.Errorf("%s: %v, %v", c.Name, c.Words, r.Words)
	}
	before := desk.Stamp()
	desk, err := c.Accept(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	laptop, err := r.Wait(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{"owner desk", "owner laptop"}; !slices.Equal(names(laptop), want) || !slices.Equal(names(desk), want) || bytes.Equal(before, desk.Stamp()) {
		t.Errorf("%v, %v", names(desk), names(laptop))
	}
	sealed, err := desk.Epoch.Seal([]byte("blob"))
	if err != nil {
		t.Fatal(err)
	}
	if got, err := mustAgain(t, laptop).Epoch.Open(sealed); string(got) != "blob" {
		t.Error(err)
	}
	if sealed, err = laptop.Seal([]byte("blob")); err != nil {
		t.Fatal(err)
	}
	if got, err := desk.Open(sealed); string(got) != "blob" {
		t.Error(err)
	}
	key := b.keys.Head("0123456789")
	value, err := laptop.Wrap(key, []byte(`{"a": "<b>"}`))
	if err != nil {
		t.Fatal(err)
	}
	if body, err := desk.Unwrap(key, value); err != nil || string(body) != `{"a":"\u003cb\u003e"}` || Made(value) != 1 {
		t.Errorf("%s %v", body, err)
	}
	_, err = desk.Unwrap(b.keys.Head("9876543210"), value)
	isDamaged(t, "at another key", err)
	for at := range value {
		bad := bytes.Clone(value)
		bad[at] ^= 1
		if _, err := desk.Unwrap(key, bad); err == nil {
			t.Errorf("byte %d flipped: %s", at, bad)
		}
	}
	if again, err := b.host(t, "x").Ask(t.Context(), i.Invitation, "x"); !errors.Is(err, ErrUsed) {
		t.Errorf("used again: %v %v", again, err)
	}
}

func TestReaders(t *testing.T) {
	b := newBench(t)
	desk, _ := b.found(t)
	desk, pod := b.join(t, desk, "pod", Reader)
	desk, other := b.join(t, desk, "other", Reader)
	if pod.Epoch != nil || pod.Reading == nil || pod.Me.Role != Reader {
		t.Fatalf("%+v", pod.Me)
	}
	key := b.keys.Access("0123456789")
	value, err := desk.Epoch.SealAccess(key, []byte("token"))
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range []*View{pod, other, desk} {
		if got, err := mustAgain(t, v).Reading.OpenAccess(key, value); string(got) != "token" {
			t.Errorf("%s: %v", v.Me.Name, err)
		}
	}
	_, err = pod.Reading.OpenAccess(b.keys.Access("9876543210"), value)
	isDamaged(t, "at another key", err)
	for at := range value {
		bad := bytes.Clone(value)
		bad[at] ^= 1
		if _, err := pod.Reading.OpenAccess(key, bad); err == nil {
			t.Errorf("byte %d flipped: %s", at, bad)
		}
	}
	// What it asks for is told from what others write.
	wish := b.keys.Want("0123456789")
	asked, err := pod.Ask(wish, []byte(`{"gen":1}`))
	if err != nil {
		t.Fatal(err)
	}
	if got, err := desk.Asked(wish, asked); string(got) != `{"gen":1}` {
		t.Errorf("%s, %v", got, err)
	}
	_, err = desk.Asked(b.keys.Want("9876543210"), asked)
	isDamaged(t, "at another key", err)
	for at := range asked {
		bad := bytes.Clone(asked)
		bad[at] ^= 1
		if _, err := desk.Asked(wish, bad); err == nil {
			t.Errorf("byte %d flipped: %s", at, bad)
		}
	}
	// A reader changes nothing, and has no key of owners.
	if _, err := openEpochs("", pod.sealed, &pod.Roster, mustIdentity(t, pod)); err == nil {
		t.Error("a reader opens the epoch")
	}
	_, err = pod.Invite(t.Context(), Reader, endpoints, nil)
	is(t, err, ErrNotOwner)
	_, err = pod.RemoveMember(t.Context(), desk.Me.ID)
	is(t, err, ErrNotOwner)
	is(t, pod.Leave(t.Context()), ErrNotOwner)
	_, err = pod.Seal(nil)
	is(t, err, ErrNotOwner)
	_, err = pod.Open(value)
	is(t, err, ErrNotOwner)
	_, err = pod.Wrap(key, value)
	is(t, err, ErrNotOwner)
	_, err = pod.Unwrap(key, value)
	is(t, err, ErrNotOwner)
	// Removed, it opens nothing later.
	desk, err = desk.RemoveMember(t.Context(), pod.Me.ID)
	if err != nil {
		t.Fatal(err)
	}
	later, err := desk.Epoch.SealAccess(key, []byte("token"))
	if err != nil {
		t.Fatal(err)
	}
	_, err = pod.Reading.OpenAccess(key, later)
	is(t, err, ErrOtherEpoch)
	_, err = desk.Asked(wish, asked) // it asks for nothing any more
	is(t, err, ErrOtherEpoch)
	_, err = again(t.Context(), pod)
	is(t, err, ErrNotMember)
	if got, err := mustAgain(t, other).Reading.OpenAccess(key, later); string(got) != "token" {
		t.Error(err)
	}
	_, err = mustAgain(t, other).Reading.OpenAccess(key, value) // not sealed anew yet
	is(t, err, ErrOtherEpoch)
}

func TestRemoveMember(t *testing.T) {
	b := newBench(t)
	first, _ := b.found(t)
	first, laptop := b.join(t, first, "laptop", Owner)
	first, build := b.join(t, first, "build", Owner)
	key := b.keys.Head("0123456789")
	old, _ := first.Epoch.Wrap(key, []byte(`{}`))
	blob, _ := first.Epoch.Seal([]byte("blob"))
	desk, err := first.RemoveMember(t.Context(), laptop.Me.ID)
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{"owner desk", "owner build"}; !slices.Equal(names(desk), want) || desk.Epoch.Number() != 2 || b.get(t, b.keys.Epoch(1)) != nil {
		t.Errorf("%v, epoch %d", names(desk), desk.Epoch.Number())
	}
	for _, v := range []*View{laptop, build} { // whoever slept
		next, err := again(t.Context(), v)
		if v == laptop {
			is(t, err, ErrNotMember)
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		if got, err := next.Open(blob); string(got) != "blob" {
			t.Error(err)
		}
		if _, err := next.Unwrap(key, old); err != nil || Made(old) != 1 {
			t.Error(err)
		}
		bad := bytes.Clone(blob)
		bad[len(bad)-1] ^= 1
		_, err = next.Open(bad)
		isDamaged(t, "a blob of the epoch before, altered", err)
	}
	// Whoever comes later can seal anew what is left over, too.
	desk, late := b.join(t, desk, "late", Owner)
	if got, err := late.Open(blob); string(got) != "blob" {
		t.Error(err)
	}
	now, _ := desk.Epoch.Wrap(key, []byte(`{}`))
	_, err = build.Unwrap(key, now)
	is(t, err, ErrOtherEpoch)
	if _, err := openEpochs("", desk.sealed, &desk.Roster, mustIdentity(t, laptop)); err == nil {
		t.Error("a host that was removed opens the new epoch")
	}
	_, err = desk.RemoveMember(t.Context(), laptop.Me.ID)
	if autherr.CodeOf(err) != autherr.CodeNoSuchMember {
		t.Error(err)
	}
	if _, err = desk.RemoveMember(t.Context(), desk.Me.ID); autherr.KindOf(err) != autherr.Usage {
		t.Error(err)
	}
	if _, err = laptop.RemoveMember(t.Context(), desk.Me.ID); !errors.Is(err, ErrNotMember) {
		t.Error(err)
	}
	if v, err := first.RemoveMember(t.Context(), laptop.Me.ID); err != nil || v.Roster.Serial != desk.Roster.Serial {
		t.Error("by somebody who has not seen it yet", err)
	}
}

func TestLeave(t *testing.T) {
	b := newBench(t)
	desk, _ := b.found(t)
	is(t, desk.Leave(t.Context()), ErrLastOwner)
	desk, pod := b.join(t, desk, "pod", Reader)
	is(t, desk.Leave(t.Context()), ErrLastOwner)
	desk, laptop := b.join(t, desk, "laptop", Owner)
	if err := laptop.Leave(t.Context()); err != nil {
		t.Fatal(err)
	}
	_, err := again(t.Context(), laptop)
	is(t, err, ErrNotMember)
	desk = mustAgain(t, desk)
	if !desk.Roster.Departed || desk.Epoch.Number() != 1 || !slices.Equal(names(desk), []string{"owner desk", "reader pod"}) {
		t.Errorf("%+v", desk.Roster)
	}
	renewed, err := desk.Renew(t.Context())
	if err != nil || renewed.Roster.Departed || renewed.Epoch.Number() != 2 {
		t.Fatalf("%v", err)
	}
	if twice, err := desk.Renew(t.Context()); err != nil || twice.Epoch.Number() != 2 {
		t.Error("two owners at once make two epochs", err)
	}
	if _, err := again(t.Context(), pod); err != nil {
		t.Error(err)
	}
}

func TestRecover(t *testing.T) {
	b := newBench(t)
	desk, paper := b.found(t)
	desk, laptop := b.join(t, desk, "laptop", Owner)
	desk, err := desk.Renew(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	blob, _ := desk.Epoch.Seal([]byte("blob"))
	h := b.host(t, "new")
	v, next, err := h.Recover(t.Context(), paper, "new")
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(names(v), []string{"owner new"}) || v.Epoch.Number() != 3 || next == paper {
		t.Errorf("%+v", v.Roster)
	}
	if got, err := past(v, 2).Open(blob); string(got) != "blob" {
		t.Error(err)
	}
	for _, out := range []*View{desk, laptop} {
		_, err := again(t.Context(), out)
		is(t, err, ErrNotMember)
	}
	whole := next.Reveal()
	for text, says := range map[string]string{
		whole[:70]:                     "the recovery key is cut or mistyped",
		strings.ToLower(whole) + "q":   "the recovery key is cut or mistyped",
		"hello":                        "this is no key of a host or of a fleet's recovery",
		"":                             "this is no key of a host or of a fleet's recovery",
		v.Roster.Members[0].Recipient:  "this is no key of a host or of a fleet's recovery",
		whole[:30] + "0O" + whole[32:]: "the recovery key is cut or mistyped",
		whole + "\n" + whole:           "the recovery key is cut or mistyped",
	} {
		_, _, err := b.host(t, "typist").Recover(t.Context(), secret.New(text), "typist")
		if err == nil || err.Error() != says || autherr.KindOf(err) != autherr.Usage {
			t.Errorf("%d letters: %v", len(text), err)
		}
	}
	for _, text := range []string{strings.ToLower(whole), " " + whole + "\r\n", `"` + whole + `"`, whole[:30] + " " + whole[30:50] + "\n  " + whole[50:]} {
		if id, err := typed(secret.New(text)); err != nil || id.String() != whole {
			t.Errorf("as it is typed from paper: %v", err)
		}
	}
	for name, key := range map[string]func() (*View, error){
		"the old one": func() (*View, error) { v, _, err := h.Recover(t.Context(), paper, "new"); return v, err },
		"a host's":    func() (*View, error) { v, _, err := h.Recover(t.Context(), h.Identity, "new"); return v, err },
	} {
		if _, err := key(); autherr.KindOf(err) != autherr.Usage {
			t.Errorf("%s: %v", name, err)
		}
	}
	if v, _, err = b.host(t, "third").Recover(t.Context(), next, "third"); err != nil || v.Epoch.Number() != 4 {
		t.Errorf("the new one: %v", err)
	}
	v, last, err := v.NewRecovery(t.Context())
	if err != nil || v.Epoch.Number() != 5 {
		t.Fatal(err)
	}
	if _, _, err = b.host(t, "fourth").Recover(t.Context(), last, "fourth"); err != nil {
		t.Error(err)
	}
}

func TestRestore(t *testing.T) {
	b := newBench(t)
	desk, _ := b.found(t)
	desk, laptop := b.join(t, desk, "laptop", Owner)
	backup := b.Snapshot()
	desk, err := desk.RemoveMember(t.Context(), laptop.Me.ID)
	if err != nil {
		t.Fatal(err)
	}
	desk, late := b.join(t, desk, "late", Owner)
	b.Restore(backup, false)
	// Who was removed sees nothing odd; who knows better does.
	if _, err := again(t.Context(), laptop); err != nil {
		t.Error(err)
	}
	var older *Older
	if _, err := again(t.Context(), late); !errors.As(err, &older) || older.View != nil || !errors.Is(err, ErrRestored) {
		t.Errorf("one that is no member in it: %v", err)
	}
	if _, err := again(t.Context(), desk); !errors.As(err, &older) || older.View == nil {
		t.Fatal(err)
	}
	marked, err := older.View.MarkRestored(t.Context(), "the\x1b[2J backup")
	if err != nil || marked.Roster.Restored == nil || marked.Roster.Restored.Host != desk.Me.ID || marked.Roster.Restored.Why != "the backup" || !marked.Roster.Restored.At.Equal(noon) {
		t.Fatalf("%+v %v", marked, err)
	}
	stopped := mustAgain(t, laptop)
	if stopped.Roster.Restored == nil {
		t.Error("another host is not told")
	}
	_, err = stopped.Invite(t.Context(), Owner, endpoints, nil)
	is(t, err, ErrRestored)
	_, err = stopped.RemoveMember(t.Context(), desk.Me.ID)
	is(t, err, ErrRestored)
	if twice, err := marked.MarkRestored(t.Context(), "again"); err != nil || twice.Roster.Restored.Why != "the backup" {
		t.Error(err)
	}
	// With less than this host has seen it is not accepted, with what it has seen it is.
	if _, err := marked.AcceptRestore(t.Context(), Seen{}); !errors.As(err, &older) {
		t.Error(err)
	}
	v, err := marked.AcceptRestore(t.Context(), late.Seen())
	if err != nil {
		t.Fatal(err)
	}
	if v.Roster.Restored != nil || v.Epoch.Number() != 2 || !slices.Equal(names(v), []string{"owner desk", "owner late"}) || b.get(t, b.keys.Epoch(1)) != nil {
		t.Errorf("%+v", v.Roster)
	}
	for _, m := range []*View{desk, late} {
		if got := mustAgain(t, m); !bytes.Equal(got.Stamp(), v.Stamp()) {
			t.Error("another roster")
		}
	}
	_, err = again(t.Context(), laptop)
	is(t, err, ErrNotMember)
}

// The same number of changes, and others: a store that was restored and went on
// before a host looked.
func TestRestore_Forked(t *testing.T) {
	b := newBench(t)
	desk, _ := b.found(t)
	desk, laptop := b.join(t, desk, "laptop", Owner)
	backup := b.Snapshot()
	desk, _ = b.join(t, desk, "lost", Reader)
	b.Restore(backup, true)
	laptop, _ = b.join(t, laptop, "other", Reader)
	var older *Older
	if _, err := again(t.Context(), desk); !errors.As(err, &older) || older.View == nil {
		t.Fatal(err)
	}
	if v, err := older.View.AcceptRestore(t.Context(), desk.Seen()); err != nil || !slices.Contains(names(v), "reader other") {
		t.Fatal(err)
	}
	for _, v := range []*View{desk, laptop} {
		mustAgain(t, v)
	}
}

// A host that has seen one change more, and was not asked, takes up what was
// accepted.
func TestRestore_WithoutAHost(t *testing.T) {
	b := newBench(t)
	desk, _ := b.found(t)
	desk, laptop := b.join(t, desk, "laptop", Owner)
	backup := b.Snapshot()
	before := desk.Seen()
	desk, _ = b.join(t, desk, "lost", Reader)
	b.Restore(backup, false)
	marked, err := mustAgain(t, laptop).MarkRestored(t.Context(), "the revision went back")
	if err != nil {
		t.Fatal(err)
	}
	// What is said to be newer has to be the fleet's.
	other := newBench(t)
	eve, _ := other.found(t)
	forged := desk.Seen()
	forged.Fleet = bytes.Replace(forged.Fleet, []byte("lost"), []byte("eve!"), 1)
	for name, seen := range map[string]Seen{"another fleet": eveLater(t, other, eve), "altered": forged, "no roster": {Fleet: []byte("{")}, "no epoch": {Fleet: desk.Seen().Fleet}} {
		_, err := marked.AcceptRestore(t.Context(), seen)
		isDamaged(t, name, err)
	}
	if _, err = marked.AcceptRestore(t.Context(), before); err != nil {
		t.Fatal(err)
	}
	if got := names(mustAgain(t, desk)); len(got) != 2 {
		t.Error(got)
	}
}

// eveLater is a later state of a fleet of the same name, of others.
func eveLater(t *testing.T, b *bench, v *View) Seen {
	t.Helper()
	v, err := v.Renew(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return v.Seen()
}

func TestRestore_ToNothing(t *testing.T) {
	b := newBench(t)
	empty := b.Snapshot()
	desk, _ := b.found(t)
	b.Restore(empty, true)
	var older *Older
	if _, err := again(t.Context(), desk); !errors.As(err, &older) || older.View != nil {
		t.Error(err)
	}
}
