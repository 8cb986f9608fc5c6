//go:build unix

package doctor

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
)

func TestFiles(t *testing.T) {
	p := patient(t, accounts{})
	write(t, filepath.Join(p.State, "pool.json"), 0o600)
	sees(t, examine(t, "files", p), Good, "only you can read your files (1)")

	write(t, p.Key, 0o644)
	found := examine(t, "files", p)
	sees(t, found, Bad, p.Key, "mode 0644", "-> chmod go-rwx "+p.Key)
	for i := range 10 {
		write(t, filepath.Join(p.State, "acct", fmt.Sprint(i)), 0o640)
	}
	found = examine(t, "files", p)
	sees(t, found, Bad, "more files", "chmod -R go-rwx "+p.State)
	if len(found) != mostFiles+1 {
		t.Errorf("%d findings", len(found))
	}
}

func TestFolders(t *testing.T) {
	p := patient(t, accounts{})
	if err := os.Chmod(p.State, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(p.Data, 0o500); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.Chmod(p.Data, 0o700) })
	found := examine(t, "folders", p)
	sees(t, found, Bad, p.State, "mode 0755")
	sees(t, found, Bad, p.Data, "cannot be written", "chmod u+rwx")
}

// The configuration may be read by others, and not be changed by them.
func TestFiles_Configuration(t *testing.T) {
	p := patient(t, accounts{})
	p.Config = filepath.Join(t.TempDir(), "it's mine.toml")
	write(t, p.Config, 0o644)
	if found := examine(t, "files", p); len(found) != 0 {
		t.Errorf("a file that can be read: %+v", found)
	}
	write(t, p.Config, 0o664)
	sees(t, examine(t, "files", p), Bad, "new sign-ins elsewhere", "-> chmod go-w '", `/it'\''s mine.toml'`)
}

// In a folder that others may change they can put something else in the place of
// what lies below, however well that is closed.
func TestFiles_FoldersAbove(t *testing.T) {
	p := patient(t, accounts{})
	above := filepath.Join(t.TempDir(), "shared")
	p.State = filepath.Join(above, "state")
	if err := os.MkdirAll(p.State, 0o700); err != nil {
		t.Fatal(err)
	}
	closed := examine(t, "files", p)
	for _, f := range closed {
		if f.Level != Good {
			t.Errorf("closed folders: %+v", f)
		}
	}
	if err := os.Chmod(above, 0o777); err != nil {
		t.Fatal(err)
	}
	for _, check := range []string{"files", "folders"} {
		if found := examine(t, check, p); len(found) > 0 && found[0].Level == Bad {
			sees(t, found, Bad, "others can change the folder "+above+" (mode 0777)", "-> close it: chmod go-w '"+above+"'")
			return
		}
	}
	t.Error("nothing is said")
}
