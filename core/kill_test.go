//go:build unix

package core

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/hermes-tui/hermes-tui/core/clock"
	"github.com/hermes-tui/hermes-tui/core/oauth"
	"github.com/hermes-tui/hermes-tui/core/record"
	"github.com/hermes-tui/hermes-tui/core/refresh"
	"github.com/hermes-tui/hermes-tui/core/secret"
	"github.com/hermes-tui/hermes-tui/core/serve"
	"github.com/hermes-tui/hermes-tui/core/state"
	"github.com/hermes-tui/hermes-tui/keystore"
)

// A process is killed (SIGKILL) at each step of a refresh, a sign-in, a removal
// and a move; then another one goes on in the same folder.

// killer ends the process before or after a call, at its first or second time.
type killer struct{ at string }

func (k killer) step(name string) {
	if k.at == name {
		_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
		select {}
	}
}

type killingStore struct {
	keystore.Store
	k killer
}

func (s killingStore) Prepare(ctx context.Context, name string) error {
	s.k.step("before prepare")
	err := s.Store.Prepare(ctx, name)
	s.k.step("after prepare")
	return err
}

func (s killingStore) Put(ctx context.Context, name string, blob []byte) error {
	s.k.step("before put")
	err := s.Store.Put(ctx, name, blob)
	s.k.step("after put")
	return err
}

func (s killingStore) Delete(ctx context.Context, name string) error {
	s.k.step("before delete")
	err := s.Store.Delete(ctx, name)
	s.k.step("after delete")
	return err
}

func (s killingStore) Probe(ctx context.Context, name string) error {
	s.k.step("before probe")
	err := s.Store.Put(ctx, name, []byte("probe"))
	s.k.step("in probe")
	return errors.Join(err, s.Store.Delete(ctx, name))
}

type killingStores struct {
	state.Keystores
	k killer
}

func (s killingStores) Open(ctx context.Context, kind keystore.Kind, id string) (keystore.Store, error) {
	store, err := s.Keystores.Open(ctx, kind, id)
	return killingStore{store, s.k}, err
}

func (s killingStores) Backup(ctx context.Context, to string, data []byte) error {
	s.k.step("before backup")
	err := s.Keystores.Backup(ctx, to, data)
	s.k.step("after backup")
	return err
}

type killingFlow struct {
	oauth.Flow
	k killer
}

func (f killingFlow) Refresh(ctx context.Context, b oauth.Binding, token secret.Secret, beside ...secret.Secret) oauth.Answer {
	f.k.step("before request")
	a := f.Flow.Refresh(ctx, b, token, beside...)
	f.k.step("after request")
	return a
}

