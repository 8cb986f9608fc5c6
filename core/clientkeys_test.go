package core

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/clientkey"
	"github.com/hermes-tui/hermes-tui/core/record"
	"github.com/hermes-tui/hermes-tui/core/serve"
	"github.com/hermes-tui/hermes-tui/internal/glance"
	"github.com/hermes-tui/hermes-tui/keystore"
)

// clientKey makes a key and returns it as the program has it.
func (r *rig) clientKey(o serve.ClientKeyOptions) string {
	r.Helper()
	made, err := r.core.AddClientKey(r.Context(), o)
	if err != nil || !clientkey.Shaped(made.Secret.Reveal()) {
		r.Fatalf("%+v: %v", o, err)
	}
	return made.Secret.Reveal()
}

// opens is the name of the key that opens, else the code of why none does.
func opens(t testing.TB, c *Core, shown ...string) string {
	t.Helper()
	key, err := c.Opens(t.Context(), shown, glance.Mark{})
	if err != nil {
		return codeOf(err)
	}
	return key.Name
}

func (r *rig) clientFiles() []string {
	r.Helper()
	found, err := filepath.Glob(filepath.Join(r.dir, "state", "acct", record.ClientKeysID+".*.age"))
	if err != nil {
		r.Fatal(err)
	}
	return found
}

