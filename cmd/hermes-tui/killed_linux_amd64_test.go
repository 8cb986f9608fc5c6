package main_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/hermes-tui/hermes-tui/core/record"
	"github.com/hermes-tui/hermes-tui/internal/etcd/etcdtest"
	"github.com/hermes-tui/hermes-tui/sandbox"
)

// steps are the system calls at which a process can be killed: those that change
// a folder or a file, and those that send something to the keyring.
var steps = []uint64{
	unix.SYS_RENAME, unix.SYS_RENAMEAT, unix.SYS_RENAMEAT2, unix.SYS_UNLINK, unix.SYS_UNLINKAT, unix.SYS_LINK, unix.SYS_LINKAT,
	unix.SYS_MKDIR, unix.SYS_MKDIRAT, unix.SYS_FSYNC, unix.SYS_FTRUNCATE, unix.SYS_FALLOCATE, unix.SYS_SENDMSG,
}

// killAt runs a command under ptrace and kills it (SIGKILL) just before its n-th
// step. It reports whether the command came that far.
func (b *bench) killAt(n int, args ...string) (killed bool) {
	b.t.Helper()
	return b.killAtStep(n, isStep, "", args...)
}

// killAtStep is killAt by what counts as a step, for a command that reads something.
func (b *bench) killAtStep(n int, isStep func(tid int) bool, stdin string, args ...string) (killed bool) {
	b.t.Helper()
	ended := make(chan error)
	go func() { // one thread traces, and is not used for anything else afterwards
		runtime.LockOSThread()
		ctx, cancel := context.WithTimeout(context.Background(), limit)
		defer cancel()
		cmd := b.command(ctx, args...)
		if stdin != "" {
			in, out, err := os.Pipe() // nothing that copies, and waits for its end
			if err != nil {
				ended <- err
				return
			}
			_, _ = out.WriteString(stdin)
			_ = out.Close()
			defer in.Close()
			cmd.Stdin = in
		}
		cmd.SysProcAttr = &syscall.SysProcAttr{Ptrace: true, Setpgid: true}
		err := cmd.Start()
		if err == nil {
			killed, err = trace(cmd.Process.Pid, n, isStep)
		}
		ended <- err
	}()
	switch err := <-ended; {
	case errors.Is(err, unix.EPERM), errors.Is(err, unix.ENOSYS):
		b.t.Skipf("this machine lets no process trace another: %v", err)
	case err != nil:
		b.t.Fatalf("%v: %v", args, err)
	}
	return killed
}

// trace lets a stopped process and its threads run until its n-th step.
func trace(pid, n int, isStep func(tid int) bool) (killed bool, err error) {
	var status unix.WaitStatus
	if _, err := unix.Wait4(pid, &status, 0, nil); err != nil {
		return false, err
	}
	if err := unix.PtraceSetOptions(pid, unix.PTRACE_O_TRACESYSGOOD|unix.PTRACE_O_TRACECLONE|unix.PTRACE_O_EXITKILL); err != nil {
		return false, err
	}
	inside := map[int]bool{} // threads that are in a system call
	for tid := pid; ; {
		signal := 0
		if stop := status.StopSignal(); stop == syscall.SIGTRAP|0x80 {
			if inside[tid] = !inside[tid]; inside[tid] && isStep(tid) {
				if n--; n == 0 {
					killed = true
					_ = unix.Kill(pid, unix.SIGKILL)
				}
			}
		} else if stop != syscall.SIGTRAP && stop != syscall.SIGSTOP {
			signal = int(stop)
		}
		_ = unix.PtraceSyscall(tid, signal) // one that was killed is gone
		for {
			tid, err = unix.Wait4(-pid, &status, unix.WALL, nil)
			if err == unix.EINTR {
				continue
			}
			if err != nil || tid == pid && (status.Exited() || status.Signaled()) {
				if err == nil && !killed && status.ExitStatus() != 0 {
					err = fmt.Errorf("it ended by itself, with the exit code %d", status.ExitStatus())
				}
				return killed, err
			}
			if status.Stopped() {
				break
			}
		}
	}
}

