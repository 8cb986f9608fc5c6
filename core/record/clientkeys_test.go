package record

import (
	"bytes"
	"strings"
	"testing"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/clientkey"
)

// oneClient is a table with one key in it.
func oneClient() clientkey.Table {
	return clientkey.Table{{ID: "key-0123456789abcdef", Name: "editor", Hash: clientkey.HashOf("x"), Allow: []clientkey.Right{clientkey.Proxy}, MadeAt: noon}}
}

func TestClientKeysBlob(t *testing.T) {
	if ValidID(ClientKeysID) {
		t.Error("an account could have the id of the client keys")
	}
	data, err := ClientsBlob("store", ClientKeysID, 0, oneClient()).Seal()
	if err != nil {
		t.Fatal(err)
	}
	got, err := OpenBlob(data)
	if err != nil || len(got.Clients) != 1 || !bytes.Equal(got.Clients[0].Hash, clientkey.HashOf("x")) || got.Belongs("store", ClientKeysID, keyGen) != nil {
		t.Errorf("%+v, %v", got, err)
	}
	if got.Belongs("other", ClientKeysID, keyGen) == nil || got.Belongs("store", ProxyKeyID, keyGen) == nil {
		t.Error("the keys of another store, or another record, are taken")
	}
	text := string(data)
	for name, tc := range map[string]struct{ text, code string }{
		"cut":          {text[:len(text)-2], autherr.CodeRecordDamaged},
		"newer":        {strings.Replace(text, `"version":1`, `"version":9`, 1), autherr.CodeNewerStore},
		"no version":   {strings.Replace(text, `"version":1`, `"version":0`, 1), autherr.CodeRecordDamaged},
		"no hash":      {strings.Replace(text, `"hash":"`, `"hash":"","x":"`, 1), autherr.CodeRecordDamaged},
		"odd name":     {strings.Replace(text, `"editor"`, `"\u001b[2J"`, 1), autherr.CodeRecordDamaged},
		"of the proxy": {`{"version":1,"store_id":"store","record":"client-keys","key":"htui_x"}`, ""},
	} {
		if got, err := OpenBlob([]byte(tc.text)); codeOf(err) != tc.code || err == nil && len(got.Clients) != 0 {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// What could not be read again is not stored.
func TestClientKeysBlob_Unsound(t *testing.T) {
	if data, err := ClientsBlob("store", ClientKeysID, 0, append(oneClient(), oneClient()...)).Seal(); codeOf(err) != autherr.CodeRecordDamaged {
		t.Errorf("%q, %v", data, err)
	}
}

// FuzzOpenClientKeys: whatever stands in the record, no key of it is believed that
// could not have been made.
func FuzzOpenClientKeys(f *testing.F) {
	data, err := ClientsBlob("store", ClientKeysID, 0, oneClient()).Seal()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data)
	f.Add([]byte(`{"version":1,"record":"client-keys","clients":null}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		blob, err := OpenBlob(data)
		if err != nil {
			return
		}
		if !blob.Clients.Sound() || blob.AccountID != ClientKeysID && len(blob.Clients) > 0 {
			t.Errorf("%q is believed", data)
		}
		again, err := blob.Seal()
		if err != nil {
			t.Fatal(err)
		}
		if next, err := OpenBlob(again); blob.AccountID == ClientKeysID && (err != nil || len(next.Clients) != len(blob.Clients)) {
			t.Errorf("%q becomes %q, %v", data, again, err)
		}
	})
}
