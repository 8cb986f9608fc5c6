package record

import (
	"encoding/json"
	"fmt"
	"os"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/hermes-tui/hermes-tui/core/autherr"
)

func someHead() *Head {
	return &Head{
		Version: format, Public: Public{ID: someID, Gen: 3, Status: StatusOK, Provider: "minimax-oauth", ObtainedAt: noon, ExpiresAt: noon.Add(15 * time.Minute), Skew: time.Minute},
		Label: "work", Ref: &Ref{Item: Item{"file", someID + ".aa"}, Length: 9, SHA256: "00"}, Current: "hash",
	}
}

func TestDecodeHead_RefusesWhatIsNoRecord(t *testing.T) {
	for name, tc := range map[string]struct {
		change func(*Head)
		code   string
	}{
		"whole":                {func(*Head) {}, ""},
		"no tokens":            {func(h *Head) { h.Ref = nil }, ""},
		"quarantined":          {func(h *Head) { h.Status = StatusQuarantined }, ""},
		"removed":              {func(h *Head) { h.Status = StatusRemoved }, ""},
		"no version":           {func(h *Head) { h.Version = 0 }, autherr.CodeRecordDamaged},
		"newer":                {func(h *Head) { h.Version = format + 1 }, autherr.CodeNewerStore},
		"an id that is a path": {func(h *Head) { h.ID = "../../etc/passwd" }, autherr.CodeRecordDamaged},
		"no status":            {func(h *Head) { h.Status = "" }, autherr.CodeRecordDamaged},
		"unknown status":       {func(h *Head) { h.Status = "fine" }, autherr.CodeRecordDamaged},
		"a blob without name":  {func(h *Head) { h.Ref.Name = "" }, autherr.CodeRecordDamaged},
		"a blob without sum":   {func(h *Head) { h.Ref.SHA256 = "" }, autherr.CodeRecordDamaged},
		"a blob with odd sum":  {func(h *Head) { h.Ref.SHA256 = "no sum" }, autherr.CodeRecordDamaged},
		"a negative length":    {func(h *Head) { h.Ref.Length = -1 }, autherr.CodeRecordDamaged},
		"a blob by its path":   {func(h *Head) { h.Ref.Name = "../../x" }, autherr.CodeRecordDamaged},
		"a name with a path":   {func(h *Head) { h.Ref.Name = someID + ".aa/../x" }, autherr.CodeRecordDamaged},
		"another one's blob":   {func(h *Head) { h.Ref.Name = "bbbbbbbbbb.aa" }, autherr.CodeRecordDamaged},
		"an unknown keystore":  {func(h *Head) { h.Ref.Kind = "cloud" }, autherr.CodeRecordDamaged},
		"an odd plan":          {func(h *Head) { h.Intent = &Intent{Why: ForLogin, Blob: Item{"file", "../x"}} }, autherr.CodeRecordDamaged},
		"odd trash":            {func(h *Head) { h.Trash = []Item{{"file", "x"}} }, autherr.CodeRecordDamaged},
	} {
		h := someHead()
		tc.change(h)
		data, err := json.Marshal(h)
		if err != nil {
			t.Fatal(err)
		}
		got, err := decodeAccount(data)
		if codeOf(err) != tc.code {
			t.Errorf("%s: %v, want %q", name, err, tc.code)
		}
		if (err == nil || tc.code == autherr.CodeNewerStore) && !reflect.DeepEqual(got, h) {
			t.Errorf("%s:\n got %+v\nwant %+v", name, got, h)
		}
	}
	for _, text := range []string{"", "{", "null", "[]", `{"version":"1"}`} {
		if h, err := decodeAccount([]byte(text)); h != nil || codeOf(err) != autherr.CodeRecordDamaged {
			t.Errorf("%q: %v, %v", text, h, err)
		}
	}
}

func TestHead_RefusedTokensAreRememberedAndBounded(t *testing.T) {
	var h Head
	h.Refuse("")
	for i := range maxRefused + 4 {
		h.Refuse(fmt.Sprint(i))
		h.Refuse(fmt.Sprint(i)) // twice is once
	}
	if len(h.Refused) != maxRefused || h.WasRefused("3") || !h.WasRefused("4") || !h.WasRefused(fmt.Sprint(maxRefused+3)) || h.WasRefused("") {
		t.Fatalf("%v", h.Refused)
	}
	before := h.Refused
	h.Forgive("10")
	if h.WasRefused("10") || len(h.Refused) != maxRefused-1 || !slices.Contains(before, "10") {
		t.Errorf("after forgiving: %v; the list before: %v", h.Refused, before)
	}
}

