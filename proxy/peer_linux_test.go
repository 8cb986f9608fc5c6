package proxy

import (
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hermes-tui/hermes-tui/internal/buildtest"
)

// asNobody is set where this test binary is the other user's program.
const asNobody = "HERMES_TUI_TEST_AS_NOBODY"

// Another user of the machine gets nothing, with the right key too.
func TestPeer_AnotherUserGetsNothing(t *testing.T) {
	if url := os.Getenv(asNobody); url != "" {
		askAsNobody(t, url)
		return
	}
	if os.Getuid() != 0 {
		t.Skip("only root can run a program as another user")
	}
	setpriv, err := exec.LookPath("setpriv")
	if err != nil {
		t.Skip("there is no setpriv here")
	}
	asked := 0
	r := newRig(t, func(w http.ResponseWriter, q *http.Request) { asked++; fine(w, q) })
	dir, err := os.MkdirTemp("", "peer-") // the other user has to reach it
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	binary := filepath.Join(dir, "test")
	self, err := os.ReadFile("/proc/self/exe")
	if err == nil {
		err = os.Chmod(dir, 0o755) //nolint:gosec // see above
	}
	if err != nil {
		t.Fatal(err)
	}
	buildtest.Write(t, binary, self)
	for _, host := range []string{"127.0.0.1", "[::ffff:127.0.0.1]"} {
		cmd := exec.Command(setpriv, "--reuid=65534", "--regid=65534", "--clear-groups", binary, "-test.run=^TestPeer_AnotherUserGetsNothing$", "-test.v")
		cmd.Dir = dir
		cmd.Env = []string{asNobody + "=" + strings.Replace(r.url, "127.0.0.1", host, 1)}
		if out, err := cmd.CombinedOutput(); err != nil || !strings.Contains(string(out), "refused 3 times") {
			t.Errorf("%s: %v, %s", host, err, out)
		}
	}
	if asked != 0 {
		t.Errorf("%d requests reached the provider", asked)
	}
	r.works()
}

func askAsNobody(t *testing.T, url string) {
	r := &rig{TB: t, url: url}
	refused := 0
	for _, path := range []string{"/anthropic/v1/messages", "/healthz", "/metrics"} {
		if got := r.do(r.request(http.MethodPost, path, `{}`)); got.status == http.StatusForbidden && strings.Contains(got.body, "uid 65534") {
			refused++
		}
	}
	fmt.Println("refused", refused, "times")
}

// Who the other end is, as the system writes it.
func TestPeer_Look(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	client, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	conn, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	p := &peer{conn: conn}
	if why := p.look(os.Getuid()); why != nil {
		t.Errorf("our own connection: %v", why)
	}
	if why := p.look(os.Getuid() + 1); (why == nil) != (os.Getuid() == 0) {
		t.Errorf("seen by another user: %v", why)
	}
	_ = client.Close()
	if uid, found, _ := peerUID(addrPort(conn.RemoteAddr()), addrPort(conn.LocalAddr())); found {
		t.Errorf("a socket that nobody holds is of uid %d", uid)
	}
	if why := p.look(os.Getuid()); why == nil || !strings.Contains(why.message, "nobody is at the other end") {
		t.Errorf("nobody is served: %v", why)
	}
}

func TestParseSocket(t *testing.T) {
	s, ok := parseSocket("   0: 0100007F:2253 0100007F:C8D2 01 00000000:00000000 00:00000000 00000000  1000        0 36519 1 0000000000000000 20 4 30 10 -1")
	if !ok || s.local != netip.MustParseAddrPort("127.0.0.1:8787") || s.remote.Port() != 51410 || s.uid != 1000 || s.inode != 36519 || s.listening {
		t.Errorf("%+v", s)
	}
	s, ok = parseSocket(" 1: 0000000000000000FFFF00000100007F:2253 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000 0 0 7 1")
	if !ok || s.local != netip.MustParseAddrPort("127.0.0.1:8787") || !s.listening || s.uid != 0 {
		t.Errorf("%+v", s)
	}
	for _, line := range []string{"", "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode", "0: zz:1 00:2 01 a b c d e f g"} {
		if _, ok := parseSocket(line); ok {
			t.Errorf("%q is read as a socket", line)
		}
	}
}

// A port that is taken names who has it, and what to do about the key.
func TestListen_NamesTheHolder(t *testing.T) {
	busy, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer busy.Close()
	_, err = Listen(ListenOptions{Address: busy.Addr().String()})
	if err == nil || !strings.Contains(err.Error(), fmt.Sprintf("(pid %d, uid %d) listens there", os.Getpid(), os.Getuid())) {
		t.Errorf("%v", err)
	}
	if a := explain(err); !strings.Contains(a.message, "serve --rotate-key") {
		t.Errorf("%s", a.message)
	}
}

// So does one that is taken on all addresses.
func TestHolder_OfAllAddresses(t *testing.T) {
	for _, at := range []string{"0.0.0.0:0", "[::]:0"} {
		l, err := net.Listen("tcp", at)
		if err != nil {
			t.Skip("no such address here: " + err.Error())
		}
		port := addrPort(l.Addr()).Port()
		if who := holder(netip.AddrPortFrom(netip.MustParseAddr("127.0.0.1"), port)); !strings.Contains(who, fmt.Sprintf("pid %d", os.Getpid())) {
			t.Errorf("%s: %q", at, who)
		}
		_ = l.Close()
		if who := holder(netip.AddrPortFrom(netip.MustParseAddr("127.0.0.1"), port)); who != "" {
			t.Errorf("%s: nobody listens, but %q", at, who)
		}
	}
}

// A port that somebody has a connection from is not one that somebody listens at.
func TestHolder_OfAConnection(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	conn, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if who := holder(addrPort(conn.LocalAddr())); who != "" {
		t.Errorf("%q", who)
	}
}

// inheriting is set where this test binary is a service with a listener.
const inheriting = "HERMES_TUI_TEST_INHERITING"

// A listener that was handed over is held to the same rules: other machines do
// not reach the proxy because a unit says so.
func TestInherit_IsHeldToTheRules(t *testing.T) {
	if os.Getenv(inheriting) != "" {
		_, err := Inherit(1, ListenOptions{})
		fmt.Println("inherited:", err)
		return
	}
	for at, want := range map[string]string{"0.0.0.0:0": "can be reached from other machines", "127.0.0.1:0": "inherited: <nil>"} {
		l, err := net.Listen("tcp4", at)
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		file, err := l.(*net.TCPListener).File()
		if err != nil {
			t.Fatal(err)
		}
		cmd := exec.Command("/proc/self/exe", "-test.run=^TestInherit_IsHeldToTheRules$", "-test.v")
		cmd.Env, cmd.ExtraFiles = append(os.Environ(), inheriting+"=1"), []*os.File{file}
		if out, err := cmd.CombinedOutput(); err != nil || !strings.Contains(string(out), want) {
			t.Errorf("%s: %v, %s", at, err, out)
		}
	}
}

// Only the process that the listeners are for takes them.
func TestInherited(t *testing.T) {
	for _, tc := range []struct {
		fds, pid string
		want     int
	}{
		{"2", "7", 2}, {"64", "7", 64}, {"0", "7", 0}, {"2", "8", 0}, {"2", "", 0}, {"", "7", 0}, {"-1", "7", 0}, {"65", "7", 0}, {"two", "7", 0},
	} {
		if got := Inherited(func(name string) string { return map[string]string{"LISTEN_FDS": tc.fds, "LISTEN_PID": tc.pid}[name] }, 7); got != tc.want {
			t.Errorf("%+v: %d", tc, got)
		}
	}
}