func isStep(tid int) bool {
	var regs unix.PtraceRegs
	if unix.PtraceGetRegs(tid, &regs) != nil {
		return false
	}
	return slices.Contains(steps, regs.Orig_rax) || regs.Orig_rax == unix.SYS_OPENAT && regs.Rdx&unix.O_CREAT != 0
}

// isStepOrSent is isStep, and each time that something is sent to another machine.
func isStepOrSent(tid int) bool {
	var regs unix.PtraceRegs
	if unix.PtraceGetRegs(tid, &regs) != nil || regs.Orig_rax != unix.SYS_WRITE {
		return isStep(tid)
	}
	to, err := os.Readlink(fmt.Sprintf("/proc/%d/fd/%d", tid, regs.Rdi))
	return err == nil && strings.HasPrefix(to, "socket:")
}

// stride is how many steps lie between two kills: with all of them the test takes
// minutes. HERMES_TUI_TEST_KILLS=all kills at each.
func stride(many int) int {
	if os.Getenv("HERMES_TUI_TEST_KILLS") == "all" {
		return 1
	}
	return many
}

// TestKilled_AnyCommandClearsUp: whatever is killed at whichever step, the next
// command, any one, leaves no file, no secret and no row behind that nothing
// needs, and every account that is listed works.
func TestKilled_AnyCommandClearsUp(t *testing.T) {
	for what, args := range map[string][]string{
		"sign-in": {"login", "minimax", "--no-browser", "--label", "new"},
		"import":  {"import", "--yes"},
		"remove":  {"remove", "old", "--yes", "--no-revoke"},
		"rename":  {"rename", "old", "older"},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			b := agentBenchAt(t, 1, sandbox.Options{AutoApprove: 1, AccessTTL: 24 * time.Hour})
			b.must("login", "minimax", "--no-browser", "--label", "kept")
			b.must("login", "minimax", "--no-browser", "--label", "old")
			again := b.keep()
			n := 1
			for ; b.killAt(n, args...); n += stride(7) {
				if r := b.run("list"); r.code != 0 || !strings.Contains(r.out, "kept") {
					t.Errorf("%s, step %d: %s", what, n, r)
				}
				b.anyCommand(n)
				b.nothingLeft(what, n)
				again()
			}
			t.Logf("%s has %d steps", what, n)
			b.nothingLeft(what, n)
		})
	}
}

// TestKilled_MovesBetweenKeystores kills moves to the keyring and back.
func TestKilled_MovesBetweenKeystores(t *testing.T) {
	t.Parallel()
	b := newBench(t, sandbox.Options{AutoApprove: 1, AccessTTL: 24 * time.Hour})
	s := b.withKeyring()
	b.must("login", "minimax", "--no-browser", "--label", "kept")
	one := s.Items("hermes-tui")
	b.must("login", "minimax", "--no-browser", "--label", "old")
	to, from := "file", "keyring"
	n := 1
	for ; b.killAt(n, "keystore", "move", to, "--yes"); n += stride(17) {
		b.anyCommand(n)
		b.nothingLeft("move to the "+to, n)
		b.must("keystore", "move", to, "--yes")
		b.nothingLeft("whole move to the "+to, n)
		files, items := len(b.sealed()), s.Items("hermes-tui")
		if to == "file" && (files != 2 || items != 0) || to == "keyring" && (files != 0 || items != 2*one) {
			t.Errorf("after the move to the %s, killed at step %d: %d files and %d items", to, n, files, items)
		}
		to, from = from, to
	}
	t.Logf("a move to the %s has %d steps", to, n)
}

// keep copies the folders as they are. What it returns brings them back.
func (b *bench) keep() (again func()) {
	b.t.Helper()
	kept, dirs := b.mkdir("kept"), []string{"tui", ".hermes"}
	copied := func(from, to string) {
		b.t.Helper()
		for _, dir := range dirs {
			if err := os.RemoveAll(filepath.Join(to, dir)); err != nil {
				b.t.Fatal(err)
			}
			if out, err := exec.Command("cp", "-a", filepath.Join(from, dir), to).CombinedOutput(); err != nil {
				b.t.Fatalf("%v: %s", err, out)
			}
		}
	}
	copied(b.home, kept)
	return func() { copied(kept, b.home) }
}