func TestHead_NamesWhatItNeedsAndWhatItDrops(t *testing.T) {
	h := someHead()
	planned, trash, other := Item{"file", "planned"}, Item{"file", "trash"}, Item{"keyring", h.Ref.Name}
	h.Intent = &Intent{Why: ForRefresh, Blob: planned}
	h.Discard(trash)
	h.Discard(trash)
	h.Discard(Item{Kind: "file"})
	if len(h.Trash) != 1 {
		t.Fatalf("trash %v", h.Trash)
	}
	for at, want := range map[Item]bool{h.Ref.Item: true, planned: true, trash: true, other: false, {}: false} {
		if got := h.Names(at); got != want {
			t.Errorf("%v: %t", at, got)
		}
	}
	var empty Head
	if empty.Names(Item{}) {
		t.Error("an empty head names a place")
	}
}

func TestWriteHead_EachWriteIsARevision(t *testing.T) {
	f := newFolder(t)
	h := someHead()
	for rev := uint64(1); rev < 4; rev++ {
		if err := f.WriteHead(h); err != nil || h.Rev != rev {
			t.Fatalf("revision %d, want %d: %v", h.Rev, rev, err)
		}
		if got, err := f.ReadHead(someID); err != nil || !reflect.DeepEqual(got, h) {
			t.Fatalf("read %+v, wrote %+v, %v", got, h, err)
		}
	}
	for name, tc := range map[string]struct {
		intent    *Intent
		uncertain string
		want      bool
	}{
		"nothing left over":     {nil, "", false},
		"a refresh":             {&Intent{Why: ForRefresh}, "", true},
		"a sign-in":             {&Intent{Why: ForLogin}, "", false},
		"a move":                {&Intent{Why: ForMove}, "", false},
		"a refresh, given up":   {nil, "hash", true},
		"a sign-in, after that": {&Intent{Why: ForLogin}, "hash", true},
	} {
		h.Intent, h.Uncertain = tc.intent, tc.uncertain
		if err := f.WriteHead(h); err != nil || h.Interrupted != tc.want {
			t.Errorf("%s: interrupted %t, %v", name, h.Interrupted, err)
		}
	}
	if err := os.RemoveAll(f.BlobDir()); err != nil {
		t.Fatal(err)
	}
	rev := h.Rev
	if err := f.WriteHead(h); codeOf(err) != autherr.CodeKeystoreUnavailable || h.Rev != rev {
		t.Errorf("a write that failed: %v, revision %d, before %d", err, h.Rev, rev)
	}
}

// FuzzDecodeHead: bytes of a head file. What is accepted can be asked everything
// and survives being written.
func FuzzDecodeHead(f *testing.F) {
	whole, err := json.Marshal(someHead())
	if err != nil {
		f.Fatal(err)
	}
	f.Add(whole)
	f.Add([]byte(`{"version":1,"id":"a1b2c3","status":"quarantined","marker":{"code":"invalid_grant"},"skew":-9223372036854775808,"intent":{"why":"refresh","blob":{"kind":"file","name":"../x"}}}`))
	f.Add([]byte(`{"version":9,"id":"a1b2c3"}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		h, err := decodeAccount(data)
		if err != nil {
			if autherr.KindOf(err) != autherr.Keystore {
				t.Fatal(err)
			}
			return
		}
		if !ValidID(h.ID) {
			t.Fatalf("the id %q was accepted", h.ID)
		}
		if !h.Endless() && h.Due(noon) && h.RefreshAt().After(noon) {
			t.Fatalf("due before %s", h.RefreshAt())
		}
		_, _, _ = h.Live(noon), h.GrantEnding(noon), h.Names(Item{})
		h.Refuse("hash")
		if len(h.Refused) > maxRefused && !slices.Contains(h.Refused, "hash") {
			t.Fatalf("%d refused tokens", len(h.Refused))
		}
		again, err := json.Marshal(h)
		if err != nil {
			t.Skip("a year that JSON cannot write")
		}
		if _, err := decodeAccount(again); err != nil {
			t.Fatalf("%s: %v", again, err)
		}
		p := PoolFile{Version: format}
		if took := p.Take(h); took != (h.Gen != 0 && !h.Removed()) || p.Take(h) {
			t.Fatalf("taken %t, of generation %d, %s", took, h.Gen, h.Status)
		}
	})
}
