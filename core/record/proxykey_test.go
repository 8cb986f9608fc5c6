package record

import (
	"os"
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

func TestProxyKeyBlob(t *testing.T) {
	key := secret.New("htui_0123456789abcdef")
	data, err := KeyBlob("store", ProxyKeyID, key).Seal()
	if err != nil || string(data) != `{"version":1,"store_id":"store","record":"proxy-key","key":"htui_0123456789abcdef"}` {
		t.Fatalf("%s, %v", data, err)
	}
	got, err := OpenBlob(data)
	if err != nil || got.Access != key || got.Belongs("store", ProxyKeyID, keyGen) != nil {
		t.Errorf("got %v, %v", got, err)
	}
	if got.Belongs("other", ProxyKeyID, keyGen) == nil {
		t.Error("the key of another store is taken")
	}
	empty, err := KeyBlob("store", ProxyKeyID, secret.Secret{}).Seal()
	if err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string][]byte{"cut": data[:len(data)-2], "nothing": []byte("{}"), "empty": empty} {
		if got, err := OpenBlob(data); codeOf(err) != autherr.CodeRecordDamaged || got != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestProxyKeyHead_IsReplacedAsAWhole(t *testing.T) {
	f := newFolder(t)
	if _, err := f.ReadKeyHead(ProxyKeyID); codeOf(err) != autherr.CodeNoSuchAccount {
		t.Fatalf("before a key was made: %v", err)
	}
	want := &Head{
		Public: Public{ID: ProxyKeyID, Status: StatusOK, Gen: keyGen, ObtainedAt: noon},
		Ref:    &Ref{Item: Item{"file", "proxy-key.aa"}, Length: 3, SHA256: "ab"},
		Intent: &Intent{Why: ForMove, Blob: Item{"file", "proxy-key.bb"}},
		Trash:  []Item{{"file", "proxy-key.cc"}},
	}
	if err := f.WriteHead(want); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(f.HeadPath(ProxyKeyID))
	if err != nil || strings.Join(strings.Fields(string(data)), "") != `{"version":1,"ref":{"kind":"file","name":"proxy-key.aa","length":3,"sha256":"ab"},`+
		`"planned":{"kind":"file","name":"proxy-key.bb"},"trash":[{"kind":"file","name":"proxy-key.cc"}],"made_at":"2026-05-20T12:00:00Z"}` {
		t.Errorf("%s, %v", data, err)
	}
	got, err := f.ReadKeyHead(ProxyKeyID)
	if err != nil || !reflect.DeepEqual(got.Trash, want.Trash) || *got.Ref != *want.Ref || got.Intent.Blob != want.Intent.Blob || !got.ObtainedAt.Equal(noon) || got.Removed() || !got.Left() {
		t.Errorf("%+v, %v", got, err)
	}
	for text, code := range map[string]string{
		"{": autherr.CodeRecordDamaged, `{"version":0}`: autherr.CodeRecordDamaged, `{"version":9}`: autherr.CodeNewerStore,
		`{"version":1,"ref":{"name":""}}`:                        autherr.CodeRecordDamaged,
		`{"version":1,"trash":[{"kind":"file","name":"ab.cd"}]}`: autherr.CodeRecordDamaged, // another's secret
		`{"version":1}`: "",
	} {
		f.put(t, f.HeadPath(ProxyKeyID), text)
		if h, err := f.ReadKeyHead(ProxyKeyID); codeOf(err) != code || err == nil && (!h.Removed() || h.Left()) {
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

func FuzzDecodeKeyHead(f *testing.F) {
	f.Add([]byte(`{"version":1,"ref":{"kind":"file","name":"proxy-key.00","length":3,"sha256":"ab"}}`))
	f.Add([]byte(`{"version":9}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		h, err := decodeKeyHead(ProxyKeyID, data)
		if err == nil && (!h.OfProxy() || !h.pointsWell()) {
			t.Errorf("%q points nowhere", data)
		}
	})
}
