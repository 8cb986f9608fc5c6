package main_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/hermes-tui/hermes-tui/sandbox"
)

// BenchmarkToken is `token` as a process, with a fresh token, beside what a
// process that does nothing costs.
func BenchmarkToken(b *testing.B) {
	for _, bm := range []struct {
		name    string
		command string
		keyring bool
	}{
		{"version", "version", false}, {"file", "token", false}, {"gnome-keyring", "token", true},
	} {
		b.Run(bm.name, func(b *testing.B) {
			machine := newBench(b, sandbox.Options{})
			if bm.keyring {
				machine.withKeyring()
			}
			machine.signIn()
			for b.Loop() {
				machine.must(bm.command)
			}
		})
	}
}

// BenchmarkStart runs `token`, `version` and `age -d`, which opens a file of the
// same size with the same library, in turn, as whole processes of a stripped
// program: their processor time as multiples of age's, how long a caller waits for
// `token` as a multiple of its wait for age, and what memory they take at most.
func BenchmarkStart(b *testing.B) {
	machine := newBench(b, sandbox.Options{})
	machine.signIn()
	program := filepath.Join(b.TempDir(), "hermes-tui")
	goTool(b, []string{"CGO_ENABLED=0"}, "build", "-trimpath", "-ldflags", "-s -w", "-o", program, ".")
	if info, err := os.Stat(program); err == nil {
		b.Logf("stripped: %.1f MB", float64(info.Size())/1e6)
	}
	age := sealedFile(b)

	var tokens, versions, ages whole
	for b.Loop() {
		tokens.run(b, machine.env, program, "token")
		versions.run(b, machine.env, program, "version")
		ages.run(b, machine.env, age[0], age[1:]...)
	}
	b.ReportMetric(0, "ns/op") // the sum of three says nothing
	b.ReportMetric(tokens.cpu.Seconds()/ages.cpu.Seconds(), "token/age")
	b.ReportMetric(tokens.wait.Seconds()/ages.wait.Seconds(), "token/age-wait")
	b.ReportMetric(versions.cpu.Seconds()/ages.cpu.Seconds(), "version/age")
	b.ReportMetric(peak(b, machine.env, []string{program, "token"}), "MB/token")
	b.ReportMetric(peak(b, machine.env, age), "MB/age")
}

// whole is the time of all runs of a program, as processes.
type whole struct{ cpu, wait time.Duration }

func (w *whole) run(b *testing.B, env []string, name string, args ...string) {
	b.Helper()
	cmd := exec.Command(name, args...)
	cmd.Env = env
	began := time.Now()
	if out, err := cmd.CombinedOutput(); err != nil {
		b.Fatalf("%s %s: %v\n%s", name, args, err, out)
	}
	w.wait += time.Since(began)
	w.cpu += cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
}

// peak is the most memory that a program takes, in megabytes.
func peak(b *testing.B, env, command []string) float64 {
	b.Helper()
	helper := filepath.Join(b.TempDir(), "peak")
	goTool(b, []string{"CGO_ENABLED=0"}, "build", "-o", helper, "./testdata/peak")
	cmd := exec.Command(helper, command...)
	cmd.Env = env
	out, err := cmd.Output()
	if err != nil {
		b.Fatal(err)
	}
	kB, _ := strconv.ParseFloat(strings.TrimSpace(string(out)), 64)
	return kB * 1024 / 1e6
}

// sealedFile builds age and returns the command that opens a file of 2 kB with it.
func sealedFile(b *testing.B) []string {
	b.Helper()
	dir := b.TempDir()
	if out, err := exec.Command("go", "list", "-m", "-f", "{{.Version}}", "filippo.io/age").Output(); err != nil {
		b.Skipf("which version of age: %v", err)
	} else {
		goTool(b, []string{"GOBIN=" + dir, "CGO_ENABLED=0"}, "install", "-trimpath", "-ldflags", "-s -w", "filippo.io/age/cmd/...@"+strings.TrimSpace(string(out)))
	}
	key, plain, sealed := filepath.Join(dir, "key"), filepath.Join(dir, "plain"), filepath.Join(dir, "sealed")
	if err := os.WriteFile(plain, []byte(strings.Repeat("token", 400)), 0o600); err != nil {
		b.Fatal(err)
	}
	for _, args := range [][]string{{"age-keygen", "-o", key}, {"age", "-e", "-i", key, "-o", sealed, plain}} {
		if out, err := exec.Command(filepath.Join(dir, args[0]), args[1:]...).CombinedOutput(); err != nil {
			b.Fatalf("%s: %v\n%s", args, err, out)
		}
	}
	return []string{filepath.Join(dir, "age"), "-d", "-i", key, sealed}
}

func goTool(b *testing.B, env []string, args ...string) {
	b.Helper()
	cmd := exec.Command("go", args...)
	cmd.Env = append(os.Environ(), env...)
	if out, err := cmd.CombinedOutput(); err != nil {
		b.Skipf("go %s: %v\n%s", strings.Join(args, " "), err, out)
	}
}
