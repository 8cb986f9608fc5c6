package atomicfile

import (
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"
)

func TestWrite_ReplacesAndLeavesNothingBehind(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "file")
	for _, want := range []string{"first", "second, longer", ""} {
		if err := Write(path, []byte(want), 0o600); err != nil {
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
	if err := os.Symlink(victim, link); err != nil {
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

func TestCleanTemp_RemovesOnlyOldTemporaryFiles(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{".head.0011.tmp", "head", ".profile"} {
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	info, _ := os.Stat(filepath.Join(dir, "head"))
	if err := CleanTemp(dir, info.ModTime().Add(time.Second), time.Hour); err != nil {
		t.Fatal(err)
	}
	if entries, _ := os.ReadDir(dir); len(entries) != 3 {
		t.Fatalf("a young temporary file was removed: %v", entries)
	}
	if err := CleanTemp(dir, info.ModTime().Add(2*time.Hour), time.Hour); err != nil {
		t.Fatal(err)
	}
	if entries, _ := os.ReadDir(dir); len(entries) != 2 {
		t.Fatalf("want head and .profile to stay, got %v", entries)
	}
}
