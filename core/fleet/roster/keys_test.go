package roster

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/hermes-tui/hermes-tui/core/autherr"
)

func TestKeys(t *testing.T) {
	k, err := NewKeys("prod-2")
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		k.Fleet():                 "fleet",
		k.Stamp():                 "stamp",
		k.Epoch(7):                "epoch/7",
		k.Head("0a1b2c"):          "acct/0a1b2c/head",
		k.Blob("0a1b2c", "0.9f"):  "acct/0a1b2c/blob/0.9f",
		k.Access("0a1b2c"):        "acct/0a1b2c/access",
		k.Busy("0a1b2c"):          "acct/0a1b2c/busy",
		k.Alive("f00d"):           "alive/f00d",
		k.Want("0a1b2c"):          "want/0a1b2c",
		k.Cool("0a1b2c", "gpt/5"): "cool/0a1b2c/gpt%2F5",
		k.Cool("0a1b2c", ""):      "cool/0a1b2c/%",
		k.Pool("labels"):          "pool/labels",
		k.Use("f00d"):             "use/f00d",
		k.Join("beef"):            "join/beef",
		k.Head("../a b%"):         "acct/..%2Fa%20b%25/head",
	} {
		if name != "/hermes-tui/prod-2/"+want {
			t.Errorf("%s, not %s", name, want)
		}
	}
	for _, id := range []string{"", "-a", "a/b", "A", "é", strings.Repeat("a", 33), "a\x00"} {
		if _, err := NewKeys(id); autherr.KindOf(err) != autherr.Usage {
			t.Errorf("%q: %v", id, err)
		}
	}
}

// Whatever an id is, it names its own keys and no others, and is found in them again.
func TestKeys_ReadAgain(t *testing.T) {
	k := Keys{"prod"}
	rapid.Check(t, func(t *rapid.T) {
		id, name := rapid.String().Draw(t, "id"), rapid.String().Draw(t, "name")
		for which, key := range map[string]string{"head": k.Head(id), "busy": k.Busy(id), "access": k.Access(id), "blob/" + name: k.Blob(id, name)} {
			if got, part, ok := k.AccountOf(key); got != id || part != which || !ok || !strings.HasPrefix(key, k.Account(id)) {
				t.Fatalf("%s: %q %q %v", key, got, part, ok)
			}
		}
	})
	for _, key := range []string{
		"", "/hermes-tui/prod/fleet", "/hermes-tui/other/acct/aa/head", "/hermes-tui/prod/acct/aa", "/hermes-tui/prod/acct//head", "/hermes-tui/prod/acct/aa/",
		"/hermes-tui/prod/acct/aa/heads", "/hermes-tui/prod/acct/a%2/head", "/hermes-tui/prod/acct/a%2g/head", "/hermes-tui/prod/acct/%61/head",
		"/hermes-tui/prod/acct/a%2f/head", "/hermes-tui/prod/acct/aa/blob/", "/hermes-tui/prod/acct/aa/blob/a/b", "/hermes-tui/prod/acct/aa/head/",
	} {
		if id, which, ok := k.AccountOf(key); ok {
			t.Errorf("%s: %s %s", key, id, which)
		}
	}
}
