package sandbox

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/exit"
	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/session"
	"github.com/hermes-tui/hermes-tui/core"
	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/fleet/roster"
	"github.com/hermes-tui/hermes-tui/core/host"
)

// MostHosts is how many a sandbox has room for.
const MostHosts = 7

// startTime bounds how long the etcd may take until it serves.
const startTime = 30 * time.Second

// Fleet is the hosts of a sandbox, each with a folder of its own below that of the
// first, and the etcd in which they meet.
type Fleet struct {
	homes []*Home
	store *beside
	hosts []*beside
}

// CheckFleet says whether there can be a fleet of n hosts here.
func CheckFleet(n int) error {
	if n < 1 || n > MostHosts {
		return exit.Usage(fmt.Sprintf("a sandbox has 1 to %d hosts, not %d", MostHosts, n), "give one of these numbers with --fleet")
	}
	if _, err := exec.LookPath("etcd"); err != nil {
		return &autherr.Error{
			Kind: autherr.Failed, Code: autherr.CodeFleetAway, Err: err,
			Message: "a fleet needs an etcd, and there is no program `etcd` on the PATH",
			Hint:    "install it (Debian and Ubuntu: `apt-get install etcd-server`, macOS: `brew install etcd`), or leave --fleet out",
		}
	}
	return nil
}

// Found starts an etcd, and makes a fleet of n hosts, of which the home's own is the
// first. [Fleet.End] ends what was started.
func (h *Home) Found(ctx context.Context, s *session.Session, n int) (f *Fleet, err error) {
	f = &Fleet{homes: []*Home{h}}
	defer func() {
		if err != nil {
			f.End()
			f = nil
		}
	}()
	for i := 2; i <= n; i++ {
		one := &Home{dir: filepath.Join(h.dir, fmt.Sprint("host-", i)), settings: h.settings}
		if err := one.configure(); err != nil {
			return f, err
		}
		f.homes = append(f.homes, one)
	}
	url, err := f.open(ctx, s)
	if err != nil {
		return f, err
	}
	first, end, err := f.accounts(s, 0)
	if err != nil {
		return f, err
	}
	defer end()
	if _, err := first.Host().Init(ctx, host.Way{Etcd: host.Etcd{Endpoints: []string{url}}}, "sandbox", "host-1"); err != nil {
		return f, err
	}
	for i := range n - 1 {
		if err := f.join(ctx, s, first, i+1); err != nil {
			return f, err
		}
	}
	return f, nil
}

// open starts the etcd, and returns its address once it serves.
func (f *Fleet) open(ctx context.Context, s *session.Session) (url string, err error) {
	program, err := exec.LookPath("etcd")
	if err != nil {
		return "", err
	}
	const any, member = "http://127.0.0.1:0", "sandbox" // the system chooses the ports
	env := []string{"PATH=" + s.Env("PATH"), "HOME=" + f.homes[0].dir}
	if runtime.GOARCH != "amd64" {
		env = append(env, "ETCD_UNSUPPORTED_ARCH="+runtime.GOARCH)
	}
	serves, last := make(chan string, 1), ""
	f.store, err = start(s, env, func(line string) {
		if url := servesAt(line); url != "" {
			select {
			case serves <- url:
			default:
			}
		}
		last = line
	}, keptName, program,
		"--name", member, "--data-dir", filepath.Join(f.homes[0].dir, "etcd"), "--logger", "zap", "--log-outputs", "stderr",
		"--listen-client-urls", any, "--advertise-client-urls", any, "--enable-grpc-gateway=false",
		"--listen-peer-urls", any, "--initial-advertise-peer-urls", any, "--initial-cluster", member+"="+any,
	)
	if err != nil {
		return "", fmt.Errorf("the etcd could not be started: %w", err)
	}
	late := time.NewTimer(startTime)
	defer late.Stop()
	select {
	case url := <-serves:
		return url, nil
	case <-f.store.over:
		return "", fmt.Errorf("the etcd has ended: %s", strings.TrimSpace(last))
	case <-late.C:
		return "", errors.New("the etcd does not serve")
	case <-ctx.Done():
		return "", ctx.Err()
	}
}

// servesAt is the address that a line of an etcd's log tells; empty where it tells
// something else.
func servesAt(line string) string {
	var told struct{ Msg, Address string }
	if json.Unmarshal([]byte(line), &told) != nil || told.Address == "" || !strings.HasPrefix(told.Msg, "serving client traffic") {
		return ""
	}
	return "http://" + told.Address
}

// At is a session that lives in the folder of a host, counted from 0, until it is
// closed.
func (f *Fleet) At(s *session.Session, i int) *session.Session {
	there := &session.Session{Console: s.Console, World: s.World, Flags: s.Flags, Program: s.Program, UserAgent: s.UserAgent, Detach: s.Detach}
	f.homes[i].Enter(there)
	return there
}

// Size is how many hosts there are.
func (f *Fleet) Size() int { return len(f.homes) }

// Other is the folder of another host than the first: that in which somebody looks what
// the window's refreshes come to. Where there is none, and no fleet, it is the home.
func (f *Fleet) Other(home *Home) *Home {
	if f == nil || len(f.homes) < 2 {
		return home
	}
	return f.homes[1]
}

func (f *Fleet) accounts(s *session.Session, i int) (*core.Core, func(), error) {
	there := f.At(s, i)
	all, err := there.Open(session.Options{Stays: true, Alone: true, Secrets: true})
	return all, there.Close, err
}

// join lets a host in. Nobody compares the words: both sides are this process.
func (f *Fleet) join(ctx context.Context, s *session.Session, first *core.Core, i int) error {
	all, end, err := f.accounts(s, i)
	if err != nil {
		return err
	}
	defer end()
	invited, err := first.Host().Invite(ctx, roster.Owner)
	if err != nil {
		return err
	}
	defer invited.Close()
	asked, err := all.Host().Join(ctx, invited.Invitation, host.Way{}, fmt.Sprint("host-", i+1))
	if err != nil {
		return err
	}
	who, err := invited.Wait(ctx)
	if err != nil {
		return err
	}
	if _, err := who.Accept(ctx); err != nil {
		return err
	}
	_, err = asked.Wait(ctx)
	return err
}

// Run starts the hosts beside the first as processes of their own.
func (f *Fleet) Run(s *session.Session) error {
	for _, home := range f.homes[1:] {
		one, err := start(s, home.environ(s.Environ), nil, hostName)
		if err != nil {
			return err
		}
		f.hosts = append(f.hosts, one)
	}
	return nil
}

// End ends the hosts, and then the etcd. There may be no fleet.
func (f *Fleet) End() {
	if f == nil {
		return
	}
	for _, one := range f.hosts {
		_ = one.pipe.Close() // all at once
	}
	for _, one := range f.hosts {
		one.end()
	}
	if f.store != nil {
		f.store.end()
	}
}
