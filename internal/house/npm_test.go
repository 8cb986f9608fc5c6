package house

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// The package for npm starts the binary that lies in the package of this system,
// with its arguments and its exit code, and says what is missing without it.
func TestNPMPackageStartsTheBinary(t *testing.T) {
	arch := map[string]string{"amd64": "x64", "arm64": "arm64"}[runtime.GOARCH]
	if runtime.GOOS != "linux" || arch == "" {
		t.Skip("the binary of this test is a shell script for Linux")
	}
	for _, tool := range []string{"node", "npm", "tar"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("no %s here", tool)
		}
	}
	released, packed, modules := t.TempDir(), t.TempDir(), filepath.Join(t.TempDir(), "node_modules")
	archive(t, filepath.Join(released, "hermes-tui_1.2.3_linux_"+runtime.GOARCH+".tar.gz"), map[string]string{
		"hermes-tui": "#!/bin/sh\necho \"$@\"\nexit 7\n",
		"LICENSE":    "MIT\n",
		"README.md":  "not packed\n",
	})
	pack := exec.CommandContext(t.Context(), "node", filepath.Join(root, "contrib", "npm", "pack.mjs"), released, packed)
	pack.Env = append(os.Environ(), "npm_config_cache="+t.TempDir(), "npm_config_update_notifier=false")
	if out, err := pack.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	unpack(t, filepath.Join(packed, "hermes-tui-1.2.3.tgz"), filepath.Join(modules, "hermes-tui"))
	start := func() (string, int) {
		out, err := exec.CommandContext(t.Context(), "node", filepath.Join(modules, "hermes-tui", "hermes-tui.js"), "list", "--json").CombinedOutput()
		if exit := (&exec.ExitError{}); errors.As(err, &exit) {
			return string(out), exit.ExitCode()
		}
		return string(out), 0
	}
	if out, code := start(); code != 1 || !strings.Contains(out, "@hermes-tui/linux-"+arch+" is not installed") {
		t.Errorf("without the system's package it exits with %d, %q", code, out)
	}
	unpack(t, filepath.Join(packed, "hermes-tui-linux-"+arch+"-1.2.3.tgz"), filepath.Join(modules, "@hermes-tui", "linux-"+arch))
	if out, code := start(); code != 7 || out != "list --json\n" {
		t.Errorf("it exits with %d, %q", code, out)
	}
	manifest, err := os.ReadFile(filepath.Join(modules, "hermes-tui", "package.json"))
	if err != nil || !strings.Contains(string(manifest), `"@hermes-tui/linux-`+arch+`": "1.2.3"`) || strings.Contains(string(manifest), "install\"") {
		t.Errorf("it does not ask for the system's package, or runs something at installation: %s, %v", manifest, err)
	}
}

// archive writes files as a release's archive has them.
func archive(t *testing.T, path string, files map[string]string) {
	t.Helper()
	var data bytes.Buffer
	zip := gzip.NewWriter(&data)
	w := tar.NewWriter(zip)
	for name, content := range files {
		if err := w.WriteHeader(&tar.Header{Name: name, Mode: 0o755, Size: int64(len(content))}); err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(w, content); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(w.Close(), zip.Close(), os.WriteFile(path, data.Bytes(), 0o600)); err != nil {
		t.Fatal(err)
	}
}

// unpack does what npm does with a package.
func unpack(t *testing.T, file, dir string) {
	t.Helper()
	if err := os.MkdirAll(dir, 0o750); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.CommandContext(t.Context(), "tar", "-xzf", file, "-C", dir, "--strip-components=1").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
}