// A key is good from the moment it is shown until it is revoked or its time is
// over, in every process at once.
func TestClientKeys_Life(t *testing.T) {
	r := newRig(t)
	proxy := r.open() // which stays
	if got := opens(t, proxy, "htui_key_"+strings.Repeat("0", 64)); got != autherr.CodeKeyUnknown {
		t.Errorf("before one was made: %s", got)
	}
	editor, ci := r.clientKey(serve.ClientKeyOptions{Name: "editor"}), r.clientKey(serve.ClientKeyOptions{Name: "ci", Life: time.Hour})
	shared := proxyKey(t, r.core).Reveal()
	for shown, want := range map[string]string{editor: "editor", ci: "ci", shared: clientkey.Default, "": autherr.CodeKeyUnknown, editor[:72]: autherr.CodeKeyUnknown} {
		if got := opens(t, proxy, shown); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
	if got := opens(t, proxy, "nonsense", ci); got != "ci" {
		t.Errorf("the right one of two: %s", got)
	}
	r.clock.Advance(time.Hour)
	if got := opens(t, proxy, "nonsense", ci); got != autherr.CodeKeyExpired {
		t.Errorf("after its time: %s", got)
	}
	key, err := proxy.Opens(t.Context(), []string{editor}, glance.Mark{})
	if err != nil || proxy.Still(t.Context(), key) != nil {
		t.Fatal(err)
	}
	if err := r.core.RevokeClientKey(t.Context(), "EDITOR", false); err != nil {
		t.Fatal(err)
	}
	if got := opens(t, proxy, editor); got != autherr.CodeKeyUnknown || codeOf(proxy.Still(t.Context(), key)) != autherr.CodeKeyUnknown {
		t.Errorf("revoked: %s, %v", got, proxy.Still(t.Context(), key))
	}
	if got := opens(t, proxy, shared); got != clientkey.Default {
		t.Errorf("the default key: %s", got)
	}
	if files := r.clientFiles(); len(files) != 1 {
		t.Errorf("%q", files)
	}
}

// The default key is made by itself, until it is revoked.
func TestClientKeys_Default(t *testing.T) {
	r := newRig(t)
	proxy, shared := r.open(), proxyKey(t, r.core).Reveal()
	key, err := proxy.Opens(t.Context(), []string{shared}, glance.Mark{})
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := r.core.RevokeClientKey(t.Context(), clientkey.Default, false); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []*Core{proxy, r.core, r.open()} {
		if got := opens(t, c, shared); got != autherr.CodeKeyRevoked || codeOf(c.Still(t.Context(), key)) != autherr.CodeKeyRevoked {
			t.Errorf("revoked: %s", got)
		}
		if got, err := c.ProxyKey(t.Context()); codeOf(err) != autherr.CodeKeyRevoked || !got.IsZero() {
			t.Errorf("another one was made: %v", err)
		}
	}
	if keys, err := proxy.ClientKeys(t.Context()); err != nil || len(keys) != 0 || len(r.keyFiles()) != 0 {
		t.Errorf("%v, %v, %q", keys, err, r.keyFiles())
	}
	if got := opens(t, proxy, r.clientKey(serve.ClientKeyOptions{Name: "editor"})); got != "editor" {
		t.Errorf("another key: %s", got)
	}
	next, err := r.core.RotateProxyKey(t.Context())
	if err != nil || opens(t, proxy, next.Reveal()) != clientkey.Default || opens(t, proxy, shared) != autherr.CodeKeyUnknown {
		t.Errorf("made anew: %v", err)
	}
}

func TestClientKeys_WhatIsNotMade(t *testing.T) {
	r := newRig(t)
	r.account("work")
	r.clientKey(serve.ClientKeyOptions{Name: "editor"})
	for name, o := range map[string]serve.ClientKeyOptions{
		"taken": {Name: "Editor"}, "the default one's name": {Name: "default"}, "no name": {}, "odd name": {Name: "a b"}, "odd model": {Name: "x", Model: "a b"},
		"no account": {Name: "x", Account: "nobody"}, "no pool": {Name: "x", Pool: "nobody"}, "both": {Name: "x", Account: "work", Pool: "minimax"},
	} {
		if _, err := r.core.AddClientKey(t.Context(), o); autherr.KindOf(err) != autherr.Usage {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := r.core.RevokeClientKey(t.Context(), "nobody", false); autherr.KindOf(err) != autherr.Usage {
		t.Error(err)
	}
	if keys, err := r.core.ClientKeys(t.Context()); err != nil || len(keys) != 1 {
		t.Errorf("%v, %v", keys, err)
	}
}

// Names are found when the key is made; what it is bound to is an id.
func TestClientKeys_AreBoundByID(t *testing.T) {
	r := newRig(t)
	a := r.account("work")
	r.clientKey(serve.ClientKeyOptions{Name: "one", Account: "work", Model: "MiniMax-*"})
	r.clientKey(serve.ClientKeyOptions{Name: "all", Pool: "minimax"})
	if err := r.core.Rename(t.Context(), a.ID, "other"); err != nil {
		t.Fatal(err)
	}
	keys, err := r.core.ClientKeys(t.Context())
	if err != nil || len(keys) != 2 || keys[0].Account != a.ID || keys[0].Model != "MiniMax-*" || keys[1].Pool != a.Pool().String() {
		t.Errorf("%+v, %v", keys, err)
	}
}

// The key made for a file takes the place of the one before it, and gives it back
// where it could not be written.
func TestClientKeys_OfAFile(t *testing.T) {
	r := newRig(t)
	r.clientKey(serve.ClientKeyOptions{Name: "opencode"})
	first, err := r.core.AddClientKey(t.Context(), serve.ClientKeyOptions{Name: "opencode", File: "/a"})
	if err != nil || first.Name != "opencode-2" {
		t.Fatalf("%q, %v", first.Name, err)
	}
	other := r.clientKey(serve.ClientKeyOptions{Name: "opencode", File: "/b"})
	second, err := r.core.AddClientKey(t.Context(), serve.ClientKeyOptions{Name: "opencode", File: "/a"})
	if err != nil || second.Name != "opencode-2" || opens(t, r.core, first.Secret.Reveal()) != autherr.CodeKeyUnknown {
		t.Fatalf("%q, %v", second.Name, err)
	}
	if err := r.core.TakeBackClientKey(t.Context(), second); err != nil {
		t.Fatal(err)
	}
	if opens(t, r.core, first.Secret.Reveal()) != "opencode-2" || opens(t, r.core, second.Secret.Reveal()) != autherr.CodeKeyUnknown {
		t.Error("the one before is not back")
	}
	if _, err := r.core.AddClientKey(t.Context(), serve.ClientKeyOptions{Name: "opencode", File: "/a", Entry: "another"}); err != nil || opens(t, r.core, first.Secret.Reveal()) != "opencode-2" {
		t.Errorf("a second entry of the file: %v", err)
	}
	for file, want := range map[string]int{"/a": 2, "/none": 0, "": 0} {
		if names, err := r.core.RevokeClientKeysOf(t.Context(), file); err != nil || len(names) != want {
			t.Errorf("%q: %q, %v", file, names, err)
		}
	}
	if opens(t, r.core, other) != "opencode-3" {
		t.Error("the key of another file was revoked")
	}
}

// Where there is no room any more for the key before, it does not come back.
func TestClientKeys_TakenBackIntoAFullTable(t *testing.T) {
	r := newRig(t)
	r.clientKey(serve.ClientKeyOptions{Name: "first", File: "/a"})
	err := r.core.state.Vault.Clients().Edit(t.Context(), func(keys clientkey.Table) (clientkey.Table, error) {
		for i := len(keys); i < clientkey.Most; i++ {
			k := clientkey.Key{ID: fmt.Sprintf("key-%016x", i), Name: fmt.Sprintf("k%d", i), Hash: clientkey.HashOf(fmt.Sprint(i))}
			keys = append(keys, k)
		}
		return keys, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	made, err := r.core.AddClientKey(t.Context(), serve.ClientKeyOptions{Name: "second", File: "/a"})
	if err != nil {
		t.Fatal(err)
	}
	if err := r.core.RevokeClientKey(t.Context(), made.Name, false); err != nil {
		t.Fatal(err)
	}
	other := r.clientKey(serve.ClientKeyOptions{Name: "other"})
	if err := r.core.TakeBackClientKey(t.Context(), made); err != nil || opens(t, r.core, other) != "other" {
		t.Error(err)
	}
}

// How much a key was used is told, and no plain file tells a key.
func TestClientKeys_AreCountedAndNowhereInPlainText(t *testing.T) {
	r := newRig(t)
	key := r.clientKey(serve.ClientKeyOptions{Name: "editor", Model: "a-model-that-is-sealed"})
	proxy := r.open()
	for range 3 {
		opens(t, proxy, key)
	}
	if err := proxy.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	keys, err := r.core.ClientKeys(t.Context())
	if err != nil || len(keys) != 1 || keys[0].Requests != 3 || keys[0].LastUsedAt.IsZero() {
		t.Errorf("%+v, %v", keys, err)
	}
	_ = filepath.WalkDir(r.dir, func(path string, _ os.DirEntry, _ error) error {
		data, err := os.ReadFile(path)
		if err == nil && (bytes.Contains(data, []byte(key)) || bytes.Contains(data, []byte(keys[0].Model))) {
			t.Errorf("%s tells of the key", path)
		}
		return nil
	})
}

// They go where the tokens go.
func TestClientKeys_MoveAndArePurged(t *testing.T) {
	r := newRig(t)
	key, proxy := r.clientKey(serve.ClientKeyOptions{Name: "editor"}), r.open()
	for _, to := range []keystore.Kind{keystore.KindMemory, keystore.KindFile} {
		if err := r.core.Move(t.Context(), to, nil); err != nil {
			t.Fatal(err)
		}
		if got := opens(t, r.core, key); got != "editor" {
			t.Errorf("in %s: %s", to, got)
		}
	}
	if got := opens(t, proxy, key); got != "editor" {
		t.Error(got)
	}
	if err := r.core.Purge(t.Context(), true); err != nil {
		t.Fatal(err)
	}
	if got := opens(t, proxy, key); got != autherr.CodeKeyUnknown {
		t.Errorf("after the purge: %s", got)
	}
}

// A record that is not what was written opens nothing, and says so; whoever can
// write the folder adds no key.
func TestClientKeys_Damage(t *testing.T) {
	for name, damage := range map[string]func(r *rig){
		"blob gone":    func(r *rig) { _ = os.Remove(r.clientFiles()[0]) },
		"blob changed": func(r *rig) { _ = os.WriteFile(r.clientFiles()[0], []byte("x"), 0o600) },
		"head empty":   func(r *rig) { _ = os.WriteFile(r.core.state.Folder.HeadPath(record.ClientKeysID), nil, 0o600) },
		"another's blob": func(r *rig) {
			h, err := r.core.state.Folder.ReadKeyHead(record.ClientKeysID)
			if err != nil {
				r.Fatal(err)
			}
			mine, err := os.ReadFile(r.keyFiles()[0])
			if err != nil {
				r.Fatal(err)
			}
			_ = os.WriteFile(filepath.Join(r.dir, "state", "acct", h.Ref.Name+".age"), mine, 0o600)
		},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			shared, key := proxyKey(t, r.core).Reveal(), r.clientKey(serve.ClientKeyOptions{Name: "editor"})
			damage(r)
			c := r.open()
			if got := opens(t, c, key); got != autherr.CodeRecordDamaged {
				t.Errorf("it opens: %s", got)
			}
			if got := opens(t, c, shared); got != clientkey.Default {
				t.Errorf("the default key: %s", got)
			}
			if names, err := c.RevokeClientKeysOf(t.Context(), "/a"); codeOf(err) != autherr.CodeRecordDamaged || names != nil {
				t.Errorf("those of a file are revoked: %q, %v", names, err)
			}
			if _, err := c.AddClientKey(t.Context(), serve.ClientKeyOptions{Name: "next"}); codeOf(err) != autherr.CodeRecordDamaged {
				t.Errorf("added to what cannot be read: %v", err)
			}
			if err := c.RevokeClientKeys(t.Context(), false); err != nil || opens(t, c, key) != autherr.CodeKeyUnknown {
				t.Errorf("all revoked: %v", err)
			}
			if next := r.clientKey(serve.ClientKeyOptions{Name: "next"}); opens(t, c, next) != "next" || len(r.clientFiles()) != 1 {
				t.Errorf("it is not repaired: %q", r.clientFiles())
			}
		})
	}
}

// Keys that are made and revoked by many at once are all there, or gone.
func TestClientKeys_ManyAtOnce(t *testing.T) {
	r := newRig(t)
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			c := r.open()
			made, err := c.AddClientKey(t.Context(), serve.ClientKeyOptions{Name: fmt.Sprintf("k%d", i)})
			if err == nil && i%2 == 0 {
				err = c.RevokeClientKey(t.Context(), made.Name, false)
			}
			if err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	keys, err := r.core.ClientKeys(t.Context())
	if err != nil || len(keys) != 4 || len(r.clientFiles()) != 1 {
		t.Errorf("%d keys, %v, %q", len(keys), err, r.clientFiles())
	}
}

// Whatever is made, revoked and waited for, in whichever process: exactly the keys
// that are in force open.
func TestClientKeys_Property(t *testing.T) {
	r := newRig(t)
	cores := []*Core{r.core, r.open(), r.open()}
	t.Cleanup(func() { // what they count is written before the folder goes
		for _, c := range cores {
			_ = c.Close(context.Background())
		}
	})
	rapid.Check(t, func(rt *rapid.T) {
		if err := r.core.RevokeClientKeys(t.Context(), false); err != nil {
			rt.Fatal(err)
		}
		type issued struct {
			name, text string
			ends       time.Time
			revoked    bool
		}
		var all []*issued
		for range rapid.IntRange(1, 8).Draw(rt, "steps") {
			c := rapid.SampledFrom(cores).Draw(rt, "who")
			name := rapid.SampledFrom([]string{"a", "b", "c"}).Draw(rt, "name")
			taken := slices.ContainsFunc(all, func(k *issued) bool { return k.name == name && !k.revoked })
			switch rapid.IntRange(0, 2).Draw(rt, "what") {
			case 0:
				life := time.Duration(rapid.IntRange(0, 3).Draw(rt, "hours")) * time.Hour
				made, err := c.AddClientKey(t.Context(), serve.ClientKeyOptions{Name: name, Life: life})
				if (err != nil) != taken {
					rt.Fatalf("adding %s: %v", name, err)
				}
				if err == nil {
					all = append(all, &issued{name, made.Secret.Reveal(), made.ExpiresAt, false})
				}
			case 1:
				if err := c.RevokeClientKey(t.Context(), name, false); (err == nil) != taken {
					rt.Fatalf("revoking %s: %v", name, err)
				}
				for _, k := range all {
					k.revoked = k.revoked || k.name == name
				}
			case 2:
				r.clock.Advance(time.Hour)
			}
			for _, k := range all {
				want := k.name
				if k.revoked {
					want = autherr.CodeKeyUnknown
				} else if !k.ends.IsZero() && !r.clock.Now().Before(k.ends) {
					want = autherr.CodeKeyExpired
				}
				if got := opens(t, rapid.SampledFrom(cores).Draw(rt, "asked"), k.text); got != want {
					rt.Fatalf("%s: %s, want %s", k.name, got, want)
				}
			}
		}
	})
}
