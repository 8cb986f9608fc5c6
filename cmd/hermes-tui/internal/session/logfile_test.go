package session

import (
	"bytes"
	"os"
	"path/filepath"
	"runtime"
	"testing"
)

// The log never takes more than two files of 1 MiB, loses no line of the newer
// one, and is its owner's alone.
func TestLogFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "hermes-tui.log")
	line := bytes.Repeat([]byte("x"), 999)
	line = append(line, '\n')
	for range 3 { // three windows, one after the other
		log := &logFile{path: path}
		for range maxLog / len(line) {
			if _, err := log.Write(line); err != nil {
				t.Fatal(err)
			}
		}
		if err := log.Close(); err != nil {
			t.Fatal(err)
		}
	}
	found, err := filepath.Glob(path + "*")
	if err != nil || len(found) != 2 {
		t.Fatalf("files %v, %v", found, err)
	}
	for _, name := range found {
		info, err := os.Stat(name)
		if err != nil {
			t.Fatal(err)
		}
		if info.Size() > maxLog || info.Size() < maxLog/2 || info.Size()%int64(len(line)) != 0 {
			t.Errorf("%s has %d bytes", name, info.Size())
		}
		if runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
			t.Errorf("%s has the mode %v", name, info.Mode())
		}
	}
}

// A log that was never written to makes no file.
func TestLogFile_Empty(t *testing.T) {
	path := filepath.Join(t.TempDir(), "hermes-tui.log")
	if err := (&logFile{path: path}).Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path); err == nil {
		t.Error("an empty log was made")
	}
}
