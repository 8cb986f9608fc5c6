package atomicfile

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"
)

// TestMain can also be a process that replaces a file for ever.
func TestMain(m *testing.M) {
	if path := os.Getenv("ATOMICFILE_TEST_WRITE"); path != "" {
		for i := 0; ; i++ {
			if err := Write(path, page(i), 0o600); err != nil {
				fmt.Println(err)
				os.Exit(1)
			}
			fmt.Println(i)
		}
	}
	os.Exit(m.Run())
}

// page is a file's content all of whose bytes are the same.
func page(i int) []byte { return bytes.Repeat([]byte{'a' + byte(i%26)}, 20_000+i%100) }

// whole reports whether data is one page.
func whole(data []byte) bool {
	return len(data) >= 20_000 && len(bytes.Trim(data, string(data[:1]))) == 0
}

func TestWrite_ReplacesAndLeavesNothingBehind(t *testing.T) {
	for name, write := range map[string]func(string, []byte, os.FileMode) error{"synced": Write, "loose": WriteLoose} {
		t.Run(name, func(t *testing.T) { replaces(t, write) })
	}
}

func replaces(t *testing.T, write func(string, []byte, os.FileMode) error) {
	dir := t.TempDir()
	path := filepath.Join(dir, "file")
	for _, want := range []string{"first", "second, longer", ""} {
		if err := write(path, []byte(want), 0o600); err != nil {
			t.Fatal(err)
		}
		got, err := os.ReadFile(path)
		if err != nil || string(got) != want {
			t.Fatalf("read %q, %v; want %q", got, err, want)
		}
	}
	entries, _ := os.ReadDir(dir)
	if len(entries) != 1 {
		t.Fatalf("folder holds %v, want only the file", entries)
	}
	info, _ := os.Stat(path)
	if runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Fatalf("mode is %v, want 0600", info.Mode().Perm())
	}
}

func TestWrite_RefusesSymlink(t *testing.T) {
	dir := t.TempDir()
	victim, link := filepath.Join(dir, "victim"), filepath.Join(dir, "link")
	if err := os.WriteFile(victim, []byte("keep"), 0o600); err != nil {
		t.Fatal(err)
	}
	_ = os.Symlink(victim, link)
	if _, err := os.Readlink(link); err != nil { // Wine says that it made one, and did not
		t.Skipf("this system makes no symbolic links: %v", err)
	}
	if err := Write(link, []byte("new"), 0o600); err == nil {
		t.Fatal("wrote through a symbolic link")
	}
	if got, _ := os.ReadFile(victim); string(got) != "keep" {
		t.Fatalf("the link's target became %q", got)
	}
}

func TestStage_FailsBeforeAnythingHappens(t *testing.T) {
	path := filepath.Join(t.TempDir(), "missing", "file")
	if _, err := Stage(path, 0o600); err == nil {
		t.Fatal("staged in a folder that does not exist")
	}
}

func TestStage_DiscardKeepsTheTarget(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "file")
	if err := Write(path, []byte("old"), 0o600); err != nil {
		t.Fatal(err)
	}
	s, err := Stage(path, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	s.Discard()
	if entries, _ := os.ReadDir(dir); len(entries) != 1 {
		t.Fatalf("left behind: %v", entries)
	}
}

// cleanTemp removes the temporary files in dir that killed writers left behind.
func cleanTemp(dir string, now time.Time) error {
	names, err := Abandoned(dir, now)
	for _, name := range names {
		RemoveAbandoned(filepath.Join(dir, name), now)
	}
	return err
}

// TestRemoveAbandoned_WhatIsWrittenByNow: between the look and the removal a writer
// has come for the lock of the file that it had just made.
func TestRemoveAbandoned_WhatIsWrittenByNow(t *testing.T) {
	if !placedOpen {
		t.Skip("here only its age tells whether a file is being written")
	}
	dir := t.TempDir()
	path := filepath.Join(dir, ".head.0011.tmp")
	file, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	now := time.Now()
	if names, err := Abandoned(dir, now); err != nil || len(names) != 1 {
		t.Fatalf("%v, %v", names, err)
	}
	if !hold(file) {
		t.Fatal("it is there")
	}
	RemoveAbandoned(path, now)
	if _, err := os.Lstat(path); err != nil {
		t.Errorf("removed under its writer: %v", err)
	}
}

// TestWrite_BesideOneWhoClearsUp: no write fails because somebody takes the file that
// was made a moment ago for abandoned.
func TestWrite_BesideOneWhoClearsUp(t *testing.T) {
	dir := t.TempDir()
	now := time.Now()
	done := make(chan struct{})
	var cleaners sync.WaitGroup
	for range 4 {
		cleaners.Go(func() {
			for {
				select {
				case <-done:
					return
				default:
					_ = cleanTemp(dir, now)
				}
			}
		})
	}
	for range 300 {
		if err := Write(filepath.Join(dir, "head"), []byte("new"), 0o600); err != nil {
			t.Error(err)
			break
		}
	}
	close(done)
	cleaners.Wait()
}

