package clientkey

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"path"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"pgregory.net/rapid"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/internal/glance"
)

func TestMatch(t *testing.T) {
	for _, tc := range []struct {
		pattern, name string
		want          bool
	}{
		{"", "", true}, {"", "a", false}, {"*", "", true}, {"*", "any/thing at all", true}, {"a", "a", true}, {"a", "A", false}, {"a", "ab", false},
		{"MiniMax-M2*", "MiniMax-M2", true}, {"MiniMax-M2*", "MiniMax-M2.7-highspeed", true}, {"MiniMax-M2*", "xMiniMax-M2", false},
		{"anthropic/*", "anthropic/claude/x", true}, {"*/claude-*", "anthropic/claude-3", true}, {"*-mini", "gpt-5-mini", true}, {"*-mini", "gpt-5-mini-2", false},
		{"gpt-?", "gpt-5", true}, {"gpt-?", "gpt-", false}, {"gpt-?", "gpt-52", false}, {"?", "é", true}, {"a*b*c", "axxbyybzzc", true}, {"a*b*c", "acb", false},
		{"[ab]", "a", false}, {"[ab]", "[ab]", true}, {`\*`, "*", false}, {`\*`, `\x`, true}, {"**", "x", true},
	} {
		if got := Match(tc.pattern, tc.name); got != tc.want {
			t.Errorf("%q fits %q: %t", tc.name, tc.pattern, got)
		}
	}
}

