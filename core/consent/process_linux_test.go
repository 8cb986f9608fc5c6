package consent

import (
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// Of a real process: a script that has a shell run something is who asks.
func TestCaller(t *testing.T) {
	sh, err := exec.LookPath("sh")
	if err != nil {
		t.Skip("there is no sh here")
	}
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	script := filepath.Join(dir, "agent.sh")
	// The inner shell stays behind the script, and says who it is.
	if err := os.WriteFile(script, []byte("sh -c 'echo $$; read wait; true'; true\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(sh, script)
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = cmd.Wait() }()
	defer in.Close()
	said := make([]byte, 20)
	n, err := out.Read(said)
	if err != nil {
		t.Fatal(err)
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(said[:n])))
	if err != nil {
		t.Fatal(err)
	}
	if got := Caller(pid); got.Key != script || got.PID != cmd.Process.Pid || got.Name != "agent.sh" {
		t.Errorf("%+v, want %s of %d", got, script, cmd.Process.Pid)
	}
	own, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	if got := Process(os.Getpid()); got.Path != own || got != Own() {
		t.Errorf("this process is %+v, and says of itself %+v", got, Own())
	}
	if got := Process(1 << 30); got.Key != "" {
		t.Errorf("nobody is %+v", got)
	}
}

// A script in memory is a file like any other.
func TestRegular_InMemory(t *testing.T) {
	file, err := os.CreateTemp("/dev/shm", "agent")
	if err != nil {
		t.Skip("there is no /dev/shm to write to: ", err)
	}
	t.Cleanup(func() { _ = os.Remove(file.Name()) })
	defer file.Close()
	if real, ok := regular(file.Name()); !ok || real != file.Name() {
		t.Errorf("%q, %t", real, ok)
	}
}
