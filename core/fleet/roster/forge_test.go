package roster

import (
	"bytes"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"filippo.io/age"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/internal/etcd"
)

// Each bit of a byte that is another one, for an owner, a reader, a host that was
// removed and the recovery key.
func TestForged_EachByte(t *testing.T) {
	b := newBench(t)
	desk, paper := b.found(t)
	desk, pod := b.join(t, desk, "pod", Reader)
	desk, laptop := b.join(t, desk, "laptop", Owner)
	desk, err := desk.RemoveMember(t.Context(), laptop.Me.ID)
	if err != nil {
		t.Fatal(err)
	}
	h := b.host(t, "new")
	asks := map[string]func() error{
		"owner":   func() error { _, err := again(t.Context(), desk); return err },
		"reader":  func() error { _, err := again(t.Context(), pod); return err },
		"removed": func() error { _, err := again(t.Context(), laptop); return err },
		"recovery": func() error {
			_, err := h.asRecovery(t.Context(), mustParse(t, paper.Reveal()), "")
			return err
		},
	}
	for _, key := range []string{b.keys.Fleet(), b.keys.Epoch(2)} {
		whole := b.get(t, key)
		for at := range whole {
			if testing.Short() && at%60 != 0 {
				continue
			}
			bad := bytes.Clone(whole)
			bad[at] ^= 1 << (at % 7)
			b.put(t, key, bad)
			for who, ask := range asks {
				if who != "owner" && at%8 != 0 {
					continue
				}
				err := ask()
				switch code := autherr.CodeOf(err); {
				case key != b.keys.Fleet() && who == "reader" && err == nil, key != b.keys.Fleet() && who == "removed" && code == autherr.CodeNotMember:
				case code == autherr.CodeRecordDamaged, code == autherr.CodeNewerStore && string(bad[at]) > "1":
				case who == "recovery" && autherr.KindOf(err) == autherr.Usage: // the recipient itself
				default:
					t.Fatalf("%s, byte %d of %s: %v", who, at, key, err)
				}
			}
			if !bytes.Equal(b.get(t, key), bad) {
				t.Fatal("it was written")
			}
		}
		b.put(t, key, whole)
	}
	mustAgain(t, desk)
}

func mustParse(t interface{ Fatal(...any) }, text string) *age.X25519Identity {
	id, err := age.ParseX25519Identity(text)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// An administrator of the etcd knows every recipient, and can seal to them what
// they like.
func TestForged_Epochs(t *testing.T) {
	for name, forge := range map[string]func(v *View, own *Epoch) (*draft, error){
		"another key for the epoch": func(v *View, own *Epoch) (*draft, error) {
			d := forgery(v, own, v.Roster.Epoch)
			d.roster.Links[len(d.roster.Links)-1].Key = own.public()
			return d, nil
		},
		"a next epoch": func(v *View, own *Epoch) (*draft, error) {
			d := forgery(v, own, v.Roster.Epoch+1)
			link := Link{Epoch: own.number, Key: own.public()}
			link.Sign = ed25519.Sign(own.sign, link.message(d.roster.ID))
			link.Anchor = link.Sign
			d.roster.Links = append(d.roster.Links, link)
			return d, nil
		},
		"a first epoch": func(v *View, own *Epoch) (*draft, error) {
			own = epochOf(1, own.identity)
			d := forgery(v, own, 1)
			d.roster.Links = []Link{{Epoch: 1, Key: own.public()}}
			return d, nil
		},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			desk, paper := b.found(t)
			desk, pod := b.join(t, desk, "pod", Reader)
			desk, err := desk.Renew(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			pod = mustAgain(t, pod)
			own, _ := newEpoch(desk.Roster.Epoch)
			if name == "a next epoch" {
				own = epochOf(desk.Roster.Epoch+1, own.identity)
			}
			d, err := forge(desk, own)
			if err != nil {
				t.Fatal(err)
			}
			if err := d.begin(&d.roster, d.epoch); err != nil {
				t.Fatal(err)
			}
			d.roster.Members = append(slices.Clone(d.roster.Members), Member{newMemberID(), "eve", Owner, own.recipient()})
			d.sealed, _ = sealEpochs(&d.roster, []*Epoch{d.epoch})
			d.roster.Reading, _ = sealReading(&d.roster, &Reading{&readingKeys{d.epoch.number, own.identity, own.public()}})
			d.roster.Readers = own.recipient()
			txn, err := writer{host: desk.host}.txn(desk, d)
			if err != nil {
				t.Fatal(err)
			}
			if r, err := b.Client("administrator").Commit(t.Context(), txn); err != nil || !r.Succeeded {
				t.Fatal(err)
			}
			for _, v := range []*View{desk, pod} {
				_, err := again(t.Context(), v)
				isDamaged(t, string(v.Me.Role), err)
				_, err = v.Refresh(t.Context())
				isDamaged(t, string(v.Me.Role), err)
			}
			_, err = desk.RemoveMember(t.Context(), pod.Me.ID)
			isDamaged(t, "a change", err)
			_, _, err = b.host(t, "new").Recover(t.Context(), paper, "new")
			isDamaged(t, "recovery", err)
		})
	}
}