// anyCommand runs one of those that open the keystore.
func (b *bench) anyCommand(n int) {
	b.t.Helper()
	commands := [][]string{{"token", "kept"}, {"exec", "kept", "--", "true"}, {"rename", "kept", "kept"}, {"token", "kept", "--json"}}
	b.must(commands[n%len(commands)]...)
}

// nothingLeft looks at the folders, the list and what doctor says.
func (b *bench) nothingLeft(what string, n int) {
	b.t.Helper()
	folder := record.Open(record.Options{Dir: b.state()})
	ids, err := folder.IDs()
	if err != nil {
		b.t.Fatal(err)
	}
	named := map[string]bool{}
	var want []string
	for _, id := range ids {
		h, err := folder.ReadHead(id)
		if err != nil {
			b.t.Fatal(err)
		}
		if h.Intent != nil || len(h.Trash) > 0 || h.Gen == 0 && !h.Removed() {
			b.t.Errorf("%s, step %d: %s is not finished: intent %+v, trash %v", what, n, id, h.Intent, h.Trash)
		}
		if h.Ref != nil {
			named[h.Ref.Name+".age"] = true
		}
		if !h.Removed() {
			want = append(want, id)
		}
	}
	var listed []struct{ ID string }
	if err := json.Unmarshal([]byte(b.must("list", "--json")), &listed); err != nil {
		b.t.Fatal(err)
	}
	var got []string
	for _, account := range listed {
		got = append(got, account.ID)
		b.must("token", account.ID)
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		b.t.Errorf("%s, step %d: the list has %v, the records %v", what, n, got, want)
	}
	_ = filepath.WalkDir(filepath.Join(b.home, "tui"), func(path string, d fs.DirEntry, err error) error {
		name := filepath.Base(path)
		switch {
		case err != nil || d.IsDir():
		case strings.HasSuffix(name, ".tmp"), strings.HasPrefix(name, "probe."), strings.HasSuffix(name, ".age") && !named[name] && !strings.HasPrefix(name, record.FleetKeyID):
			b.t.Errorf("%s, step %d: left over: %s", what, n, path)
		}
		return nil
	})
	if r := b.run("doctor"); !strings.Contains(r.out, "nothing was left behind") {
		b.t.Errorf("%s, step %d: %s", what, n, r)
	}
}

// TestKilled_MovesOutOfAFleet kills moves of an account out of a fleet and into it. The
// other host then asks for a token, too, and whoever may refreshes.
func TestKilled_MovesOutOfAFleet(t *testing.T) {
	t.Parallel()
	store := etcdtest.Start(t, 1, etcdtest.Options{})
	a := newBench(t, sandbox.Options{AutoApprove: 1, AccessTTL: 24 * time.Hour})
	a.must("login", "minimax", "--no-browser", "--label", "kept")
	a.must("login", "minimax", "--no-browser", "--label", "old")
	b := a.host()
	a.found(store.Endpoints(), b)
	to, next, n := "file", "etcd", 1
	for ; a.killAt(n, "keystore", "move", to, "old", "--yes"); n += stride(13) {
		a.anyCommand(n)
		b.run("refresh", "old", "--force")
		a.run("refresh", "old", "--force")
		a.must("keystore", "move", to, "old", "--yes")
		a.nothingLeft("move to "+to, n)
		mine, others := a.must("token", "old"), b.run("token", "old")
		switch {
		case to == "file" && others.code == 0:
			t.Errorf("killed at step %d: the other host still has it: %s", n, others)
		case to == "etcd" && others.out != mine:
			t.Errorf("killed at step %d: the other host has not the same token: %s", n, others)
		}
		a.must("refresh", "old", "--force")
		if to, next = next, to; to == "etcd" {
			n -= stride(13) // it is killed there, too
		}
	}
	t.Logf("a move has %d steps", n)
	if got := a.portal.Stats().Refreshes.Outcomes[sandbox.Reused]; got != 0 {
		t.Errorf("%d refresh tokens were sent twice", got)
	}
}