func TestAbandoned_IsOnlyWhatNobodyWrites(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{".head.0011.tmp", "head", ".profile"} {
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	live, err := Stage(filepath.Join(dir, "head"), 0o600)
	if err != nil {
		t.Fatal(err)
	}
	info, _ := os.Stat(filepath.Join(dir, "head"))
	late := info.ModTime().Add(2 * time.Hour)
	if !placedOpen { // only the age tells
		late = info.ModTime().Add(time.Minute)
	}
	if err := cleanTemp(dir, late); err != nil {
		t.Fatal(err)
	}
	want := 3
	if !placedOpen {
		want = 4
	}
	if entries, _ := os.ReadDir(dir); len(entries) != want {
		t.Fatalf("want head, .profile and the file that is being written to stay, got %v", entries)
	}
	if err := live.Commit([]byte("new")); err != nil {
		t.Fatal(err)
	}
	if err := cleanTemp(dir, info.ModTime().Add(2*time.Hour)); err != nil {
		t.Fatal(err)
	}
	if entries, _ := os.ReadDir(dir); len(entries) != 2 {
		t.Fatalf("want head and .profile to stay, got %v", entries)
	}
}

// The readers come to an end with each write: on Windows those who never stop
// reading would keep a writer out.
func TestWrite_ReaderSeesOldOrNew(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file")
	if err := Write(path, page(0), 0o600); err != nil {
		t.Fatal(err)
	}
	for i := range 100 {
		var readers sync.WaitGroup
		for range 2 {
			readers.Go(func() {
				for range 5 {
					if data, err := Read(path, 1<<20); err != nil || !whole(data) {
						t.Errorf("read %d mixed bytes, %v", len(data), err)
					}
				}
			})
		}
		if err := Write(path, page(i), 0o600); err != nil {
			t.Error(err)
		}
		readers.Wait()
	}
}

func TestWrite_KilledWriterLeavesAWholeFile(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "file")
	for rounds := range 5 {
		writer := exec.CommandContext(t.Context(), os.Args[0])
		writer.Env = append(os.Environ(), "ATOMICFILE_TEST_WRITE="+path)
		out, _ := writer.StdoutPipe()
		if err := writer.Start(); err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(out)
		for range 3 + rounds {
			if !lines.Scan() || strings.Contains(lines.Text(), " ") {
				t.Fatalf("the writer stopped: %q", lines.Text())
			}
		}
		if err := writer.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		_ = writer.Wait()
		if data, err := os.ReadFile(path); err != nil || !whole(data) {
			t.Fatalf("after the kill: %d mixed bytes, %v", len(data), err)
		}
	}
	info, _ := os.Stat(path)
	if err := cleanTemp(dir, info.ModTime().Add(2*time.Hour)); err != nil {
		t.Fatal(err)
	}
	if entries, _ := os.ReadDir(dir); len(entries) != 1 {
		t.Fatalf("left behind after cleaning: %v", entries)
	}
}

func TestCommit_FailureKeepsTheTargetAndNothingElse(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "file")
	s, err := Stage(path, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Join(path, "kept"), 0o700); err != nil { // a folder cannot be replaced by a file
		t.Fatal(err)
	}
	if err := s.Commit([]byte("new")); err == nil {
		t.Fatal("replaced a folder")
	}
	if entries, _ := os.ReadDir(dir); len(entries) != 1 || entries[0].Name() != "file" {
		t.Fatalf("left behind: %v", entries)
	}
}

func TestCommitNew_NeverReplaces(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "file")
	var staged []*Staged
	for range 8 {
		s, err := Stage(path, 0o600)
		if err != nil {
			t.Fatal(err)
		}
		staged = append(staged, s)
	}
	var mu sync.Mutex
	var winners []byte
	var wg sync.WaitGroup
	for i, s := range staged {
		wg.Go(func() {
			err := s.CommitNew([]byte{byte(i)})
			mu.Lock()
			defer mu.Unlock()
			if err == nil {
				winners = append(winners, byte(i))
			} else if !errors.Is(err, fs.ErrExist) {
				t.Errorf("%v, want that it exists", err)
			}
		})
	}
	wg.Wait()
	got, _ := os.ReadFile(path)
	if len(winners) != 1 || !bytes.Equal(got, winners) {
		t.Fatalf("winners %v, the file holds %v", winners, got)
	}
	if entries, _ := os.ReadDir(dir); len(entries) != 1 {
		t.Fatalf("left behind: %v", entries)
	}
}

func TestPublishByName_NeverReplaces(t *testing.T) {
	dir := t.TempDir()
	from, to := filepath.Join(dir, "from"), filepath.Join(dir, "to")
	if err := os.WriteFile(from, []byte("first"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := publishByName(from, to); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(from, []byte("second"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := publishByName(from, to); !errors.Is(err, fs.ErrExist) {
		t.Fatalf("%v, want that it exists", err)
	}
	if got, _ := os.ReadFile(to); string(got) != "first" {
		t.Fatalf("the file holds %q, want the first", got)
	}
}

func TestStage_HonoursTheMode(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows has no file modes")
	}
	path := filepath.Join(t.TempDir(), "file")
	if err := Write(path, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if info, _ := os.Stat(path); info.Mode().Perm() != 0o644 {
		t.Fatalf("mode is %v, want 0644", info.Mode().Perm())
	}
}

func TestAbandoned_OfAFolderThatIsMissing(t *testing.T) {
	if err := cleanTemp(filepath.Join(t.TempDir(), "missing"), time.Time{}); err != nil {
		t.Fatal(err)
	}
}

func BenchmarkWrite(b *testing.B) {
	path, data := filepath.Join(b.TempDir(), "file"), page(0)[:2000]
	for b.Loop() {
		if err := Write(path, data, 0o600); err != nil {
			b.Fatal(err)
		}
	}
}
