//go:build unix

package main_test

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/hermes-tui/hermes-tui/internal/etcd"
	"github.com/hermes-tui/hermes-tui/internal/etcd/etcdtest"
	"github.com/hermes-tui/hermes-tui/sandbox"
)

// endureFor says how long the fleet is troubled. "short" is until each trouble was there
// once, with few hosts and short times; that, too, is not part of every run.
const endureFor = "HERMES_TUI_TEST_ENDURE"

// endurance is a fleet at work, each host of which serves requests, while members of
// its etcd are killed, hosts are stopped in the middle of an answer, and links are cut.
type endurance struct {
	*bench
	t      *testing.T
	store  *etcdtest.Cluster
	depot  depot
	told   *chronicle
	hosts  []*endured
	ids    []string
	punish bool
	long   time.Duration // zero: short
	ctx    context.Context

	running sync.WaitGroup          // troubles that have not ended, with the next one
	next    atomic.Pointer[trouble] // that the next refresh meets

	mu      sync.Mutex
	of      map[string]string // account, by grant
	named   map[string]bool   // accounts that a stop longer than lease and token may cost
	reused  map[string]int    // by account
	also    int               // accounts that a host was at beside the one that its trouble is about
	strikes map[string]int    // troubles that there were
	answers map[string]int    // of requests, by status
	signIns int
}

// endured is one host, with links of its own to every member.
type endured struct {
	*bench
	name     string
	links    []*etcdtest.Relay
	server   *server
	troubled atomic.Bool
}

func (h *endured) hold(requests, answers bool) {
	for _, l := range h.links {
		l.Hold(requests, answers)
	}
}

func (h *endured) cut() {
	for _, l := range h.links {
		l.Cut()
	}
}

func (h *endured) mend() {
	for _, l := range h.links {
		l.Mend()
	}
}

// trouble is what befalls a host that refreshes, when the portal has its request. What
// begin returns ends it.
type trouble struct {
	name  string
	costs bool // may cost the sign-in, where reuse is punished
	begin func(e *endurance, h *endured, id, grant string) (end func())
}

// wait is a pause, which the end of the test ends.
func (e *endurance) wait(d time.Duration) {
	select {
	case <-e.ctx.Done():
	case <-time.After(d):
	}
}

