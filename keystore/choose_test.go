package keystore

import (
	"errors"
	"strings"
	"testing"
)

func TestChoose(t *testing.T) {
	present, absent := Availability{Presence: Present}, Availability{Presence: Absent, Reason: "no session bus"}
	silent := Availability{Err: errors.New("no answer")}
	for name, c := range map[string]struct {
		r     Request
		found Availability
		want  Choice
		away  error // why a keyring cannot be called
		fails error
		hint  string
	}{
		"new store with a keyring":    {found: present, want: Choice{KindKeyring, Automatic, ""}},
		"new store without":           {found: absent, want: Choice{KindFile, Automatic, "no OS keyring here"}},
		"a silent keyring is no file": {found: silent, fails: ErrLocked, hint: "--keystore file"},
		"flag over environment":       {r: Request{Flag: KindFile, Env: KindKeyring, Config: KindKeyring}, want: Choice{KindFile, ByFlag, ""}},
		"environment over config":     {r: Request{Env: KindFile, Config: KindKeyring}, want: Choice{KindFile, ByEnv, ""}},
		"config over automatic":       {r: Request{Config: KindFile}, found: present, want: Choice{KindFile, ByConfig, ""}},
		"auto names nothing":          {r: Request{Flag: "auto", Config: KindFile}, want: Choice{KindFile, ByConfig, ""}},
		"remembered file":             {r: Request{Remembered: KindFile}, found: present, want: Choice{KindFile, ByRemembered, ""}},
		"remembered keyring":          {r: Request{Remembered: KindKeyring}, found: present, want: Choice{KindKeyring, ByRemembered, ""}},
		"remembered keyring is away":  {r: Request{Remembered: KindKeyring}, away: errors.New("there is no session bus"), fails: ErrUnavailable, hint: "SSH"},
		"flag against remembered":     {r: Request{Flag: KindFile, Remembered: KindKeyring}, fails: ErrMisused, hint: "keystore move file"},
		"flag agrees":                 {r: Request{Flag: KindFile, Remembered: KindFile}, want: Choice{KindFile, ByFlag, ""}},
		"unknown":                     {r: Request{Flag: "vault"}, fails: ErrMisused, hint: "auto, keyring or file"},
		"memory loses the sign-in":    {r: Request{Flag: KindMemory}, fails: ErrUnavailable, hint: "file"},
		"memory in a test":            {r: Request{Flag: KindMemory, AllowMemory: true}, want: Choice{KindMemory, ByFlag, ""}},
	} {
		t.Run(name, func(t *testing.T) {
			c.r.Available = func() Availability { return c.found }
			c.r.Reachable = func() error { return c.away }
			got, err := Choose(c.r)
			if c.fails != nil {
				var e *Error
				if !errors.Is(err, c.fails) || !errors.As(err, &e) || !strings.Contains(e.Hint, c.hint) {
					t.Fatalf("got %v, want %v with the hint %q", err, c.fails, c.hint)
				}
				return
			}
			if err != nil || got != c.want {
				t.Fatalf("got %+v, %v; want %+v", got, err, c.want)
			}
		})
	}
}

func TestManager_OpensEachStoreOnce(t *testing.T) {
	m := &Manager{BlobDir: t.TempDir(), Key: &Key{}, Backend: newRing(), Getenv: func(string) string { return "" }}
	for _, kind := range []Kind{KindFile, KindKeyring, KindMemory} {
		a, err := m.Open(t.Context(), kind, "one")
		if err != nil || a.Kind() != kind {
			t.Fatalf("%s: %v", kind, err)
		}
		if b, _ := m.Open(t.Context(), kind, "one"); a != b {
			t.Errorf("%s was opened twice", kind)
		}
	}
	if _, err := m.Open(t.Context(), "vault", "one"); !errors.Is(err, ErrMisused) {
		t.Errorf("an unknown kind: %v", err)
	}
	if m.Describe(KindFile) != "encrypted file" || m.Describe(KindKeyring) != KeyringLabel {
		t.Error("stores are not called what people call them")
	}
}
