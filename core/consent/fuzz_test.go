package consent

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/hermes-tui/hermes-tui/core/record"
	"github.com/hermes-tui/hermes-tui/core/secret"
)

// FuzzFiles: whatever lies in the folder, nothing is taken from it that this
// program would not have written there.
func FuzzFiles(f *testing.F) {
	for _, seed := range []string{
		"", "{}", `{"version":1,"verdict":"always"}`, `{"version":1,"verdict":"no"}`, `{"version":2,"verdict":"always"}`,
		`{"version":1,"programs":[{"name":"c","path":"/c","key":"/c","verdict":"day","at":"2026-05-20T11:00:00Z","until":"2026-05-21T11:00:00Z"}]}`,
		`{"version":1,"id":"00000000000000aa","account":"a1b2c3d4e5","program":{"name":"c\u001b[2J","path":"/c","pid":-1,"key":"/c"},"command":"token","at":"2026-05-20T12:00:00Z","until":"2026-05-20T12:01:00Z"}`,
	} {
		f.Add([]byte(seed))
	}
	clean := func(t *testing.T, a Asker) {
		t.Helper()
		if a != a.clean() || a.Name == "" || a.PID < 0 || secret.Clean(a.Key, maxPath) != a.Key || a.Key != "" && !filepath.IsAbs(a.Key) {
			t.Errorf("%+v is shown", a)
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if v := decodeAnswer(data); !v.valid() {
			t.Errorf("the verdict %q", v)
		}
		if known, err := decodeKnown(data); err == nil {
			for _, p := range known {
				clean(t, p.Asker)
				if p.Key == "" || p.Verdict == Once || p.Verdict != Always && p.Until.IsZero() {
					t.Errorf("%+v is known", p)
				}
			}
		}
		if r, err := decodeRequest("00000000000000aa", data); err == nil {
			clean(t, r.Program)
			if !record.ValidID(r.Account) || r.Until.Sub(r.At) > Patience || secret.Clean(r.Command, maxName) != r.Command {
				t.Errorf("%+v is shown", r)
			}
		}
	})
}

// Names that are none of ours are nobody's question.
func TestRequests_OddNames(t *testing.T) {
	d, _ := newDesk(t)
	if err := d.make(); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"ask-.json", "ask-00.json", "ask-00000000000000AA.json", "ask-00000000000000aa", "ask-../../x.json", "ask-00000000000000aaa.json"} {
		_ = os.WriteFile(filepath.Join(d.dir, filepath.Base(name)), []byte("{}"), 0o600)
	}
	if all := d.Requests(); len(all) != 0 {
		t.Errorf("%+v", all)
	}
	if n := d.Tidy(); n != 0 {
		t.Errorf("%d files of others were cleared up", n)
	}
}