// till waits for something that has to come, as a lease that each new leader of the
// store lets begin anew does.
func (e *endurance) till(id, what string, done func() bool) {
	late := time.After(10 * time.Minute)
	for !done() && e.ctx.Err() == nil {
		select {
		case <-late:
			e.unexplained(id, "waited in vain of %s until %s", id, what)
			return
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// span is a time between two.
func span(least, most time.Duration) time.Duration { return least + rand.N(most-least+1) }

// stopped is a host that stands still in the middle of the answer.
func stopped(name string, long, short time.Duration) trouble {
	return trouble{name: name, begin: func(e *endurance, h *endured, _, _ string) func() {
		_ = h.server.cmd.Process.Signal(syscall.SIGSTOP)
		return func() {
			e.wait(e.of2(long, short))
			_ = h.server.cmd.Process.Signal(syscall.SIGCONT)
		}
	}}
}

// of2 is the time for the long run or for the short one.
func (e *endurance) of2(long, short time.Duration) time.Duration {
	if e.long > 0 {
		return long
	}
	return short
}

// overtaken is a host that is away, stopped or cut off, until another host has taken
// over.
func overtaken(name string, away, back func(h *endured)) trouble {
	return trouble{name: name, costs: true, begin: func(e *endurance, h *endured, id, _ string) func() {
		was := e.sentAgain(id)
		away(h)
		also := e.wasAt(h, id)
		return func() {
			if e.long == 0 { // as a minute and a half does
				e.till(id, "the lease is over", func() bool {
					head, _, ok := e.depot.head(id)
					return ok && (head.Body.Intent == nil || head.Body.Intent.Host != h.name || e.lapse(id, head.Body.Intent.Op) == nil)
				})
			}
			e.till(id, "another host takes over", func() bool { return e.sentAgain(id) > was })
			e.till(id, "it is quarantined", func() bool { _, is := e.state(id); return is })
			back(h)
			e.whole(id, true)
			for id, was := range also {
				e.till(id, "nobody is at it", func() bool {
					head, busy, ok := e.depot.head(id)
					return ok && !busy && (head.Body.Intent == nil || head.Body.Intent.Host != h.name)
				})
				e.whole(id, e.sentAgain(id) > was)
			}
		}
	}}
}

// lapse lets the lease of an attempt end, unless another attempt stands by now.
func (e *endurance) lapse(id, op string) error {
	busy := e.depot.Busy(id)
	_, err := e.depot.Commit(e.ctx, etcd.Txn{If: []etcd.Compare{etcd.Is(busy, []byte(op))}, Then: []etcd.Op{etcd.Delete(busy)}})
	return err
}

// lapseOld lets leases end that have stood for long: each new leader lets them begin
// anew, and a store whose members are killed, or that is very busy, has one again and
// again. It is longer than a request may take to leave, so that what was sent is over.
func (e *endurance) lapseOld() {
	type standing struct {
		op    string
		since time.Time
	}
	seen := map[string]standing{}
	for ; e.ctx.Err() == nil; e.wait(time.Second) {
		for _, id := range e.ids {
			head, busy, ok := e.depot.head(id)
			if !ok {
				continue
			}
			if !busy || head.Body.Intent == nil {
				delete(seen, id)
				continue
			}
			op := head.Body.Intent.Op
			if seen[id].op != op {
				seen[id] = standing{op, time.Now()}
			}
			if time.Since(seen[id].since) > e.of2(3*time.Minute, 30*time.Second) && e.lapse(id, op) == nil {
				e.t.Logf("the lease of an attempt of %s at %s has not ended by itself", head.Body.Intent.Host, id)
				e.told.note(id, "its lease ends")
			}
		}
	}
}

// sentAgain is how often a spent token of an account was sent.
func (e *endurance) sentAgain(id string) int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.reused[id]
}

// wasAt are the other accounts that a host was at when it went away, with how often a
// spent token of each was sent: it is away as long for these.
func (e *endurance) wasAt(h *endured, but string) map[string]int {
	also := map[string]int{}
	for _, id := range e.ids {
		if head, busy, ok := e.depot.head(id); ok && busy && id != but && head.Body.Intent != nil && head.Body.Intent.Host == h.name {
			also[id] = e.sentAgain(id)
			e.mu.Lock()
			e.named[id] = true
			e.also++
			e.mu.Unlock()
			e.told.note(id, "%s goes away in the middle of this one, too", h.name)
		}
	}
	return also
}

// whole waits until an account has tokens again, for which somebody has to sign in if
// they are lost, and from then on nothing may cost them.
func (e *endurance) whole(id string, spent bool) {
	if e.punish && spent {
		e.signInAgain(id)
	}
	e.till(id, "it is whole", func() bool { is, _ := e.state(id); return is })
	e.mu.Lock()
	delete(e.named, id)
	e.mu.Unlock()
}

func (e *endurance) troubles() []trouble {
	const life = 20 * time.Second
	all := []trouble{
		stopped("stopped for less than the token's life", span(3*time.Second, 10*time.Second), 200*time.Millisecond),
		stopped("stopped for more than the token's life", life+span(5*time.Second, 20*time.Second), 3500*time.Millisecond),
		overtaken("stopped until another took over",
			func(h *endured) { _ = h.server.cmd.Process.Signal(syscall.SIGSTOP) },
			func(h *endured) { _ = h.server.cmd.Process.Signal(syscall.SIGCONT) }),
		{name: "cut off in the POST", begin: func(e *endurance, h *endured, _, _ string) func() {
			h.cut()
			return func() {
				e.wait(e.of2(span(2*time.Second, 30*time.Second), 300*time.Millisecond))
				h.mend()
			}
		}},
		{name: "cut off after the POST, the commit is lost", begin: func(e *endurance, h *endured, _, _ string) func() {
			h.hold(true, false)
			return func() {
				e.wait(e.of2(span(1*time.Second, 4*time.Second), 300*time.Millisecond))
				h.cut()
				e.wait(e.of2(span(2*time.Second, 15*time.Second), 300*time.Millisecond))
				h.mend()
			}
		}},
		{name: "cut off after the POST, the commit's answer is lost", begin: func(e *endurance, h *endured, _, _ string) func() {
			h.hold(false, true)
			return func() {
				e.wait(e.of2(span(1*time.Second, 4*time.Second), 300*time.Millisecond))
				h.cut()
				e.wait(e.of2(span(2*time.Second, 15*time.Second), 300*time.Millisecond))
				h.mend()
			}
		}},
		{name: "cut off after the POST, the commit is late", begin: func(e *endurance, h *endured, _, _ string) func() {
			h.hold(true, false)
			return func() {
				e.wait(e.of2(span(4*time.Second, 40*time.Second), 400*time.Millisecond))
				h.mend()
			}
		}},
	}
	if !e.punish {
		all = append(all, overtaken("cut off until another took over", (*endured).cut, (*endured).mend))
	}
	return all
}

// meet is a refresh that has come to the portal: what is to befall its host does.
func (e *endurance) meet(event sandbox.Event) {
	if event.Kind != sandbox.KindRefresh {
		return
	}
	e.mu.Lock()
	id := e.of[event.Grant]
	e.mu.Unlock()
	e.told.note(id, "refresh: %s", event.Outcome)
	if event.Outcome == sandbox.Reused {
		e.mu.Lock()
		defer e.mu.Unlock()
		if e.reused[id]++; !e.named[id] {
			e.unexplained(id, "a spent refresh token of %s was sent, which nothing had befallen that may do so", id)
		}
		return
	}
	what := e.next.Load()
	if event.Outcome != sandbox.Received || what == nil {
		return
	}
	e.mu.Lock()
	again := e.named[id]
	e.mu.Unlock()
	head, _, ok := e.depot.head(id)
	if id == "" || again || !ok || head.Body.Intent == nil {
		return
	}
	i := slices.IndexFunc(e.hosts, func(h *endured) bool { return h.name == head.Body.Intent.Host })
	if i < 0 || !e.hosts[i].troubled.CompareAndSwap(false, true) {
		return
	}
	h := e.hosts[i]
	if !e.next.CompareAndSwap(what, nil) {
		h.troubled.Store(false)
		return
	}
	e.mu.Lock()
	e.strikes[what.name]++
	if what.costs {
		e.named[id] = true
	}
	e.mu.Unlock()
	e.t.Logf("%s, at %s: %s", h.name, id, what.name)
	e.told.note(id, "%s: %s", h.name, what.name)
	end := what.begin(e, h, id, event.Grant)
	go func() {
		defer e.running.Done()
		end()
		e.told.note(id, "%s: no longer %s", h.name, what.name)
		h.troubled.Store(false)
	}()
}

// unexplained is a failure, with what became of the account before it.
func (e *endurance) unexplained(id, format string, args ...any) {
	e.t.Errorf(format+"\n%s", append(args, e.told.of(id))...)
}

// state is whether the fleet has an account's tokens, where that can be seen.
func (e *endurance) state(id string) (whole, quarantined bool) {
	head, _, ok := e.depot.head(id)
	return ok && !head.Body.Head.Quarantined(), ok && head.Body.Head.Quarantined()
}

// signInAgain does what a person does whose sign-in was lost.
func (e *endurance) signInAgain(id string) {
	for _, h := range e.hosts {
		if e.ctx.Err() == nil && h.troubled.CompareAndSwap(false, true) {
			r := h.run("login", "--account", id, "--no-browser")
			h.troubled.Store(false)
			if r.code == 0 {
				e.mu.Lock()
				e.signIns++
				e.mu.Unlock()
				e.granted(id)
				return
			}
			e.t.Logf("sign-in on %s: %s", h.name, r)
		}
	}
	e.t.Errorf("nobody could sign in to %s", id)
}

// granted notes whose the portal's newest grant is.
func (e *endurance) granted(id string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.of[e.portal.Grants()[0].ID] = id
}

// newEndurance makes a fleet of hosts that serve, each with links of its own.
func newEndurance(t *testing.T, punish bool, hosts, accounts int, life, long time.Duration) *endurance {
	e := &endurance{
		t: t, punish: punish, long: long, of: map[string]string{}, named: map[string]bool{},
		reused: map[string]int{}, strikes: map[string]int{}, answers: map[string]int{},
	}
	e.store = etcdtest.Start(t, 3, etcdtest.Options{})
	e.depot = openDepot(t, e.store)
	e.told = newChronicle(e.depot)
	e.bench = newBench(t, sandbox.Options{AccessTTL: life, AutoApprove: time.Millisecond, Interval: time.Second, OnlyRefuse: !punish, PlanRequests: 1 << 20})
	e.hook = e.meet
	go func() { // nobody waits for these here
		for range e.events { //nolint:revive // they are dropped
		}
	}()
	t.Cleanup(func() { close(e.events) }) // after the portal, which was begun later
	for i := range accounts {
		if r := e.run("login", "minimax", "--no-browser", "--label", fmt.Sprint("account-", i), "--yes"); r.code != 0 {
			t.Fatalf("login: %s", r)
		}
		var listed []struct{ ID string }
		e.decode(e.must("list", "--json"), &listed)
		e.ids = append(e.ids, listed[len(listed)-1].ID)
		e.granted(e.ids[i])
	}
	for i := range hosts {
		h := &endured{bench: e.bench, name: fmt.Sprint("host-", i+1)}
		var urls []string
		for _, m := range e.store.Members {
			l := etcdtest.NewRelay(t, strings.TrimPrefix(m.URL, "http://"))
			h.links, urls = append(h.links, l), append(urls, "http://"+l.Addr)
		}
		if i == 0 {
			e.must(append([]string{"fleet", "init", "--host", h.name}, urls...)...)
		} else {
			h.bench = e.host()
			e.admit(h.bench, h.name, urls...)
		}
		h.lasts = long + 10*time.Minute // troubles end, and leases that each new leader lets begin anew
		h.server = h.serve("--log-level", "warn")
		e.hosts = append(e.hosts, h)
	}
	return e
}

// use is a program on a host, which asks the model by each account.
func (e *endurance) use(h *endured, pause time.Duration) {
	client := &http.Client{Timeout: 10 * time.Second}
	defer client.CloseIdleConnections()
	for e.ctx.Err() == nil {
		for _, id := range e.ids {
			status := "no answer"
			res, err := client.Do(h.message(h.server.url, h.server.key, "/account/"+id+"/anthropic"))
			if err == nil {
				_, _ = io.Copy(io.Discard, res.Body)
				_ = res.Body.Close()
				status = fmt.Sprint(res.StatusCode)
			}
			e.mu.Lock()
			e.answers[status]++
			e.mu.Unlock()
		}
		e.wait(span(pause/2, pause*3/2))
	}
}

// killMembers kills one member of the store after the other, as power failures do.
func (e *endurance) killMembers(every, down time.Duration) (killed int) {
	for i := 0; ; i++ {
		e.wait(every - down)
		if e.ctx.Err() != nil {
			return i
		}
		e.store.Members[rand.IntN(len(e.store.Members))].Kill() // a new leader lets leases begin anew
		e.wait(down)
		if err := e.store.Start(); err != nil {
			e.t.Error(err)
			return i
		}
	}
}

// cutBefore cuts links of hosts that may be about to begin, or lets no answer come.
func (e *endurance) cutBefore(every, down time.Duration) {
	for i := 0; ; i++ {
		e.wait(every)
		h := e.hosts[rand.IntN(len(e.hosts))]
		if e.ctx.Err() != nil {
			return
		}
		if !h.troubled.CompareAndSwap(false, true) {
			continue
		}
		name := "cut off before the POST"
		if i%2 == 0 {
			h.cut()
		} else {
			name = "without answers before the POST"
			h.hold(false, true)
		}
		e.mu.Lock()
		e.strikes[name]++
		e.mu.Unlock()
		e.wait(down)
		h.mend()
		h.troubled.Store(false)
	}
}

// trouble lets what is next befall whoever refreshes next, one after the other, until
// ctx is done.
func (e *endurance) trouble(ctx context.Context, pause time.Duration) {
	all := e.troubles()
	for i := 0; ctx.Err() == nil; i++ {
		what := all[i%len(all)]
		if e.long == 0 && i >= len(all) {
			break
		}
		if what.costs && e.isNamed() {
			if e.long > 0 {
				continue
			}
			e.till(what.name, "no other trouble may cost a sign-in", func() bool { return !e.isNamed() })
		}
		e.running.Add(1) // before anybody meets it: the last one is waited for, too
		e.next.Store(&what)
		for e.next.Load() != nil && ctx.Err() == nil {
			e.wait(5 * time.Millisecond)
		}
		select {
		case <-ctx.Done():
		case <-time.After(pause):
		}
	}
	if e.next.Swap(nil) != nil {
		e.running.Done() // nobody met it
	}
}

// isNamed reports whether there is an account that a trouble may cost.
func (e *endurance) isNamed() bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return len(e.named) > 0
}

// look watches for accounts that need a sign-in.
func (e *endurance) look() {
	for e.ctx.Err() == nil {
		for _, id := range e.ids {
			e.mu.Lock()
			may := e.named[id] // before and after: the trouble may have ended between
			e.mu.Unlock()
			_, quarantined := e.state(id)
			e.mu.Lock()
			may = may || e.named[id]
			e.mu.Unlock()
			if quarantined && !may {
				e.unexplained(id, "%s needs a sign-in, and nothing had befallen it that may cost it", id)
				return
			}
		}
		e.wait(time.Second)
	}
}

// TestFleet_Endures: whatever befalls hosts, members and links, each refresh token is
// sent once, no sign-in is lost, and in the end every host has the newest tokens. A
// host that is away until another takes over costs the sign-in where reuse is
// punished, and costs nothing where it is only refused.
func TestFleet_Endures(t *testing.T) {
	hosts, accounts, life, long := 3, 2, 3*time.Second, time.Duration(0)
	switch text := os.Getenv(endureFor); text {
	case "":
		t.Skip("set " + endureFor + "=short, or to a time such as 10m, to see that a fleet endures faults")
	case "short":
	default:
		var err error
		if long, err = time.ParseDuration(text); err != nil {
			t.Fatal(err)
		}
		hosts, accounts, life = 20, 5, 20*time.Second
	}
	for name, punish := range map[string]bool{"reuse is punished": true, "reuse is only refused": false} {
		t.Run(name, func(t *testing.T) {
			if long == 0 {
				t.Parallel()
			}
			newEndurance(t, punish, hosts, accounts, life, long).endure(life)
		})
	}
}

// endure troubles the fleet, and then judges.
func (e *endurance) endure(life time.Duration) {
	began := time.Now()
	ctx, stop := context.WithCancel(e.t.Context())
	defer stop()
	e.ctx = ctx
	var all sync.WaitGroup
	for _, h := range e.hosts {
		all.Go(func() { e.use(h, e.of2(2*time.Second, 200*time.Millisecond)) })
	}
	members := make(chan int, 1)
	all.Go(func() {
		members <- e.killMembers(e.of2(time.Minute, 3*time.Second), e.of2(10*time.Second, 300*time.Millisecond))
	})
	all.Go(func() { e.cutBefore(e.of2(10*time.Second, 2*time.Second), e.of2(6*time.Second, 200*time.Millisecond)) })
	all.Go(e.look)
	all.Go(e.lapseOld)
	all.Go(func() { e.told.follow(ctx) })
	troubled, calm := ctx, context.CancelFunc(func() {})
	if e.long > 0 {
		troubled, calm = context.WithTimeout(ctx, e.long)
	}
	e.trouble(troubled, e.of2(5*time.Second, 0))
	calm()
	e.running.Wait() // none begins any more
	stop()
	all.Wait()
	if err := e.store.Start(); err != nil {
		e.t.Fatal(err)
	}
	for _, h := range e.hosts {
		h.mend()
	}
	e.t.Logf("after %s: %d members killed; requests %v", time.Since(began).Round(time.Second), <-members, e.answers)
	e.judge(life)
}

// judge looks whether every host has the newest tokens, and what was sent.
func (e *endurance) judge(life time.Duration) {
	e.offset.Store(int64(15*time.Minute - life)) // what is granted from here on lives long
	for _, id := range e.ids {
		for lives := false; !lives; { // what an attempt of before has brought is taken over, and lives short
			if r := e.run("refresh", id, "--force", "--timeout", "170s"); r.code != 0 {
				e.t.Errorf("refresh of %s in the end: %s", id, r)
				break
			}
			head, _, ok := e.depot.head(id)
			lives = ok && time.Until(head.Body.Head.ExpiresAt) > time.Minute
		}
	}
	e.offset.Store(0)
	var benches []*bench
	for _, h := range e.hosts {
		benches = append(benches, h.bench)
	}
	for _, h := range e.hosts {
		h.server.end()
		if r := h.run("list"); r.code != 0 || r.err != "" { // two commands at once: the second serves what is good still
			e.t.Errorf("list on %s: %s", h.name, r)
		}
	}
	for id, tokens := range everywhere(e.t, benches, e.ids, "token", "--timeout", "60s") {
		for token := range tokens {
			if len(tokens) != 1 || !e.portal.IsLive(token) {
				e.t.Errorf("%d tokens of %s on %d hosts, of which one works: %t", len(tokens), id, len(e.hosts), e.portal.IsLive(token))
			}
		}
	}
	if e.t.Failed() {
		e.t.Logf("the beginning was at %s", e.told.began.UTC().Format("05.000"))
		for _, id := range e.ids {
			e.t.Logf("%s:\n%s", id, e.told.of(id))
		}
		for _, h := range e.hosts {
			said := h.server.said.String()
			e.t.Logf("%s: %s%s", h.name, h.run("pool", "show", "--json"), said[max(0, len(said)-4000):])
		}
	}
	generations := -e.signIns
	for _, id := range e.ids {
		head, busy, ok := e.depot.head(id)
		if !ok || busy || head.Body.Intent != nil {
			e.t.Errorf("of %s in etcd: there %t, busy %t, intent %+v", id, ok, busy, head.Body.Intent)
		}
		generations += int(head.Body.Head.Gen) - 1
		for _, h := range e.hosts {
			if got := h.gen(id); got != head.Body.Head.Gen {
				e.t.Errorf("%s has generation %d of %s, the fleet %d", h.name, got, id, head.Body.Head.Gen)
			}
		}
	}
	e.sent(generations)
}

// sent compares what the portal was asked with what the fleet has.
func (e *endurance) sent(generations int) {
	costs := 0
	for _, what := range e.troubles() {
		if n := e.strikes[what.name]; n == 0 {
			e.t.Errorf("never: %s", what.name)
		} else if what.costs {
			costs += n
		}
	}
	got := e.portal.Stats().Refreshes
	again := 0
	for _, n := range e.reused {
		again += n
	}
	if again < costs {
		e.t.Errorf("%d hosts were away until another took over, and %d spent tokens were sent", costs, again)
	}
	costs += e.also
	e.t.Logf("%d hosts, %d accounts: %+v for %d generations; %d sign-ins lost and made anew; %d accounts beside those of a trouble",
		len(e.hosts), len(e.ids), got, generations, e.signIns, e.also)
	for name, n := range e.strikes {
		e.t.Logf("%3d × %s", n, name)
	}
	granted := got.Outcomes[sandbox.Rotated]
	if dropped := granted - generations; dropped < 0 || dropped > 0 && !e.punish || dropped > costs || again > costs || e.signIns > costs {
		e.t.Errorf("%d granted for %d generations, %d sent twice, %d sign-ins lost, where %d troubles may do that", granted, generations, again, e.signIns, costs)
	}
	if !e.punish && e.signIns > 0 {
		e.t.Errorf("%d sign-ins were lost", e.signIns)
	}
}
