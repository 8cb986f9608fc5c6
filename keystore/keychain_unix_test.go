//go:build unix

package keystore

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hermes-tui/hermes-tui/internal/buildtest"
)

// securitySays is what /usr/bin/security ends with, and what that has to become.
var securitySays = []struct {
	name, says string
	code       int
	want       Condition
	words      string
	cure       string
}{
	{"no such item", "The specified item could not be found in the keychain.", 44, NotFound, "", ""},
	{"no such item, in German", "Das angegebene Objekt konnte nicht gefunden werden.", 44, NotFound, "", ""},
	{"locked, over SSH", "User interaction is not allowed.", 36, Locked, "locked, and cannot ask", "unlock-keychain"},
	{"interaction required", "User interaction is required.", 29, Locked, "cannot ask", "unlock-keychain"},
	{"no window server", "interaction not allowed", 153, Locked, "cannot ask", "unlock-keychain"},
	{"wrong password", "The user name or passphrase you entered is not correct.", 51, Locked, "wrong password", "unlock-keychain"},
	{"dismissed", "User canceled the operation.", 128, Locked, "dismissed", "answer the prompt"},
	{"authorization dismissed", "cancelled", 154, Locked, "dismissed", "answer the prompt"},
	{"denied", "denied", 155, Locked, "did not let", "allow it"},
	{"no keychain", "The keychain is not there.", 50, Unavailable, "no keychain here", "login keychain"},
	{"no default keychain", "There is no default keychain.", 37, Unavailable, "no keychain here", "login keychain"},
	{"damaged keychain", "not a valid keychain", 49, Unavailable, "no keychain here", "login keychain"},
	{"no keychain available", "none", 53, Unavailable, "no keychain here", "login keychain"},
	{"read-only", "read-only", 52, Unavailable, "read-only", "Keychain Access"},
	{"too large", "too large", 42, TooLarge, "does not take", ""},
	{"something else", "A failure.", 1, Unavailable, "cannot be used: exit status 1", "other programs"},
}

func TestKeychain_ExitCodes(t *testing.T) {
	for _, s := range securitySays {
		err := exec.Command("sh", "-c", fmt.Sprintf("exit %d", s.code)).Run()
		got := classify("get", "macOS Keychain", err)
		var e *Error
		if !errors.As(got, &e) || e.Condition != s.want || !strings.Contains(e.Error(), s.words) || !strings.Contains(e.Hint, s.cure) {
			t.Errorf("%s (%d) is %v, want condition %d, %q and the cure %q", s.name, s.code, got, s.want, s.words, s.cure)
		}
		if strings.Contains(got.Error(), "LABEL") {
			t.Errorf("%s: %v", s.name, got)
		}
	}
}

// TestKeychain_ThroughGoKeyring lets go-keyring's own code for macOS run a
// `security` that fails in each way. The code is that of the module, built for
// this system under a name that does not say darwin, and with the path of the
// fake in the place of /usr/bin/security.
func TestKeychain_ThroughGoKeyring(t *testing.T) {
	if security := os.Getenv(fakeSecurity); security != "" {
		throughGoKeyring(t, security)
		return
	}
	if testing.Short() {
		t.Skip("building go-keyring anew takes a few seconds")
	}
	dir := t.TempDir()
	security := filepath.Join(dir, "security")
	script := "#!/bin/sh\ncat >/dev/null\nread code words <" + dir + "/says\necho \"$words\" >&2\nexit \"$code\"\n"
	buildtest.Write(t, security, []byte(script))
	cmd := exec.CommandContext(t.Context(), "go", "test", "-modfile="+macOSKeyring(t, dir, security), "-count=1", "-run=^"+t.Name()+"$", ".")
	cmd.Env = append(os.Environ(), fakeSecurity+"="+security, "GOFLAGS=-mod=mod", "GOPROXY=off")
	if out, err := cmd.CombinedOutput(); err != nil || !bytes.Contains(out, []byte("ok")) {
		t.Fatalf("%v\n%s", err, out)
	}
}

func throughGoKeyring(t *testing.T, security string) {
	for _, s := range securitySays {
		says := fmt.Sprintf("%d security: SecKeychain: %s\n", s.code, s.says)
		if err := os.WriteFile(filepath.Join(filepath.Dir(security), "says"), []byte(says), 0o600); err != nil {
			t.Fatal(err)
		}
		_, get := System{}.Get("service", "user")
		for op, err := range map[string]error{"get": get, "put": System{}.Set("service", "user", "text"), "delete": System{}.Delete("service", "user")} {
			if got := ConditionOf(classify(op, "macOS Keychain", err)); got != s.want {
				t.Errorf("%s: %s: %v is condition %d, want %d", op, s.name, err, got, s.want)
			}
		}
	}
}

// macOSKeyring makes a copy of go-keyring that uses the fake, and returns the
// go.mod that names it.
func macOSKeyring(t *testing.T, dir, security string) string {
	t.Helper()
	answer := func(args ...string) string {
		out, err := exec.CommandContext(t.Context(), "go", args...).Output()
		if err != nil {
			t.Fatalf("go %v: %v", args, err)
		}
		return strings.TrimSpace(string(out))
	}
	const module = "github.com/zalando/go-keyring"
	own := filepath.Join(dir, "go-keyring")
	if err := os.CopyFS(own, os.DirFS(answer("list", "-m", "-f={{.Dir}}", module))); err != nil {
		t.Fatal(err)
	}
	source, err := os.ReadFile(filepath.Join(own, "keyring_darwin.go"))
	if err != nil {
		t.Fatal(err)
	}
	source = bytes.Replace(source, []byte(`"/usr/bin/security"`), []byte(`"`+security+`"`), 1)
	// The last of the files' init functions decides: go sorts them by name.
	_ = os.Remove(filepath.Join(own, "keyring_darwin.go"))
	if err := os.WriteFile(filepath.Join(own, "keyring_zzz.go"), source, 0o600); err != nil {
		t.Fatal(err)
	}
	mod := filepath.Join(dir, "go.mod")
	for name, to := range map[string]string{"go.mod": mod, "go.sum": filepath.Join(dir, "go.sum")} {
		text, err := os.ReadFile(filepath.Join(filepath.Dir(answer("env", "GOMOD")), name))
		if err == nil {
			err = os.WriteFile(to, text, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	answer("mod", "edit", "-replace="+module+"="+own, mod)
	return mod
}
