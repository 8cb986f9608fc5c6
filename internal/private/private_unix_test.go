//go:build unix

package private

import (
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// tree makes top/middle/mine, all of them private.
func tree(t *testing.T) (top, middle, mine string) {
	t.Helper()
	top = t.TempDir()
	middle = filepath.Join(top, "middle")
	mine = filepath.Join(middle, "mine")
	if err := os.MkdirAll(mine, 0o700); err != nil {
		t.Fatal(err)
	}
	if found := Faults(mine); len(found) != 0 {
		t.Skipf("the folders of tests are open already: %v", found[0])
	}
	return top, middle, mine
}

func TestFaults_ByMode(t *testing.T) {
	_, middle, mine := tree(t)
	for mode, bad := range map[os.FileMode]bool{
		0o700: false, 0o755: false, 0o711: false, 0o777: true, 0o757: true, 0o702: true,
		0o777 | os.ModeSticky: false,
	} {
		if err := os.Chmod(middle, mode); err != nil {
			t.Fatal(err)
		}
		for _, dir := range []string{mine, filepath.Join(mine, "not", "there"), middle} {
			found := Faults(dir)
			if bad != (len(found) == 1) {
				t.Errorf("mode %v, %s: %v", mode, dir, found)
			}
			if bad && (!strings.Contains(found[0].Error(), middle) || found[0].Cure() != "close it: chmod go-w '"+middle+"'") {
				t.Errorf("%v; %s", found[0], found[0].Cure())
			}
		}
	}
}

// A link is judged by where it leads.
func TestFaults_BehindALink(t *testing.T) {
	top, middle, mine := tree(t)
	link := filepath.Join(top, "link")
	if err := os.Symlink(mine, link); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(middle, 0o777); err != nil {
		t.Fatal(err)
	}
	if found := Faults(link); len(found) != 1 || found[0].Path != middle {
		t.Errorf("%v", found)
	}
}

func TestTrusted(t *testing.T) {
	me, err := user.Current()
	if err != nil {
		t.Skip(err)
	}
	uid, _ := strconv.Atoi(me.Uid)
	gid, _ := strconv.Atoi(me.Gid)
	group, err := user.LookupGroupId(me.Gid)
	own := err == nil && group.Name == me.Username
	if uid != 0 && trusted(uid, gid) != own {
		t.Errorf("the group %v of %s: %v", group, me.Username, !own)
	}
	for _, c := range []struct {
		uid, gid int
		want     bool
	}{
		{0, 0, true}, {0, 80, true}, {0, 1000, false}, // root's, and those who become root
		{54321, 54321, true}, {54321, 54322, false}, {54321, 0, false}, // nobody knows their names
	} {
		if got := trusted(c.uid, c.gid); got != c.want {
			t.Errorf("user %d, group %d: %v", c.uid, c.gid, got)
		}
	}
}

func TestOwner(t *testing.T) {
	_, middle, mine := tree(t)
	if err := Owner(filepath.Join(mine, "a", "b")); err != nil {
		t.Error(err)
	}
	if os.Geteuid() != 0 {
		if err := Owner("/hermes-tui-not-there"); err != nil {
			t.Errorf("below a folder of root's: %v", err)
		}
		if err := Owner("/"); err == nil {
			t.Error("a folder of root's is ours")
		}
		t.Skip("only root can give a folder away")
	}
	if err := os.Chown(middle, 12345, -1); err != nil {
		t.Skip(err)
	}
	missing := filepath.Join(middle, "other", "deeper")
	for dir, bad := range map[string]bool{middle: true, missing: true, mine: false} {
		if err := Owner(dir); (err != nil) != bad || bad && !strings.Contains(err.Error(), middle+" belongs to another user (12345)") {
			t.Errorf("%s: %v", dir, err)
		}
		if made := Make(dir); (made != nil) != bad {
			t.Errorf("making %s: %v", dir, made)
		}
	}
	if _, err := os.Stat(filepath.Dir(missing)); err == nil {
		t.Error("a folder was made in another's")
	}
	if found := Faults(mine); len(found) != 1 || found[0].UID != 12345 {
		t.Errorf("%v", found)
	}
}

func TestClose(t *testing.T) {
	_, _, mine := tree(t)
	for mode, want := range map[os.FileMode][2]os.FileMode{0o777: {0o777, 0o700}, 0o750: {0o750, 0o700}, 0o700: {0, 0o700}, 0o500: {0, 0o500}} {
		_ = os.Chmod(mine, mode)
		was, err := Close(mine)
		info, _ := os.Stat(mine)
		if err != nil || was != want[0] || info.Mode().Perm() != want[1] {
			t.Errorf("%v: was %v, is %v, %v", mode, was, info.Mode().Perm(), err)
		}
	}
	_ = os.Chmod(mine, 0o775)
	if was, err := CloseForWriting(mine); was != 0o775 || err != nil {
		t.Errorf("%v, %v", was, err)
	}
	if info, _ := os.Stat(mine); info.Mode().Perm() != 0o755 {
		t.Errorf("%v", info.Mode())
	}
	if was, err := Close(filepath.Join(mine, "absent")); was != 0 || err != nil {
		t.Errorf("%v, %v", was, err)
	}
}
