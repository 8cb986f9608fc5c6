package record

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/hermes-tui/hermes-tui/core/oauth"
	"github.com/hermes-tui/hermes-tui/core/pool"
	"github.com/hermes-tui/hermes-tui/core/secret"
)

const (
	hostile = "x\x1b]52;c;YQ==\a\u009b31mred\u202etxt\r\nline"
	leaked  = "sk-ant-oat01-abcdefghij0123456789"
)

// unshown are the texts of a record that no place shows as they are: they are
// names and hashes that are looked up, and a path.
var unshown = map[string]bool{
	"Name": true, "Hash": true, "SHA256": true, "File": true, "Row": true, "Current": true, "Uncertain": true, "Refused": true,
}

// fill writes a text into every string that v holds, whatever fields there are.
func fill(v reflect.Value, text string) {
	switch v.Kind() {
	case reflect.String:
		v.SetString(text)
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem(), text)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		fill(v.Index(0), text)
	case reflect.Map:
		key, value := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
		fill(key, text)
		fill(value, text)
		v.Set(reflect.MakeMap(v.Type()))
		v.SetMapIndex(key, value)
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[time.Time]() {
			return
		}
		for i := range v.NumField() {
			fill(v.Field(i), text)
		}
	}
}

// texts calls say for every string that v holds.
func texts(v reflect.Value, path string, say func(path, text string)) {
	switch v.Kind() {
	case reflect.String:
		say(path, v.String())
	case reflect.Pointer:
		if !v.IsNil() {
			texts(v.Elem(), path, say)
		}
	case reflect.Slice:
		for i := range v.Len() {
			texts(v.Index(i), path, say)
		}
	case reflect.Map:
		for _, key := range v.MapKeys() {
			texts(key, path+"[]", say)
			texts(v.MapIndex(key), path, say)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if name := v.Type().Field(i).Name; v.Type() != reflect.TypeFor[time.Time]() && !unshown[name] {
				texts(v.Field(i), path+"."+name, say)
			}
		}
	}
}

func fitToShow(t *testing.T, v any) {
	t.Helper()
	n := 0
	texts(reflect.ValueOf(v), "", func(path, text string) {
		n++
		if strings.ContainsFunc(text, func(r rune) bool { return unicode.IsControl(r) || unicode.Is(unicode.Cf, r) }) {
			t.Errorf("%s is %q", path, text)
		}
		said := strings.HasSuffix(path, ".Message") || strings.HasSuffix(path, ".Code") || strings.HasSuffix(path, ".Reason")
		if said && strings.Contains(text, leaked) {
			t.Errorf("%s shows a token: %q", path, text)
		}
		if len([]rune(text)) > maxScopes {
			t.Errorf("%s has %d characters", path, len(text))
		}
	})
	if n == 0 {
		t.Error("there are no texts")
	}
}

// TestRead_TextsOfOthers: whatever stands in a head, a pool file or store.json,
// in whichever field, what is read of it is fit for a terminal.
func TestRead_TextsOfOthers(t *testing.T) {
	for _, text := range []string{hostile, "token " + leaked + " refused", strings.Repeat("long ", 9000)} {
		var p PoolFile
		fill(reflect.ValueOf(&p).Elem(), text)
		p.Version = format
		read, err := decodePool(encode(t, p))
		if err != nil {
			t.Fatal(err)
		}
		fitToShow(t, read)

		var h Head
		fill(reflect.ValueOf(&h).Elem(), text)
		h.Version, h.ID, h.Status = format, "0123456789", StatusOK
		if _, err := decodeAccount(encode(t, h)); err == nil {
			t.Errorf("a head that points to %+v was read", h.Ref)
		}
		at := Item{Kind: "file", Name: h.ID + ".00"}
		h.Ref.Item, h.Ref.SHA256, h.Intent.Blob, h.Trash = at, "00", at, []Item{at}
		head, err := decodeAccount(encode(t, h))
		if err != nil {
			t.Fatal(err)
		}
		fitToShow(t, head)

		var id Store
		fill(reflect.ValueOf(&id).Elem(), text)
		id.Version, id.StoreID, id.Machine, id.Kind = format, "00", "", "file"
		if id, err = decodeStore(encode(t, id)); err != nil {
			t.Fatal(err)
		}
		fitToShow(t, id)
	}
}

// A refused head's sentence is fit for a terminal as well.
func TestRead_ErrorsQuoteNoControls(t *testing.T) {
	for _, field := range []string{"id", "status"} {
		_, err := decodeAccount(encode(t, map[string]any{"version": 1, "id": "0123456789", "status": "ok", field: hostile}))
		if err == nil || strings.ContainsFunc(err.Error(), unicode.IsControl) {
			t.Errorf("%s: %q", field, err)
		}
	}
}

// TestRead_OwnTextsStay: what this program writes is read as it was written.
func TestRead_OwnTextsStay(t *testing.T) {
	at := time.Date(2026, 11, 29, 12, 0, 0, 0, time.UTC)
	want := PoolFile{Version: format, Strategies: map[pool.ID]pool.Strategy{{Provider: "minimax-oauth", Region: "cn"}: pool.RoundRobin}}
	for i, label := range []string{"work", "Müller & Söhne", "登录 2", "family 👨‍👩‍👧", strings.Repeat("ä", 80), "me@x.example"} {
		row := Row{Label: label, Keystore: "keyring", Secret: "b85ff596ba7d5c60acb80093ee80cc6f"}
		row.Public = Public{
			ID: fmt.Sprintf("%010x", i), Provider: "custom:" + strings.Repeat("x", 40), Region: "global", API: oauth.ChatCompletions, Status: StatusOK,
			Scope: "group_id profile model.completion offline_access", AuthType: OAuth, Source: "device_code", Owner: HermesAgent,
			Identity:  oauth.Identity{Label: label, Subject: "auth0|0123456789abcdef01234567", Account: "3f2b8c1a-77aa-4c1e-9d2f-0123456789ab"},
			LastError: &Note{Provider: "minimax-oauth", Code: "invalid_grant", Message: secret.Words("usage limit exceeded, resets at 2026-07-29T10:00:00Z (2056)", 300), Reason: "refresh", At: at},
		}
		row.Limits = pool.Limits{Cooldown: pool.Cooldown{At: at, Status: 429, Code: "rate_limit_error", Message: "too many requests"},
			Models: map[string]pool.Cooldown{"accounts/fireworks/models/llama-v3p1-405b-instruct": {At: at}}}
		want.Rows = append(want.Rows, row)
	}
	got, err := decodePool(encode(t, want))
	if err != nil || !reflect.DeepEqual(*got, want) {
		t.Errorf("%v\n%+v\nbecame\n%+v", err, want, got)
	}
}

func encode(t *testing.T, v any) []byte {
	t.Helper()
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return data
}
