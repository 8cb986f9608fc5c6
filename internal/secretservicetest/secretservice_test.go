package secretservicetest

import (
	"context"
	"os/exec"
	"strings"
	"testing"
)

// secretTool runs libsecret's own client, which shares no code with ours.
func secretTool(t *testing.T, s *Service, stdin string, args ...string) (string, error) {
	t.Helper()
	need(t, "secret-tool")
	cmd := exec.CommandContext(t.Context(), "secret-tool", args...)
	cmd.Env = s.Env()
	cmd.Stdin = strings.NewReader(stdin)
	out, err := cmd.Output()
	return string(out), err
}

func TestStart_ServesOtherPrograms(t *testing.T) {
	s := Start(t)
	if n := s.Items("app"); n != 0 {
		t.Fatalf("%d items in a new keyring", n)
	}
	if _, err := secretTool(t, s, "hush", "store", "--label=x", "service", "app", "username", "me"); err != nil {
		t.Fatal(err)
	}
	if got, err := secretTool(t, s, "", "lookup", "service", "app", "username", "me"); err != nil || got != "hush" {
		t.Fatalf("looked up %q, %v", got, err)
	}
	if n := s.Items("app"); n != 1 {
		t.Fatalf("%d items, want 1", n)
	}
}

func TestLock_LocksUntilTheKeyringIsStartedAgain(t *testing.T) {
	s := Start(t)
	if err := s.unlocked(t.Context()); err != nil {
		t.Fatal(err)
	}
	s.Lock()
	if err := s.unlocked(t.Context()); err == nil {
		t.Fatal("not locked")
	}
	s.StartKeyring()
	if err := s.unlocked(t.Context()); err != nil {
		t.Fatalf("after a new start: %v", err)
	}
}

func TestStartEmptyBus_HasNoSecretService(t *testing.T) {
	s := StartEmptyBus(t)
	if err := s.unlocked(t.Context()); err == nil || !strings.Contains(err.Error(), "nobody owns") {
		t.Fatalf("%v, want that nobody owns the name", err)
	}
	s.StopBus()
	if err := s.unlocked(context.Background()); err == nil {
		t.Fatal("a stopped bus answered")
	}
}