// victim is the process that is killed: CORE_TEST_VICTIM is what it does.
func victim() int {
	at := killer{os.Getenv("CORE_TEST_STEP")}
	conf := config(os.Getenv("CORE_TEST_DIR"), os.Getenv("CORE_TEST_PORTAL"), clock.System{})
	conf.Keystores = killingStores{twoFolders{conf.Keystores.(*keystore.Manager)}, at}
	c := Open(conf)
	rules := c.engine.Rules
	c.engine.Rules = func(p, r string) (out refresh.Rules, err error) {
		out, err = rules(p, r)
		out.Flow = killingFlow{out.Flow, at}
		return out, err
	}
	ctx, id := context.Background(), os.Getenv("CORE_TEST_ACCOUNT")
	var err error
	switch os.Getenv("CORE_TEST_VICTIM") {
	case "refresh":
		_, err = c.Refresh(ctx, id, RefreshOptions{Force: true})
	case "sign-in":
		for e := range c.SignIn(ctx, SignInOptions{Account: id, Provider: "minimax"}) {
			if failed, ok := e.(SignInFailed); ok {
				err = failed.Err
			}
		}
	case "remove":
		err = c.Remove(ctx, id)
	case "add key":
		_, err = c.AddClientKey(ctx, serve.ClientKeyOptions{Name: "next"})
	case "revoke key":
		err = c.RevokeClientKey(ctx, id, false)
	case "churn":
		err = churn(c, strings.Split(id, ","), os.Getenv("CORE_TEST_STEP"))
	case "import", "take over":
		err = importAll(ctx, c, id, os.Getenv("CORE_TEST_VICTIM") == "take over")
	case "export":
		_, err = c.Export(ctx, id, ids(c))
	case "move":
		err = c.Move(ctx, keystore.KindKeyring, nil)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

// process is the test binary as another process of the same accounts.
func (r *rig) process(what, step, id string) *exec.Cmd {
	cmd := exec.CommandContext(r.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), "CORE_TEST_VICTIM="+what, "CORE_TEST_STEP="+step, "CORE_TEST_DIR="+r.dir,
		"CORE_TEST_PORTAL="+r.portal.URL(), "CORE_TEST_ACCOUNT="+id)
	return cmd
}

func (r *rig) kill(what, step, id string) {
	r.Helper()
	cmd := r.process(what, step, id)
	out, err := cmd.CombinedOutput()
	status, ok := cmd.ProcessState.Sys().(syscall.WaitStatus)
	if !ok || !status.Signaled() || status.Signal() != syscall.SIGKILL {
		r.Fatalf("%s was not killed %s: %v\n%s", what, step, err, out)
	}
}

func TestKill_AtEachStepOfARefresh(t *testing.T) {
	lost := []string{"after request", "before put"} // the provider had rotated, nothing could be kept
	for _, step := range []string{
		"before prepare", "after prepare", "before request", "after request",
		"before put", "after put", "before delete", "after delete",
	} {
		t.Run(step, func(t *testing.T) {
			t.Parallel()
			r := newRig(t)
			a := r.account("work")
			r.kill("refresh", step, a.ID)
			r.clock.Advance(time.Hour)
			got, err := r.token(a.ID)
			s, _ := r.core.Snapshot().Find(a.ID)
			switch {
			case err == nil && r.portal.IsLive(got.Access.Reveal()) && !slices.Contains(lost, step):
			case err != nil && slices.Contains(lost, step) && s.Marker != nil && s.Marker.Reason == "refresh_interrupted":
				if e, ok := r.signIn(SignInOptions{Account: a.ID}).(SignedIn); !ok || e.Account.Label != "work" {
					t.Fatalf("signing in again: %+v", e)
				}
				if _, err := r.token(a.ID); err != nil {
					t.Fatal(err)
				}
			default:
				t.Fatalf("%v, marker %+v", err, s.Marker)
			}
			r.onlyCurrent(a.ID)
		})
	}
}

func TestKill_AtEachStepOfASignIn(t *testing.T) {
	for _, step := range []string{"before prepare", "after prepare", "before put", "after put", "before delete"} {
		t.Run(step, func(t *testing.T) {
			t.Parallel()
			r := newRig(t)
			a := r.account("work")
			r.kill("sign-in", step, a.ID)
			r.clock.Advance(time.Hour)
			got, err := r.token(a.ID) // with the old tokens, or with the new ones
			if err != nil || !r.portal.IsLive(got.Access.Reveal()) {
				t.Fatalf("%v", err)
			}
			r.onlyCurrent(a.ID)
		})
	}
}

// Nobody can ask for an account that was never listed: the list says that there
// is one, and the next sign-in brings it to light, or clears up after it.
func TestKill_AtEachStepOfAFirstSignIn(t *testing.T) {
	for _, step := range []string{"before prepare", "after prepare", "before put", "after put"} {
		t.Run(step, func(t *testing.T) {
			t.Parallel()
			r := newRig(t)
			r.kill("sign-in", step, "")
			if s := r.core.Snapshot(); len(s.Accounts) != 0 || !strings.Contains(s.Notice, "a sign-in was interrupted") {
				t.Fatalf("%d accounts, %q", len(s.Accounts), s.Notice)
			}
			a, want := r.account("home"), 1
			if step == "after put" {
				want = 2
			}
			all := r.core.Snapshot().Accounts
			if len(all) != want {
				t.Fatalf("%d accounts, want %d", len(all), want)
			}
			r.clock.Advance(time.Hour)
			var secrets []string
			for _, one := range all {
				if got, err := r.token(one.ID); err != nil || !r.portal.IsLive(got.Access.Reveal()) {
					t.Errorf("%s: %v", one.Label, err)
				}
				h, err := r.core.state.Folder.ReadHead(one.ID)
				if err != nil || h.Intent != nil {
					t.Fatalf("%+v, %v", h, err)
				}
				secrets = append(secrets, h.Ref.Name)
			}
			slices.Sort(secrets)
			if got := r.secrets(); !slices.Equal(got, secrets) {
				t.Errorf("the keystore holds %v, the heads name %v", got, secrets)
			}
			if events, err := r.core.History(all[0].ID); all[0].ID != a.ID && (err != nil || events[0].Kind != record.EventRecovered) {
				t.Errorf("its history is %+v, %v", events, err)
			}
		})
	}
}

func TestKill_AtEachStepOfARemoval(t *testing.T) {
	for _, step := range []string{"before delete", "after delete"} {
		t.Run(step, func(t *testing.T) {
			t.Parallel()
			r := newRig(t)
			a := r.account("work")
			r.kill("remove", step, a.ID)
			if _, err := r.token(a.ID); err == nil {
				t.Fatal("a removed account gives tokens")
			}
			if err := r.core.Remove(t.Context(), a.ID); err != nil {
				t.Fatal(err)
			}
			r.onlyCurrent(a.ID)
		})
	}
}

// onlyCurrent checks that the keystore holds what the heads name and nothing
// else.
func (r *rig) onlyCurrent(ids ...string) {
	r.Helper()
	var want []string
	for _, id := range ids {
		h, err := r.core.state.Folder.ReadHead(id)
		if err != nil {
			r.Fatal(err)
		}
		if h.Ref != nil {
			want = append(want, h.Ref.Name)
		}
		if h.Intent != nil {
			r.Fatalf("an intent is left: %+v", h.Intent)
		}
	}
	slices.Sort(want)
	if names := r.secrets(); !slices.Equal(names, want) {
		r.Fatalf("the keystore holds %v, the heads name %v", names, want)
	}
}

// secrets are the names in the keystore.
func (r *rig) secrets() []string {
	r.Helper()
	store, err := r.core.state.Keystores.Open(r.Context(), keystore.KindFile, "")
	if err != nil {
		r.Fatal(err)
	}
	names, err := store.(keystore.Lister).List(r.Context())
	if err != nil {
		r.Fatal(err)
	}
	slices.Sort(names)
	return names
}