func forgery(v *View, own *Epoch, epoch uint64) *draft {
	r := v.Roster
	r.Links = slices.Clone(r.Links)
	r.Epoch, r.Serial = epoch, r.Serial+1
	return &draft{roster: r, epoch: own}
}

func TestForged_Values(t *testing.T) {
	b := newBench(t)
	desk, _ := b.found(t)
	two, _ := NewKeys("two")
	otherHost := desk.host
	otherHost.Keys = two
	other, _, err := otherHost.Init(t.Context(), "desk")
	if err != nil {
		t.Fatal(err)
	}
	first := b.get(t, b.keys.Fleet())
	fleet, stamp, epoch := b.get(t, b.keys.Fleet()), b.get(t, b.keys.Stamp()), b.get(t, b.keys.Epoch(1))
	for name, put := range map[string]map[string][]byte{
		"another fleet's roster":  {b.keys.Fleet(): other.fleet},
		"another fleet's epoch":   {b.keys.Epoch(1): other.sealed},
		"all of another fleet":    {b.keys.Fleet(): other.fleet, b.keys.Epoch(1): other.sealed},
		"the epoch as roster":     {b.keys.Fleet(): epoch},
		"no stamp":                {b.keys.Stamp(): nil},
		"no epoch":                {b.keys.Epoch(1): nil},
		"nothing":                 {b.keys.Fleet(): nil},
		"the roster with a space": {b.keys.Fleet(): append(bytes.Clone(fleet), ' ')},
		"a large one":             {b.keys.Fleet(): bytes.Repeat([]byte(" "), maxValue+1)},
		"a name in capitals":      {b.keys.Fleet(): bytes.Replace(fleet, []byte(`"mac"`), []byte(`"MAC"`), 1)},
		"a second body":           {b.keys.Fleet(): bytes.Replace(fleet, []byte(`{"body"`), []byte(`{"body":{},"body"`), 1)},
		"the MAC of another key":  {b.keys.Fleet(): remade(t, desk, func(e *envelope) { e.MAC = desk.Epoch.MAC("/hermes-tui/prod/stamp", e.Body) })},
		"the signature of another key": {b.keys.Fleet(): remade(t, desk, func(e *envelope) {
			e.Sign = ed25519.Sign(desk.Epoch.sign, envelope{Body: e.Body, MAC: e.MAC}.message("/x"))
		})},
		"a MAC of another epoch": {b.keys.Fleet(): remade(t, desk, func(e *envelope) {
			e.MAC = other.Epoch.MAC(b.keys.Fleet(), e.Body)
			e.Sign = ed25519.Sign(desk.Epoch.sign, e.message(b.keys.Fleet()))
		})},
		"no MAC":       {b.keys.Fleet(): remade(t, desk, func(e *envelope) { e.MAC = nil })},
		"no signature": {b.keys.Fleet(): remade(t, desk, func(e *envelope) { e.Sign = nil })},
	} {
		for key, value := range put {
			b.put(t, key, value)
		}
		_, err := again(t.Context(), desk)
		isDamaged(t, name, err)
		b.put(t, b.keys.Fleet(), fleet)
		b.put(t, b.keys.Stamp(), stamp)
		b.put(t, b.keys.Epoch(1), epoch)
	}
	// A newer format is said to be one, and refused.
	b.put(t, b.keys.Fleet(), bytes.Replace(fleet, []byte(`"version":1`), []byte(`"version":2`), 1))
	if _, err := again(t.Context(), desk); autherr.CodeOf(err) != autherr.CodeNewerStore {
		t.Error(err)
	}
	b.put(t, b.keys.Fleet(), fleet)
	// What was true once, put back under a new stamp.
	desk, _ = b.join(t, desk, "laptop", Owner)
	b.put(t, b.keys.Fleet(), first)
	b.put(t, b.keys.Stamp(), random(16))
	var older *Older
	if _, err := again(t.Context(), desk); !errors.As(err, &older) {
		t.Error(err)
	}
	if _, err := desk.Refresh(t.Context()); !errors.As(err, &older) {
		t.Error(err)
	}
}

