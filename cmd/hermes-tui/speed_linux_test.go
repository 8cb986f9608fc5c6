package main_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/hermes-tui/hermes-tui/internal/buildtest"
	"github.com/hermes-tui/hermes-tui/sandbox"
)

// spent is what a program has used since it began.
type spent struct {
	cpu   time.Duration
	wakes int // how often it was woken
	bytes int // written to the terminal
}

func (s spent) since(o spent) spent {
	return spent{s.cpu - o.cpu, s.wakes - o.wakes, s.bytes - o.bytes}
}

// spent reads it of all threads.
func (x *terminal) spent() spent {
	x.t.Helper()
	s := spent{bytes: len(x.written())}
	threads, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*", x.cmd.Process.Pid))
	if len(threads) == 0 {
		x.t.Fatalf("process %d is gone:\n%s", x.cmd.Process.Pid, x.screen.Text())
	}
	for _, thread := range threads {
		if data, err := os.ReadFile(thread + "/schedstat"); err == nil {
			ns, _ := strconv.ParseInt(strings.Fields(string(data))[0], 10, 64)
			s.cpu += time.Duration(ns)
		}
		data, _ := os.ReadFile(thread + "/status")
		for _, line := range strings.Split(string(data), "\n") {
			if n, ok := strings.CutPrefix(line, "voluntary_ctxt_switches:"); ok {
				count, _ := strconv.Atoi(strings.TrimSpace(n))
				s.wakes += count
			}
		}
	}
	return s
}

// bare builds the program that the window is measured against.
func bare(t testing.TB) string {
	t.Helper()
	return buildtest.Program(t, "../..", "./cmd/hermes-tui/testdata/bare", t.TempDir())
}

// beside starts a program in a terminal of its own, without a shell around it.
func (b *bench) beside(path string) *terminal {
	b.t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	b.t.Cleanup(cancel)
	cmd := exec.CommandContext(ctx, path)
	cmd.Env = append(slices.Clone(b.env), "TERM=xterm-256color", "LANG=C.UTF-8", "SSH_TTY=/dev/nowhere")
	cmd.Dir = b.home
	return open(b.t, cmd, 100, 30, false)
}

// leave ends a program that was started beside.
func (x *terminal) leave() {
	x.t.Helper()
	x.press("q")
	<-x.done
	_ = x.cmd.Wait()
}

// BenchmarkFirstFrame is the time from the start of the program to the first
// frame, as a multiple of the bare program's, and to the first account.
func BenchmarkFirstFrame(b *testing.B) {
	m := newBench(b, sandbox.Options{})
	m.signIn()
	path := bare(b)
	var ours, accounts, bares []time.Duration
	for b.Loop() {
		began := time.Now()
		x := m.beside(path)
		x.match(`bare in`)
		bares = append(bares, time.Since(began))
		x.leave()

		began = time.Now()
		x = m.beside(binary)
		x.match(`hermes-tui`)
		ours = append(ours, time.Since(began))
		x.match(`● ok`)
		accounts = append(accounts, time.Since(began))
		x.leave()
	}
	b.ReportMetric(ms(median(ours)), "ms/frame")
	b.ReportMetric(ms(median(accounts)), "ms/account")
	b.ReportMetric(ms(median(bares)), "ms/bare")
	b.ReportMetric(ms(median(ours))/ms(median(bares)), "×bare")
}

// BenchmarkIdle is what a window costs that nobody touches while a countdown
// runs, as a multiple of the bare program's cost.
func BenchmarkIdle(b *testing.B) {
	m := newBench(b, sandbox.Options{})
	m.signIn()
	ours, other := m.beside(binary), m.beside(bare(b))
	ours.match(`● ok`)
	other.match(`bare in`)
	long := 10 * time.Second
	time.Sleep(long / 5)
	for b.Loop() {
		o, n := ours.spent(), other.spent()
		time.Sleep(long)
		o, n = ours.spent().since(o), other.spent().since(n)
		per := long.Seconds()
		b.ReportMetric(float64(o.cpu.Microseconds())/per, "cpu-µs/s")
		b.ReportMetric(float64(n.cpu.Microseconds())/per, "bare-cpu-µs/s")
		b.ReportMetric(float64(o.cpu)/float64(n.cpu), "×bare")
		b.ReportMetric(float64(o.wakes)/per, "wakes/s")
		b.ReportMetric(float64(n.wakes)/per, "bare-wakes/s")
		b.ReportMetric(float64(o.bytes)/per, "B/s")
		b.ReportMetric(float64(n.bytes)/per, "bare-B/s")
	}
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

func median(all []time.Duration) time.Duration {
	slices.Sort(all)
	return all[len(all)/2]
}
