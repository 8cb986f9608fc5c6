package main_test

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"

	"github.com/hermes-tui/hermes-tui/sandbox"
)

// hung is a disk that gives no answer for one file: the kernel asks the test
// before it lets a process that was started by [TestHungDisk] open anything.
type hung struct {
	path   string
	listen *net.UnixListener
	met    chan struct{} // closed when the file is asked for
	works  chan struct{} // closed when the disk works again
}

const hungSocket = "HERMES_TUI_TEST_HUNG"

// hang is a disk that hangs at a file of the state folder, for the window that
// [bench.hungWindow] opens.
func (b *bench) hang(name string) *hung {
	b.t.Helper()
	if os.Getuid() != 0 {
		b.t.Skip("only root can read in a program of ours which file it opens")
	}
	h := &hung{path: filepath.Join(b.state(), name), met: make(chan struct{}), works: make(chan struct{})}
	if _, err := os.Stat(h.path); err != nil {
		b.t.Fatal(err)
	}
	var err error
	if h.listen, err = net.ListenUnix("unix", &net.UnixAddr{Name: filepath.Join(b.home, "hung")}); err != nil {
		b.t.Fatal(err)
	}
	b.t.Cleanup(func() { h.listen.Close() })
	go h.answer(b.t)
	return h
}

func (b *bench) hungWindow(h *hung) *terminal {
	b.t.Helper()
	self, err := os.Executable()
	if err != nil {
		b.t.Fatal(err)
	}
	x := b.session(100, 30, false, `HERMES_TUI_TEST_PROGRAM="$1" `+hungSocket+`="$2" "$3" -test.run '^TestHungDisk$'; echo "ended with $?"; stty -a`,
		binary, h.listen.Addr().String(), self)
	select {
	case <-h.met:
	case <-time.After(limit):
		b.t.Fatalf("nobody opened %s", h.path)
	}
	return x
}

// TestHungDisk is no test, but what a test starts: it becomes the program, all
// of whose opening of files is asked for over the socket.
func TestHungDisk(t *testing.T) {
	socket := os.Getenv(hungSocket)
	if socket == "" {
		t.Skip("it is started by the tests of a disk that hangs")
	}
	conn, err := net.DialUnix("unix", nil, &net.UnixAddr{Name: socket})
	if err != nil {
		t.Fatal(err)
	}
	filter := []unix.SockFilter{
		{Code: unix.BPF_LD | unix.BPF_W | unix.BPF_ABS, K: 0}, // the number of the call
		{Code: unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K, Jf: 1, K: unix.SYS_OPENAT},
		{Code: unix.BPF_RET | unix.BPF_K, K: unix.SECCOMP_RET_USER_NOTIF},
		{Code: unix.BPF_RET | unix.BPF_K, K: unix.SECCOMP_RET_ALLOW},
	}
	runtime.LockOSThread() // the filter is this thread's, and that is the one that stays
	if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
		t.Fatal(err)
	}
	listener, _, errno := unix.Syscall(unix.SYS_SECCOMP, unix.SECCOMP_SET_MODE_FILTER, unix.SECCOMP_FILTER_FLAG_NEW_LISTENER,
		uintptr(unsafe.Pointer(&unix.SockFprog{Len: uint16(len(filter)), Filter: &filter[0]})))
	if errno != 0 {
		t.Fatal(errno)
	}
	unix.CloseOnExec(int(listener))
	if _, _, err := conn.WriteMsgUnix([]byte{0}, unix.UnixRights(int(listener)), nil); err != nil {
		t.Fatal(err)
	}
	env := slices.DeleteFunc(os.Environ(), func(s string) bool { return strings.HasPrefix(s, "HERMES_TUI_TEST_") })
	t.Fatal(syscall.Exec(binary, []string{"hermes-tui"}, env))
}

// asks and says are struct seccomp_notif and struct seccomp_notif_resp.
type asks struct {
	id         uint64
	pid, flags uint32
	nr         int32
	arch       uint32
	at         uint64
	args       [6]uint64
}

type says struct {
	id    uint64
	val   int64
	err   int32
	flags uint32
}

