package house

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// The flake names the hash of all modules, which changes with go.sum. Nix takes
// it of a folder as a NAR.
func TestFlakeKnowsTheModules(t *testing.T) {
	flake, err := os.ReadFile(filepath.Join(root, "flake.nix"))
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(t.TempDir(), "vendor")
	cmd := exec.CommandContext(t.Context(), "go", "mod", "vendor", "-o", dir)
	cmd.Dir, cmd.Env = root, append(os.Environ(), "GOPROXY=off", "GOWORK=off")
	if out, err := cmd.CombinedOutput(); strings.Contains(string(out), "GOPROXY=off") {
		t.Skip("not all modules of all systems are on this machine")
	} else if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	sum := sha256.New()
	text(sum, "nix-archive-1")
	if err := nar(sum, dir); err != nil {
		t.Fatal(err)
	}
	want := "sha256-" + base64.StdEncoding.EncodeToString(sum.Sum(nil))
	said := regexp.MustCompile(`vendorHash = "(.*)"`).FindSubmatch(flake)
	if said == nil || string(said[1]) != want {
		t.Errorf("flake.nix has %q, and vendorHash is %s", said, want)
	}
}

// nar writes a folder or a file that is not a program, as nix-archive-1 has them.
func nar(w io.Writer, path string) error {
	entries, err := os.ReadDir(path)
	if err != nil {
		data, err := os.ReadFile(path)
		text(w, "(", "type", "regular", "contents", string(data), ")")
		return err
	}
	text(w, "(", "type", "directory")
	for _, entry := range entries {
		text(w, "entry", "(", "name", entry.Name(), "node")
		if err := nar(w, filepath.Join(path, entry.Name())); err != nil {
			return err
		}
		text(w, ")")
	}
	text(w, ")")
	return nil
}

// text writes strings with their lengths, filled up to eight bytes.
func text(w io.Writer, all ...string) {
	for _, s := range all {
		_ = binary.Write(w, binary.LittleEndian, uint64(len(s)))
		_, _ = io.WriteString(w, s+strings.Repeat("\x00", -len(s)&7))
	}
}
