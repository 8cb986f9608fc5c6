package record

import (
	"bytes"
	"errors"
	"reflect"
	"testing"
	"time"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/oauth"
	"github.com/hermes-tui/hermes-tui/core/secret"
)

// codeOf is the code of an error of ours; tests compare codes, never texts.
func codeOf(err error) string {
	var e *autherr.Error
	if errors.As(err, &e) {
		return e.Code
	}
	return ""
}

func someBlob() *Blob {
	return &Blob{
		StoreID: "store", AccountID: someID, Gen: 7, Why: ForRefresh, Replaces: "0123",
		Binding: oauth.Binding{
			Provider: "minimax-oauth", Region: "global", ClientID: "client", TokenURL: "https://account.minimax.io/oauth2/token",
			TokenHosts: []string{"account.minimax.io"}, APIHosts: []string{"api.minimax.io"}, BaseURL: "https://api.minimax.io/anthropic",
		},
		Access: secret.New("the access token"), Refresh: secret.New("the refresh token"), TokenType: "Bearer",
		ObtainedAt: noon, ExpiresAt: noon.Add(15 * time.Minute), GrantExpiresAt: noon.AddDate(0, 1, 0),
		AuthType: OAuth, Identity: oauth.Identity{Label: "me@example.org", Subject: "42"},
	}
}

func TestBlob_RoundTrip(t *testing.T) {
	key := someBlob()
	key.AuthType, key.Refresh, key.ExpiresAt, key.GrantExpiresAt = APIKey, secret.Secret{}, time.Time{}, time.Time{}
	elsewhere := someBlob()
	elsewhere.ObtainedAt = elsewhere.ObtainedAt.In(time.FixedZone("", 9*3600))
	for name, b := range map[string]*Blob{"grant": someBlob(), "key": key, "another time zone": elsewhere} {
		data, err := b.Seal()
		if err != nil {
			t.Fatal(err)
		}
		got, err := OpenBlob(data)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		want := *b
		want.ObtainedAt = want.ObtainedAt.UTC()
		if !reflect.DeepEqual(*got, want) {
			t.Errorf("%s:\n got %+v\nwant %+v", name, *got, want)
		}
	}
}

func TestOpenBlob_RefusesWhatIsNoRecord(t *testing.T) {
	whole, err := someBlob().Seal()
	if err != nil {
		t.Fatal(err)
	}
	replaced := func(old, by string) []byte {
		t.Helper()
		if !bytes.Contains(whole, []byte(old)) {
			t.Fatalf("%s is not in %s", old, whole)
		}
		return bytes.Replace(whole, []byte(old), []byte(by), 1)
	}
	for name, tc := range map[string]struct {
		data []byte
		code string
	}{
		"empty":           {nil, autherr.CodeRecordDamaged},
		"cut":             {whole[:len(whole)-1], autherr.CodeRecordDamaged},
		"two":             {append(bytes.Clone(whole), whole...), autherr.CodeRecordDamaged},
		"no version":      {replaced(`"version":1`, `"version":0`), autherr.CodeRecordDamaged},
		"newer":           {replaced(`"version":1`, `"version":2`), autherr.CodeNewerStore},
		"no account":      {replaced(`"account_id":"`+someID+`"`, `"account_id":""`), autherr.CodeRecordDamaged},
		"no access token": {replaced(`"access_token":"the access token"`, `"access_token":""`), autherr.CodeRecordDamaged},
	} {
		b, err := OpenBlob(tc.data)
		if b != nil || codeOf(err) != tc.code {
			t.Errorf("%s: %v, code %q, want %q", name, b, codeOf(err), tc.code)
		}
	}
}

func TestBlob_Belongs(t *testing.T) {
	b := someBlob()
	for _, tc := range []struct {
		store, account string
		gen            uint64
		ok             bool
	}{
		{"store", someID, 7, true},
		{"other", someID, 7, false},
		{"store", "ffffffffff", 7, false},
		{"store", someID, 6, false},
		{"store", someID, 8, false},
	} {
		if err := b.Belongs(tc.store, tc.account, tc.gen); (err == nil) != tc.ok {
			t.Errorf("%+v: %v", tc, err)
		}
	}
}

func TestHash_NamesATokenInOneStoreOnly(t *testing.T) {
	token := secret.New("the refresh token")
	h := Hash("store", token)
	if len(h) != 32 || h != Hash("store", secret.New("the refresh token")) {
		t.Errorf("%q is not 16 bytes, or not the same twice", h)
	}
	if h == Hash("another store", token) || h == Hash("store", secret.New("another token")) {
		t.Error("two tokens, or a token in two stores, have one hash")
	}
	if got := Hash("store", secret.Secret{}); got != "" {
		t.Errorf("no token has the hash %q", got)
	}
	if Fingerprint(h) != h[:8] || Fingerprint("") != "" {
		t.Errorf("fingerprint %q", Fingerprint(h))
	}
}

// Two accounts must not have one grant; of a key, that is the key itself.
func TestBlob_Grant(t *testing.T) {
	b := someBlob()
	if b.Grant() != b.Refresh {
		t.Error("a grant is not known by its refresh token")
	}
	if b.AuthType = APIKey; b.Grant() != b.Access {
		t.Error("a key is not known by itself")
	}
	if b.AuthType = ""; b.Grant() != b.Refresh {
		t.Error("an old record, without a type, is not taken for a grant")
	}
}

// FuzzOpenBlob: bytes that a keystore returned. What is accepted has a token and
// an owner, and seals to what is accepted again.
func FuzzOpenBlob(f *testing.F) {
	whole, err := someBlob().Seal()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(whole)
	f.Add([]byte(`{"version":1,"account_id":"a1b2c3d4e5","access_token":"x","expires_at":"9999-12-31T23:59:59Z"}`))
	f.Add([]byte(`{"version":2}`))
	f.Add([]byte(`{"version":1,"store_id":"store","record":"proxy-key","key":"htui_00"}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		b, err := OpenBlob(data)
		if err != nil {
			if kind := autherr.KindOf(err); kind != autherr.Keystore || b != nil {
				t.Fatalf("%v, %v", b, err)
			}
			return
		}
		if b.Access.IsZero() || b.AccountID == "" {
			t.Fatalf("accepted without a token or an owner: %q", data)
		}
		again, err := b.Seal()
		if err != nil {
			t.Skip("a year that JSON cannot write") // such as one that a time zone pushes past 9999
		}
		if got, err := OpenBlob(again); err != nil || got.Access != b.Access || got.Refresh != b.Refresh || got.Gen != b.Gen || !got.ExpiresAt.Equal(b.ExpiresAt) {
			t.Fatalf("%+v became %+v, %v", b, got, err)
		}
	})
}