// answer lets everything be opened at once, and the file when the disk works.
func (h *hung) answer(t testing.TB) {
	conn, err := h.listen.AcceptUnix()
	if err != nil {
		return // nobody came, which the test says
	}
	defer conn.Close()
	control := make([]byte, unix.CmsgSpace(4))
	_, n, _, _, err := conn.ReadMsgUnix(make([]byte, 1), control)
	if err != nil {
		t.Errorf("the one who is to hang: %v", err)
		return
	}
	messages, err := unix.ParseSocketControlMessage(control[:n])
	if err != nil || len(messages) != 1 {
		t.Errorf("the one who is to hang sent %d messages, %v", len(messages), err)
		return
	}
	fds, err := unix.ParseUnixRights(&messages[0])
	if err != nil || len(fds) != 1 {
		t.Errorf("the one who is to hang sent %v, %v", fds, err)
		return
	}
	var answers sync.WaitGroup
	defer func() { go func() { answers.Wait(); unix.Close(fds[0]) }() }()
	first := sync.OnceFunc(func() { close(h.met) })
	for {
		ready := []unix.PollFd{{Fd: int32(fds[0]), Events: unix.POLLIN}}
		if _, err := unix.Poll(ready, -1); err == unix.EINTR {
			continue
		} else if err != nil || ready[0].Revents&unix.POLLIN == 0 {
			return // it has ended
		}
		var a asks
		if _, _, errno := unix.Syscall(unix.SYS_IOCTL, uintptr(fds[0]), unix.SECCOMP_IOCTL_NOTIF_RECV, uintptr(unsafe.Pointer(&a))); errno != 0 {
			continue // a signal came in between: it asks again
		}
		hangs := opens(a, h.path)
		if hangs {
			first()
		}
		answers.Go(func() {
			if hangs {
				<-h.works
			}
			s := says{id: a.id, flags: unix.SECCOMP_USER_NOTIF_FLAG_CONTINUE}
			_, _, _ = unix.Syscall(unix.SYS_IOCTL, uintptr(fds[0]), unix.SECCOMP_IOCTL_NOTIF_SEND, uintptr(unsafe.Pointer(&s)))
		})
	}
}

// opens reports whether it is this path that a process is about to open.
func opens(a asks, path string) bool {
	memory, err := os.Open(fmt.Sprintf("/proc/%d/mem", a.pid))
	if err != nil {
		return false
	}
	defer memory.Close()
	text := make([]byte, len(path)+1)
	n, _ := memory.ReadAt(text, int64(a.args[1]))
	return string(text[:n]) == path+"\x00"
}

// TestWindowBeforeTheDisk: the window is there, and can be left, before the disk
// has answered; the accounts come when it does.
func TestWindowBeforeTheDisk(t *testing.T) {
	for _, name := range []string{"pool.json", "usage.json", "store.json", "ui.json"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, sandbox.Options{})
			b.signIn()
			b.must("token") // for the counters
			if err := os.WriteFile(filepath.Join(b.state(), "ui.json"), []byte(`{"sort":"label"}`), 0o600); err != nil {
				t.Fatal(err)
			}
			disk := b.hang(name)
			x := b.hungWindow(disk)
			x.match(`hermes-tui`)
			x.match(`Reading the accounts\.`)
			close(disk.works)
			x.match(`● ok`)
			x.press("q")
			x.match(`ended with 0`)
			x.restored()
		})
	}
}

// TestWindowLeftBeforeTheDisk: nothing that hangs keeps a person there.
func TestWindowLeftBeforeTheDisk(t *testing.T) {
	t.Parallel()
	b := newBench(t, sandbox.Options{})
	b.signIn()
	disk := b.hang("pool.json")
	t.Cleanup(func() { close(disk.works) })
	x := b.hungWindow(disk)
	x.match(`hermes-tui`)
	x.press("q")
	x.match(`ended with 0`)
	x.restored()
}

// TestWindowBeforeTheKeyring: nothing waits for a keyring that hangs. A sign-in
// there is told what happened, in its own time.
func TestWindowBeforeTheKeyring(t *testing.T) {
	t.Parallel()
	b := newBench(t, sandbox.Options{})
	s := b.withKeyring()
	if err := syscall.Kill(s.PID(), syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = syscall.Kill(s.PID(), syscall.SIGCONT) }()
	x := b.session(100, 30, false, `hermes-tui; echo "ended with $?"; stty -a`)
	x.match(`No accounts yet`)
	if err := syscall.Kill(s.PID(), syscall.SIGCONT); err != nil {
		t.Fatal(err)
	}
	x.match(`keyring: Secret Service`)
	x.press("q")
	x.match(`ended with 0`)
	x.restored()
	b.signIn()

	if err := syscall.Kill(s.PID(), syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	x = b.session(100, 30, false, `hermes-tui; echo "ended with $?"; stty -a`)
	x.match(`● ok`)
	x.match(`keyring: Secret Service`)
	x.press("q")
	x.match(`ended with 0`)
	x.restored()
}

// TestWindowOfAnotherKeystore: what a command refuses ends the window too.
func TestWindowOfAnotherKeystore(t *testing.T) {
	t.Parallel()
	b := newBench(t, sandbox.Options{})
	b.signIn()
	x := b.session(100, 30, false, `hermes-tui --keystore keyring; echo "ended with $?"; stty -a`)
	x.match(`hermes-tui: .*\n?.*keystore move keyring`)
	x.match(`ended with 2`)
	x.restored()
}
