package record

import (
	"reflect"
	"strings"
	"testing"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/secret"
)

func TestProxyKeyID_IsNoAccount(t *testing.T) {
	if ValidID(ProxyKeyID) {
		t.Error("an account could have the id of the proxy's key")
	}
}

func TestOpenProxyKey(t *testing.T) {
	key := secret.New("htui_0123456789abcdef")
	data, err := SealProxyKey("store", key)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := OpenProxyKey("store", data); err != nil || got != key {
		t.Errorf("got %v, %v", got, err)
	}
	for name, open := range map[string]func() (secret.Secret, error){
		"another store": func() (secret.Secret, error) { return OpenProxyKey("other", data) },
		"cut":           func() (secret.Secret, error) { return OpenProxyKey("store", data[:len(data)-2]) },
		"empty":         func() (secret.Secret, error) { return OpenProxyKey("store", []byte("{}")) },
	} {
		if got, err := open(); autherr.KindOf(err) != autherr.Keystore || !got.IsZero() {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestProxyKeyHead_IsReplacedAsAWhole(t *testing.T) {
	f := newFolder(t)
	if h, err := f.ReadProxyKeyHead(); err != nil || h.Ref != nil || h.Version != 0 {
		t.Fatalf("before a key was made: %+v, %v", h, err)
	}
	want := ProxyKeyHead{Ref: &Ref{Place: Place{"file", "proxy-key.aa"}, Length: 3, SHA256: "ab"}, MadeAt: noon}
	want.Discard(&Place{"file", "proxy-key.old"})
	want.Discard(nil)
	if err := f.WriteProxyKeyHead(want); err != nil {
		t.Fatal(err)
	}
	got, err := f.ReadProxyKeyHead()
	if want.Version = Version; err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%+v, %v", got, err)
	}
	for text, code := range map[string]string{
		"{": autherr.CodeRecordDamaged, `{"version":0}`: autherr.CodeRecordDamaged, `{"version":9}`: autherr.CodeNewerStore,
		`{"version":1,"ref":{"name":""}}`: autherr.CodeRecordDamaged, `{"version":1}`: "",
	} {
		f.put(t, f.HeadPath(ProxyKeyID), text)
		if _, err := f.ReadProxyKeyHead(); codeOf(err) != code {
			t.Errorf("%s: %v", text, err)
		}
	}
	if ids, err := f.IDs(); err != nil || len(ids) != 0 {
		t.Errorf("the key is listed as an account: %v, %v", ids, err)
	}
}

func TestNewProxyKey_IsLongAndKnownByItsPrefix(t *testing.T) {
	f := newFolder(t)
	a, err := f.NewProxyKey()
	b, second := f.NewProxyKey()
	if err != nil || second != nil || a == b || !strings.HasPrefix(a.Reveal(), "htui_") || len(a.Reveal()) != 5+64 {
		t.Errorf("a key of %d characters, twice the same: %t, %v", len(a.Reveal()), a == b, err)
	}
}

func FuzzDecodeProxyKeyHead(f *testing.F) {
	f.Add([]byte(`{"version":1,"ref":{"kind":"file","name":"proxy-key.00","length":3,"sha256":"ab"}}`))
	f.Add([]byte(`{"version":9}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		h, err := DecodeProxyKeyHead(data)
		if err == nil && h.Ref != nil && h.Ref.Name == "" {
			t.Errorf("%q points nowhere", data)
		}
	})
}

// FuzzOpenProxyKey: bytes that a keystore returned for the proxy's key.
func FuzzOpenProxyKey(f *testing.F) {
	f.Add([]byte(`{"version":1,"store_id":"store","record":"proxy-key","key":"htui_00"}`))
	f.Add([]byte(`{"store_id":"store"}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		if key, err := OpenProxyKey("store", data); (err == nil) == key.IsZero() {
			t.Errorf("%q: %v", data, err)
		}
	})
}
