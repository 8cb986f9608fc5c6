package proxies

import (
	"crypto/rand"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/hermes-tui/hermes-tui/core/clock"
	"github.com/hermes-tui/hermes-tui/internal/lockfile"
	"github.com/hermes-tui/hermes-tui/internal/paced"
)

var noon = time.Date(2026, 5, 20, 12, 0, 0, 0, time.UTC)

// TestMain is a proxy that is killed, where a test asks for one.
func TestMain(m *testing.M) {
	if dir := os.Getenv("PROXIES_TEST_RUN"); dir != "" {
		if _, err := NewBoard(dir, clock.NewFake(noon), rand.Reader).Enter([]string{"127.0.0.1:8788"}, os.Getpid()); err != nil {
			os.Exit(3)
		}
		_, _ = os.Stdout.WriteString("in\n")
		_, _ = os.Stdin.Read(make([]byte, 1))
		os.Exit(0)
	}
	os.Exit(m.Run())
}

func newBoard(t *testing.T) (*Board, *clock.Fake) {
	fake := clock.NewFake(noon)
	return NewBoard(t.TempDir(), fake, rand.Reader), fake
}

// files are the names in the folder.
func files(b *Board) (all []string) {
	names, _ := os.ReadDir(b.Dir())
	for _, name := range names {
		all = append(all, name.Name())
	}
	return all
}

