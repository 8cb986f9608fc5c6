package secret_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/hermes-tui/hermes-tui/core/secret"
)

const token = "FAKE-mm-rt/1+x=="

// holder keeps a secret where fmt calls no methods.
type holder struct {
	hidden secret.Secret
	Open   secret.Secret
	inner  *holder
}

func TestSecret_NeverPrints(t *testing.T) {
	s := secret.New(token)
	h := holder{s, s, &holder{hidden: s}}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%08b"} {
		for _, v := range []any{s, &s, h, &h, []secret.Secret{s}, map[secret.Secret]holder{s: h}} {
			out := fmt.Sprintf(verb, v)
			if strings.Contains(out, token) || strings.Contains(strings.ToLower(out), fmt.Sprintf("%x", token)) {
				t.Errorf("%s of %T shows the token: %s", verb, v, out)
			}
		}
	}
	out, err := json.Marshal(h)
	if err != nil || string(out) != `{"Open":"[secret]"}` {
		t.Errorf("JSON is %s, %v", out, err)
	}
}

func TestSecret_IsAValue(t *testing.T) {
	if again := secret.New("a"); secret.New("a") != again || secret.New("a") == secret.New("b") {
		t.Error("secrets do not compare by their token")
	}
	if !secret.New("").IsZero() || !(secret.Secret{}).IsZero() || secret.New("a").IsZero() {
		t.Error("IsZero is wrong")
	}
	if got := (secret.Secret{}).Reveal(); got != "" {
		t.Errorf("an empty secret reveals %q", got)
	}
	if got := secret.New(token).Reveal(); got != token {
		t.Errorf("reveals %q", got)
	}
}

func TestFingerprint(t *testing.T) {
	a, b := secret.Fingerprint(secret.New(token)), secret.Fingerprint(secret.New(token+"x"))
	if len(a) != 12 || a == b || strings.Contains(a, "FAKE") {
		t.Errorf("fingerprints %q and %q", a, b)
	}
	if secret.Fingerprint(secret.Secret{}) != "" {
		t.Error("an empty secret has a fingerprint")
	}
}
