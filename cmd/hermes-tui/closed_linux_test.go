package main_test

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/hermes-tui/hermes-tui/internal/buildtest"
)

// nobody is a person without rights.
var nobody = &syscall.Credential{Uid: 65534, Gid: 65534}

// readable reports whether another program of the same person can open the
// memory of a process.
func readable(t *testing.T, pid int) bool {
	t.Helper()
	reader := exec.Command("sh", "-c", fmt.Sprintf("exec 3</proc/%d/mem", pid))
	reader.SysProcAttr = &syscall.SysProcAttr{Credential: nobody}
	return reader.Run() == nil
}

// TestNobodyReadsItsMemory: what else runs as the same person cannot open the
// memory of a running program of ours.
func TestNobodyReadsItsMemory(t *testing.T) {
	t.Parallel()
	if os.Getuid() != 0 {
		t.Skip("only root can start programs as somebody without rights")
	}
	home, err := os.MkdirTemp("/tmp", "hermes-tui-closed")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(home) })
	data, err := os.ReadFile(binary)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(home, "hermes-tui")
	buildtest.Write(t, path, data)
	if err := os.Chown(home, 65534, 65534); err != nil {
		t.Fatal(err)
	}
	start := func(name string, args ...string) int {
		t.Helper()
		cmd := exec.Command(name, args...)
		cmd.Dir, cmd.Env = home, []string{"HOME=" + home, "PATH=" + os.Getenv("PATH")}
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: nobody}
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
		if _, err := bufio.NewReader(out).ReadString('\n'); err != nil {
			t.Fatalf("%s says nothing: %v", name, err)
		}
		return cmd.Process.Pid
	}
	if !readable(t, start("sh", "-c", "echo; exec sleep 60")) {
		t.Skip("here nobody can read the memory of any process")
	}
	if readable(t, start(path, "sandbox")) {
		t.Error("another program of the same person can read its memory")
	}
}
