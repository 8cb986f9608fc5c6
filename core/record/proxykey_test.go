package record

import (
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