// FuzzMatch holds the patterns against those of package path, which knows more
// and stops at slashes. A pattern of stars must not take long either.
func FuzzMatch(f *testing.F) {
	f.Add("a*b?c", "axxbyc")
	f.Add(strings.Repeat("*a", 50), strings.Repeat("a", 200))
	f.Fuzz(func(t *testing.T, pattern, name string) {
		got := Match(pattern, name)
		if strings.ContainsAny(pattern, `[\`) || strings.Contains(name, "/") || !utf8.ValidString(pattern) || !utf8.ValidString(name) || len(pattern) > 20 {
			return
		}
		if want, err := path.Match(pattern, name); err == nil && got != want {
			t.Errorf("%q fits %q: %t, want %t", name, pattern, got, want)
		}
	})
}

func TestParseLife(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"30d": 720 * time.Hour, "2w": 336 * time.Hour, "12h": 12 * time.Hour, "90m": 90 * time.Minute, "1h30m": 90 * time.Minute, "36500d": 36500 * 24 * time.Hour,
		"": 0, "d": 0, "0d": 0, "-1d": 0, "30": 0, "1.5d": 0, "999999999d": 0, "30 d": 0, "-5m": 0, "soon": 0, "0s": 0, "30D": 0,
	} {
		got, err := ParseLife(text)
		if got != want || (err == nil) != (want > 0) || err != nil && autherr.KindOf(err) != autherr.Usage {
			t.Errorf("%q: %v, %v", text, got, err)
		}
	}
}

func TestCheck(t *testing.T) {
	for name, ok := range map[string]bool{
		"editor": true, "CI-2": true, "a.b_c": true, "7": true, strings.Repeat("a", 40): true,
		"": false, "-x": false, ".x": false, "_": false, "a b": false, "a/b": false, "é": false, "a\n": false, "Default": false, "default": false, strings.Repeat("a", 41): false,
	} {
		if err := CheckName(name); (err == nil) != ok {
			t.Errorf("%q: %v", name, err)
		}
	}
	for pattern, ok := range map[string]bool{"": true, "MiniMax-M2*": true, "a/b:free": true, "a b": false, "a\x1b[2J": false, "\u202e": false, "gpt-\xff": false, strings.Repeat("a", 101): false} {
		if err := CheckModel(pattern); (err == nil) != ok {
			t.Errorf("%q: %v", pattern, err)
		}
	}
	for text, ok := range map[string]bool{"proxy": true, "tokens": true, "": false, "Proxy": false, "all": false} {
		if _, err := ParseRight(text); (err == nil) != ok {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// Only what was shown once opens: neither its hash nor anything near it.
func TestOne(t *testing.T) {
	text, err := New(rand.Reader)
	if err != nil || !Shaped(text.Reveal()) {
		t.Fatal(err)
	}
	key := Key{Name: "a", Hash: HashOf(text.Reveal())}
	for _, tc := range []struct {
		shown []string
		want  bool
	}{
		{[]string{text.Reveal()}, true}, {[]string{"x", text.Reveal()}, true}, {nil, false}, {[]string{""}, false},
		{[]string{text.Reveal() + " "}, false}, {[]string{strings.ToUpper(text.Reveal())}, false}, {[]string{string(key.Hash)}, false},
	} {
		if _, err := (One{key}).Opens(t.Context(), tc.shown, glance.Mark{}); (err == nil) != tc.want {
			t.Errorf("%d shown: %v", len(tc.shown), err)
		}
	}
	if _, err := (One{}).Opens(t.Context(), []string{""}, glance.Mark{}); err == nil {
		t.Error("nothing opens where there is no key")
	}
}

// A table, whatever it went through, finds what is in it and nothing else.
func TestTable_Property(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var table Table
		shown := map[string]string{} // by name
		now := time.Date(2026, 5, 20, 12, 0, 0, 0, time.UTC)
		for range rapid.IntRange(0, 12).Draw(t, "steps") {
			name := rapid.StringMatching(`[a-c][0-9]?`).Draw(t, "name")
			have, there := table.Named(name)
			switch {
			case there && rapid.Bool().Draw(t, "revoke"):
				table = table.Without(have.ID)
				delete(shown, have.Name)
			case !there:
				text, _ := New(rand.Reader)
				id, _ := NewID(rand.Reader)
				table = append(table, Key{ID: id, Name: name, Hash: HashOf(text.Reveal()), Allow: []Right{Proxy}, ExpiresAt: now.Add(time.Duration(rapid.IntRange(-60*24, 24).Draw(t, "hours")) * time.Hour)})
				shown[name] = text.Reveal()
			}
			if free := table.Free(name); CheckName(free) != nil {
				t.Fatalf("%q is free", free)
			}
		}
		if !table.Sound() || len(table) != len(shown) {
			t.Fatalf("%d keys of %d", len(table), len(shown))
		}
		for name, text := range shown {
			if got, ok := table.Find(HashOf(text)); !ok || got.Name != name {
				t.Fatalf("%s is found as %q", name, got.Name)
			}
		}
		if _, ok := table.Find(HashOf("")); ok {
			t.Fatal("nothing is found")
		}
		for _, k := range table.Kept(now) {
			if k.Expired(now.Add(-keepExpired)) {
				t.Fatalf("%s ended at %v and is kept", k.Name, k.ExpiresAt)
			}
		}
		text, err := json.Marshal(table)
		var again Table
		if err != nil || json.Unmarshal(text, &again) != nil || !again.Sound() {
			t.Fatalf("%s, %v", text, err)
		}
		for _, text := range shown {
			if bytes.Contains(text2(again), []byte(text)) {
				t.Fatal("the key itself is kept")
			}
		}
	})
}

func text2(t Table) []byte { b, _ := json.Marshal(t); return b }

// A name gets a number where another key has it, and is one that a key may have.
func TestTable_Free(t *testing.T) {
	long := strings.Repeat("a", maxName)
	for name, tc := range map[string]struct {
		taken []string
		name  string
		want  string
	}{
		"free": {nil, "editor", "editor"}, "taken": {[]string{"editor"}, "Editor", "Editor-2"},
		"taken twice": {[]string{"editor", "editor-2"}, "editor", "editor-3"},
		"long":        {[]string{long}, long, long[:maxName-2] + "-2"},
		"nearly long": {[]string{long[:39]}, long[:39], long[:maxName-2] + "-2"},
		"long, taken": {[]string{long, long[:maxName-2] + "-2"}, long, long[:maxName-2] + "-3"},
	} {
		var table Table
		for i, taken := range tc.taken {
			table = append(table, Key{ID: "key-" + strconv.Itoa(i), Name: taken, Hash: HashOf(taken)})
		}
		got := table.Free(tc.name)
		if got != tc.want || !append(table, Key{ID: "key-x", Name: got, Hash: HashOf("")}).Sound() {
			t.Errorf("%s: %q", name, got)
		}
	}
	var table Table
	for i := range Most - 1 {
		table = append(table, Key{ID: "key-" + strconv.Itoa(i), Name: table.Free(long), Hash: HashOf(strconv.Itoa(i))})
	}
	if !table.Sound() {
		t.Error("many of one name are not sound")
	}
}

// A table that says what nobody wrote is not believed.
func TestTable_Sound(t *testing.T) {
	good := Key{ID: "key-1", Name: "a", Hash: HashOf("x")}
	other := Key{ID: "key-2", Name: "b", Hash: HashOf("y")}
	with := func(change func(*Key)) Table { k := good; change(&k); return Table{k, other} }
	for name, tc := range map[string]struct {
		table Table
		want  bool
	}{
		"nothing": {nil, true}, "two": {Table{good, other}, true}, "twice": {Table{good, good}, false},
		"name twice": {with(func(k *Key) { k.Name = "B" }), false}, "id twice": {with(func(k *Key) { k.ID = "key-2" }), false},
		"default": {with(func(k *Key) { k.Name = Default }), false}, "no hash": {with(func(k *Key) { k.Hash = nil }), false},
		"short hash": {with(func(k *Key) { k.Hash = k.Hash[:31] }), false}, "id of an account": {with(func(k *Key) { k.ID = "a1b2c3d4e5" }), false},
		"both bounds": {with(func(k *Key) { k.Account, k.Pool = "a1b2c3", "x/y" }), false}, "odd name": {with(func(k *Key) { k.Name = "a\x1b[2J" }), false},
	} {
		if got := tc.table.Sound(); got != tc.want {
			t.Errorf("%s: %t", name, got)
		}
	}
}

func TestKey_Rules(t *testing.T) {
	now := time.Date(2026, 5, 20, 12, 0, 0, 0, time.UTC)
	for at, want := range map[time.Duration]bool{-time.Second: true, 0: true, time.Second: false} {
		if got := (Key{ExpiresAt: now.Add(at)}).Expired(now); got != want {
			t.Errorf("ends in %v: %t", at, got)
		}
	}
	if (Key{}).Expired(now) || (Key{}).May(Proxy) || !(Key{}).Covers("a", "p") || !(Key{}).Serves("m") {
		t.Error("an empty key: never over, may nothing, covers everything")
	}
	for _, tc := range []struct {
		key           Key
		account, pool string
		want          bool
	}{
		{Key{Account: "a"}, "a", "p", true}, {Key{Account: "a"}, "b", "p", false}, {Key{Pool: "p"}, "b", "p", true}, {Key{Pool: "p"}, "a", "q", false},
	} {
		if got := tc.key.Covers(tc.account, tc.pool); got != tc.want {
			t.Errorf("%+v covers %s of %s: %t", tc.key, tc.account, tc.pool, got)
		}
	}
}
