package main_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
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

// traced says where a command is killed, or held.
type traced struct {
	n      int                // before which step
	isStep func(tid int) bool // what counts as one
	stdin  string
	out    *os.File // what it prints; nil: nobody reads it
	held   func()   // is called while the process stands still, which then goes on; nil: it is killed
}

// killAtStep is killAt by what counts as a step, for a command that reads something.
func (b *bench) killAtStep(n int, isStep func(tid int) bool, stdin string, args ...string) (killed bool) {
	b.t.Helper()
	return b.trace(traced{n: n, isStep: isStep, stdin: stdin}, args...)
}

// trace runs a command under ptrace. It reports whether it came as far as the step.
func (b *bench) trace(o traced, args ...string) (came bool) {
	b.t.Helper()
	ended := make(chan error)
	go func() { // one thread traces, and is not used for anything else afterwards
		runtime.LockOSThread()
		ctx, cancel := context.WithTimeout(context.Background(), limit)
		defer cancel()
		cmd := b.command(ctx, args...)
		if o.out != nil {
			cmd.Stdout = o.out
		}
		if o.stdin != "" {
			in, out, err := os.Pipe() // nothing that copies, and waits for its end
			if err != nil {
				ended <- err
				return
			}
			_, _ = out.WriteString(o.stdin)
			_ = out.Close()
			defer in.Close()
			cmd.Stdin = in
		}
		cmd.SysProcAttr = &syscall.SysProcAttr{Ptrace: true, Setpgid: true}
		err := cmd.Start()
		if err == nil {
			came, err = o.follow(cmd.Process.Pid)
		}
		ended <- err
	}()
	switch err := <-ended; {
	case errors.Is(err, unix.EPERM), errors.Is(err, unix.ENOSYS):
		b.t.Skipf("this machine lets no process trace another: %v", err)
	case err != nil:
		b.t.Fatalf("%v: %v", args, err)
	}
	return came
}

// halted is a thread that waits for whoever traces it.
type halted struct {
	tid    int
	status unix.WaitStatus
}

// next waits for a thread to stop. ended says that the process is no more.
func next(pid int) (s halted, ended bool, err error) {
	for {
		s.tid, err = unix.Wait4(-pid, &s.status, unix.WALL, nil)
		switch {
		case err == unix.EINTR:
		case err != nil:
			return s, true, err
		case s.tid == pid && (s.status.Exited() || s.status.Signaled()):
			return s, true, nil
		case s.status.Stopped():
			return s, false, nil
		}
	}
}

// follow lets a stopped process and its threads run until the step.
func (o traced) follow(pid int) (came bool, err error) {
	var first halted
	if first.tid, err = unix.Wait4(pid, &first.status, 0, nil); err != nil {
		return false, err
	}
	if err := unix.PtraceSetOptions(pid, unix.PTRACE_O_TRACESYSGOOD|unix.PTRACE_O_TRACECLONE|unix.PTRACE_O_EXITKILL); err != nil {
		return false, err
	}
	inside := map[int]bool{} // threads that are in a system call
	sends := map[int]bool{}  // of them, those that send something
	waiting := []halted{first}
	for {
		if len(waiting) == 0 {
			s, ended, err := next(pid)
			if ended {
				if err == nil && (!came || o.held != nil) && s.status.ExitStatus() != 0 {
					err = fmt.Errorf("it ended by itself, with the exit code %d", s.status.ExitStatus())
				}
				return came, err
			}
			waiting = append(waiting, s)
		}
		s := waiting[0]
		waiting = waiting[1:]
		signal := 0
		if stop := s.status.StopSignal(); stop == syscall.SIGTRAP|0x80 {
			inside[s.tid] = !inside[s.tid]
			step := sends[s.tid] // what was sent has left, and the answer is not here: a step, too
			if sends[s.tid] = false; inside[s.tid] {
				step = o.isStep(s.tid)
				sends[s.tid] = step && isSent(s.tid)
			}
			if step {
				o.n--
			}
			switch {
			case !step || o.n != 0:
			case o.held == nil:
				came = true
				_ = unix.Kill(pid, unix.SIGKILL)
			default:
				came = true
				waiting = append(waiting, hold(pid, append(waiting, s))...)
				o.held()
			}
		} else if stop != syscall.SIGTRAP && stop != syscall.SIGSTOP {
			signal = int(stop)
		}
		_ = unix.PtraceSyscall(s.tid, signal) // one that was killed is gone
	}
}

// hold stops every thread of a process, as SIGSTOP does, and returns those that were not.
func hold(pid int, are []halted) (more []halted) {
	stands := map[int]bool{}
	for _, s := range are {
		stands[s.tid] = true
	}
	for {
		running := 0
		threads, _ := os.ReadDir(fmt.Sprintf("/proc/%d/task", pid))
		for _, thread := range threads {
			tid, _ := strconv.Atoi(thread.Name())
			if stands[tid] {
				continue
			}
			running++
			_ = unix.Tgkill(pid, tid, unix.SIGSTOP)
			s := halted{tid: tid}
			if got, err := unix.Wait4(tid, &s.status, unix.WALL, nil); err == nil && got == tid && s.status.Stopped() {
				more = append(more, s)
			}
			stands[tid] = true
		}
		if running == 0 {
			return more
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
func isStepOrSent(tid int) bool { return isSent(tid) || isStep(tid) }

// isSent reports whether a thread is about to send something to another machine.
func isSent(tid int) bool {
	var regs unix.PtraceRegs
	if unix.PtraceGetRegs(tid, &regs) != nil || regs.Orig_rax != unix.SYS_WRITE {
		return false
	}
	to, err := os.Readlink(fmt.Sprintf("/proc/%d/fd/%d", tid, regs.Rdi))
	return err == nil && strings.HasPrefix(to, "socket:")
}