// An owner who hands on another key as that of an epoch before is found out.
func TestForged_Past(t *testing.T) {
	b := newBench(t)
	desk, _ := b.found(t)
	desk, err := desk.Renew(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	own, _ := newEpoch(1)
	for name, epochs := range map[string][]*Epoch{
		"another": {desk.Epoch, own}, "a gap": {desk.Epoch, epochOf(0, own.identity)}, "the old one only": desk.past, "none": {}, "twice": {desk.Epoch, desk.Epoch},
	} {
		sealed, err := sealEpochs(&desk.Roster, epochs)
		if err != nil {
			t.Fatal(err)
		}
		b.put(t, b.keys.Epoch(2), sealed)
		_, err = again(t.Context(), desk)
		isDamaged(t, name, err)
	}
}

// remade is the fleet's value with a change.
func remade(t *testing.T, v *View, change func(*envelope)) []byte {
	t.Helper()
	e := v.mac
	change(&e)
	value, err := json.Marshal(e)
	if err != nil {
		t.Fatal(err)
	}
	return value
}

// Nothing in etcd, in what a host keeps or in what is printed has a key in clear.
func TestNoKeyInClear(t *testing.T) {
	b := newBench(t)
	desk, paper := b.found(t)
	secrets := []string{paper.Reveal(), desk.host.Identity.Reveal()}
	keep := func(v *View) {
		for _, e := range append([]*Epoch{v.Epoch}, v.past...) {
			if e != nil {
				secrets = append(secrets, e.identity.String(), string(e.mac), string(e.sign.Seed()))
			}
		}
		secrets = append(secrets, v.Reading.identity.String(), v.host.Identity.Reveal())
	}
	keep(desk)
	i := b.invite(t, desk, Owner)
	secrets = append(secrets, i.Secret.Reveal(), i.Text())
	r, c := b.ask(t, i, b.host(t, "laptop"), "laptop")
	desk, _ = c.Accept(t.Context())
	laptop, _ := r.Wait(t.Context())
	desk, pod := b.join(t, desk, "pod", Reader)
	keep(pod)
	desk, err := desk.RemoveMember(t.Context(), laptop.Me.ID)
	if err != nil {
		t.Fatal(err)
	}
	keep(desk)
	v, fresh, err := b.host(t, "new").Recover(t.Context(), paper, "new")
	if err != nil {
		t.Fatal(err)
	}
	keep(v)
	secrets = append(secrets, fresh.Reveal())
	var shown strings.Builder
	for key, value := range history(b, t) {
		fmt.Fprintf(&shown, "%s %s %x\n", key, value, value)
	}
	seen, _ := json.Marshal(v.Seen())
	whole, _ := json.Marshal(v)
	fmt.Fprintf(&shown, "%s %s", seen, whole)
	for _, format := range []string{"%v", "%+v", "%#v", "%s", "%x"} {
		for _, one := range []any{desk, *desk, v, *v, v.Epoch, *v.Epoch, pod.Reading, *pod.Reading, r, *r, c, i, *i, i.Invitation} {
			fmt.Fprintf(&shown, format+"\n", one)
		}
	}
	for _, s := range secrets {
		for _, spelling := range []string{s, strings.ToLower(s), hex.EncodeToString([]byte(s)), base64.StdEncoding.EncodeToString([]byte(s)), fmt.Sprintf("%v", []byte(s)), fmt.Sprintf("%#v", []byte(s))} {
			if strings.Contains(shown.String(), spelling) {
				t.Errorf("a secret of %d bytes is shown", len(s))
			}
		}
	}
}

// history is every value that any key has had.
func history(b *bench, t *testing.T) map[string][]byte {
	t.Helper()
	all := map[string][]byte{}
	last := b.Revision()
	for batch, err := range b.Client("administrator").Watch(t.Context(), "/", 1) {
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range batch.Events {
			all[fmt.Sprintf("%s@%d", e.Key, e.Mod)] = e.Value
		}
		if batch.Next > last {
			break
		}
	}
	if len(all) < 10 {
		t.Fatalf("only %d values", len(all))
	}
	return all
}

// A host that was removed writes nothing: every write compares the stamp.
func TestGuard(t *testing.T) {
	b := newBench(t)
	desk, _ := b.found(t)
	desk, laptop := b.join(t, desk, "laptop", Owner)
	write := func(v *View) bool {
		r, err := v.host.Store.Commit(t.Context(), etcd.Txn{If: []etcd.Compare{v.Guard()}, Then: []etcd.Op{etcd.Put(b.keys.Use(v.Me.ID), nil, 0)}})
		return err == nil && r.Succeeded
	}
	if !write(desk) || !write(laptop) {
		t.Error("a member cannot write")
	}
	desk, err := desk.RemoveMember(t.Context(), laptop.Me.ID)
	if err != nil || write(laptop) || !write(desk) {
		t.Error("a host that was removed writes", err)
	}
}

// beginLater makes an epoch seem to have begun now, as whoever can write into the etcd can.
func (b *bench) beginLater(t *testing.T, epoch uint64) {
	t.Helper()
	key := b.keys.Epoch(epoch)
	value := b.get(t, key)
	if _, err := b.Client("administrator").Commit(t.Context(), etcd.Txn{Then: []etcd.Op{etcd.Delete(key)}}); err != nil {
		t.Fatal(err)
	}
	b.put(t, key, value)
}

// mustWrap is an empty object as a member puts it at a key.
func mustWrap(t *testing.T, v *View, key string) []byte {
	t.Helper()
	value, err := v.Wrap(key, []byte(`{}`))
	if err != nil {
		t.Fatal(err)
	}
	return value
}

// What a host that was removed makes with the keys that it knows, and somebody puts into
// the etcd for it, is not taken: not while the rest is being made anew, and not
// afterwards, whatever else is put back.
func TestForged_ByAHostThatWasRemoved(t *testing.T) {
	b := newBench(t)
	desk, _ := b.found(t)
	desk, laptop := b.join(t, desk, "laptop", Owner)
	kept, forged, label := b.keys.Head("0123456789"), b.keys.Head("abcdef0123"), b.keys.Pool("labels")
	kv := func(key string) etcd.KV {
		t.Helper()
		got, err := b.Client("administrator").Get(t.Context(), key)
		if err != nil {
			t.Fatal(err)
		}
		return got.KVs[0]
	}
	b.put(t, kept, mustWrap(t, laptop, kept))
	b.put(t, label, mustWrap(t, laptop, label))
	old := kv(kept)
	desk, err := desk.RemoveMember(t.Context(), laptop.Me.ID)
	if err != nil {
		t.Fatal(err)
	}
	b.put(t, forged, mustWrap(t, laptop, forged))
	if _, err := desk.Read(kv(kept)); err != nil {
		t.Errorf("what it wrote as a member: %v", err)
	}
	_, err = desk.Read(kv(forged))
	isDamaged(t, "before the rest is made anew", err)

	b.beginLater(t, 2)
	_, err = mustAgain(t, desk).Read(kv(forged))
	isDamaged(t, "after the epoch's key was put there again", err)

	before := b.get(t, b.keys.Fleet())
	if desk, err = desk.Settle(t.Context()); err != nil {
		t.Fatal(err)
	}
	if v, err := desk.Settle(t.Context()); err != nil || v.Roster.Serial != desk.Roster.Serial {
		t.Errorf("once more: %v", err)
	}
	_, err = desk.Read(old)
	isDamaged(t, "an old value", err)
	_, err = desk.Unwrap(forged, kv(forged).Value)
	isDamaged(t, "a forged one", err)
	if _, err := desk.Read(kv(label)); err != nil || Made(kv(label).Value) != 2 {
		t.Errorf("what is no account: %v", err)
	}
	b.put(t, b.keys.Fleet(), before)
	var older *Older
	if _, err := again(t.Context(), desk); !errors.As(err, &older) {
		t.Errorf("the list of before: %v", err)
	}
}