// A note is there while its proxy runs, and nothing is left of it afterwards.
func TestEnter(t *testing.T) {
	b, _ := newBoard(t)
	if got := b.Running(); got != nil || b.Dead() != 0 || b.Tidy() != 0 {
		t.Errorf("without a folder: %+v", got)
	}
	if _, err := os.Lstat(b.Dir()); err == nil {
		t.Error("to look made the folder")
	}
	e, err := b.Enter([]string{"127.0.0.1:8787", "/run/user/1000/s.sock"}, 4121)
	if err != nil {
		t.Fatal(err)
	}
	got := b.Running()
	want := []Proxy{{ID: e.proxy.ID, Listens: []string{"127.0.0.1:8787", "/run/user/1000/s.sock"}, PID: 4121, Began: noon}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if ports := got[0].Ports(); !slices.Equal(ports, []string{"8787", "s.sock"}) {
		t.Error(ports)
	}
	if b.Tidy() != 0 || b.Dead() != 0 || len(b.Running()) != 1 {
		t.Error("one that runs was taken for one that was killed")
	}
	e.End()
	e.Request()
	e.End()
	if left := files(b); len(left) != 0 || b.Running() != nil {
		t.Errorf("left behind: %v", left)
	}
}

// One that was killed is not shown, and what it left behind is removed once.
func TestRunning_Killed(t *testing.T) {
	b, _ := newBoard(t)
	other := exec.CommandContext(t.Context(), os.Args[0])
	other.Env = append(os.Environ(), "PROXIES_TEST_RUN="+filepath.Dir(b.Dir()))
	in, _ := other.StdinPipe()
	defer func() { _ = in.Close() }()
	out, _ := other.StdoutPipe()
	if err := other.Start(); err != nil {
		t.Fatal(err)
	}
	said := make([]byte, 3)
	if _, err := out.Read(said); err != nil || string(said) != "in\n" {
		t.Fatalf("it said %q, %v", said, err)
	}
	got := b.Running()
	if len(got) != 1 || got[0].PID != other.Process.Pid {
		t.Fatalf("%+v", got)
	}
	_ = other.Process.Kill()
	_ = other.Wait()
	if got := b.Running(); got != nil {
		t.Errorf("it was killed, and is shown: %+v", got)
	}
	if left := files(b); len(left) != 2 || b.Dead() != 1 {
		t.Errorf("looking has changed something: %v", left)
	}
	if n := b.Tidy(); n != 1 || len(files(b)) != 0 {
		t.Errorf("%d cleared up, and %v left", n, files(b))
	}
}

// A note is written when the requests of a minute are others than they were, and not
// otherwise: one without requests writes nothing.
func TestEntry_WritesWhatChanges(t *testing.T) {
	b, fake := newBoard(t)
	e, err := b.Enter([]string{"127.0.0.1:8787"}, 1)
	if err != nil {
		t.Fatal(err)
	}
	defer e.End()
	e.writes = paced.New(time.Hour, func() {}) // nothing is written beside the test
	stamp := func() os.FileInfo {
		info, err := os.Stat(b.notes.Path(e.proxy.ID, ".json"))
		if err != nil {
			t.Fatal(err)
		}
		return info
	}
	writes := func(requests, want int, changes bool) {
		t.Helper()
		before := stamp()
		for range requests {
			e.Request()
		}
		e.write()
		if changed := !os.SameFile(before, stamp()); changed != changes {
			t.Errorf("at %s: written %v, want %v", fake.Now().Sub(noon), changed, changes)
		}
		if got := b.Running()[0].PerMinute; got != want {
			t.Errorf("at %s: %d requests a minute, want %d", fake.Now().Sub(noon), got, want)
		}
	}
	writes(0, 0, false)
	writes(12, 12, true)
	fake.Advance(30 * time.Second)
	writes(0, 12, false)
	writes(3, 15, true)
	fake.Advance(30 * time.Second)
	writes(0, 3, true)
	fake.Advance(30 * time.Second)
	writes(0, 0, true)
	fake.Advance(time.Hour)
	writes(0, 0, false)
}

// Whatever lies in the folder: only what this program wrote there, of a process that
// lives, is shown.
func TestRunning_OddFiles(t *testing.T) {
	b, _ := newBoard(t)
	if err := os.MkdirAll(b.Dir(), 0o700); err != nil {
		t.Fatal(err)
	}
	const id = "00000000000000aa"
	lock, _, err := lockfile.Try(b.notes.Path(id, ".lock"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = lock.Unlock() }()
	for _, text := range []string{
		"", "{}", "null", `{"version":2,"id":"` + id + `","listens":["127.0.0.1:1"]}`, `{"version":1,"id":"00000000000000ab","listens":["127.0.0.1:1"]}`,
		`{"version":1,"id":"` + id + `","listens":[]}`, `{"version":1,"id":"` + id + `","listens":[""]}`, `{"version":1,"id":"` + id + `","listens":["a"],"pid":-1}`,
		`{"version":1,"id":"` + id + `","listens":["a"],"per_minute":-1}`, strings.Repeat(" ", maxNote+1),
	} {
		_ = os.WriteFile(b.notes.Path(id, ".json"), []byte(text), 0o600)
		if got := b.Running(); got != nil {
			t.Errorf("%.80q is shown: %+v", text, got)
		}
	}
	for _, name := range []string{".json", "00.json", "00000000000000AA.json", "00000000000000aaa.json"} {
		_ = os.WriteFile(filepath.Join(b.Dir(), name), []byte("{}"), 0o600)
	}
	if got := b.notes.IDs(); !slices.Equal(got, []string{id}) {
		t.Errorf("ids %v", got)
	}
}

func FuzzDecode(f *testing.F) {
	const id = "00000000000000aa"
	for _, text := range []string{
		``, `{}`, `{"version":1,"id":"` + id + `","listens":["127.0.0.1:8787"],"pid":4,"began":"2026-05-20T12:00:00Z","per_minute":12}`,
		`{"version":1,"id":"` + id + `","listens":["\u001b[2J","b","c","d","e","f","g","h","i"],"per_minute":99999999999}`,
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := decode(id, data)
		if err != nil {
			return
		}
		if len(p.Listens) == 0 || len(p.Listens) > mostListens || p.PerMinute < 0 || p.PerMinute > mostMinute || p.PID < 0 || len(p.Ports()) != len(p.Listens) {
			t.Errorf("%+v is shown", p)
		}
		text, _ := json.Marshal(note{version, p})
		if again, err := decode(id, text); err != nil || !again.Equal(p) {
			t.Errorf("%+v is %+v when it is read again, %v", p, again, err)
		}
	})
}
