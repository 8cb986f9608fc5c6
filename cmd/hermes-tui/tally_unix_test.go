//go:build unix

package main_test

import (
	"context"
	"fmt"
	"io"
	"maps"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hermes-tui/hermes-tui/internal/buildtest"
	"github.com/hermes-tui/hermes-tui/sandbox"
)

// used is what was counted, of whatever.
type used struct{ requests, unknown, input, cached, output int }

func (u used) plus(v used) used {
	return used{u.requests + v.requests, u.unknown + v.unknown, u.input + v.input, u.cached + v.cached, u.output + v.output}
}

// usedBy is what `usage --by` says, and how often somebody refused.
func (b *bench) usedBy(what string) (all map[string]used, refused int) {
	b.t.Helper()
	var groups []struct {
		ID, Program, Model, Day                           string
		Requests, Refused, Unknown, Input, Output, Tokens int
		CacheRead                                         int `json:"cache_read"`
	}
	b.decode(b.must("usage", "--by", what, "--json"), &groups)
	all = map[string]used{}
	for _, g := range groups {
		if g.Tokens != g.Input+g.CacheRead+g.Output {
			b.t.Errorf("%+v", g)
		}
		refused += g.Refused
		if u := (used{g.Requests, g.Unknown, g.Input, g.CacheRead, g.Output}); u != (used{}) {
			all[g.ID+g.Program+g.Model+g.Day] = u
		}
	}
	return all, refused
}

// servedBy is what the sandbox says that it has served, by what of says.
func (b *bench) servedBy(of func(sandbox.Use) string) map[string]used {
	all := map[string]used{}
	for _, u := range b.portal.Uses() {
		all[of(u)] = all[of(u)].plus(used{u.Requests, u.Untold, u.Input, u.CacheRead, u.Output})
	}
	return all
}

func total(all map[string]used) (sum used) {
	for _, u := range all {
		sum = sum.plus(u)
	}
	return sum
}

// wireRequest is a path and a body, in which the model is still missing.
var wireRequests = []struct{ path, body string }{
	{"/anthropic/v1/messages", `{"model":"%s","max_tokens":100,"messages":[{"role":"user","content":"hello, %d"}]}`},
	{"/anthropic/v1/messages", `{"model":"%s","max_tokens":100,"stream":true,"messages":[{"role":"user","content":"hello, %d"}]}`},
	{"/openai/v1/chat/completions", `{"model":"%s","messages":[{"role":"user","content":"hello, %d"}]}`},
	{"/openai/v1/chat/completions", `{"model":"%s","stream":true,"messages":[{"role":"user","content":"hello, %d"}]}`},
	{"/openai/v1/chat/completions", `{"model":"%s","stream":true,"stream_options":{"include_usage":true},"messages":[{"role":"user","content":"hello, %d"}]}`},
	{"/openai/v1/responses", `{"model":"%s","input":"\"usage\":{\"output_tokens\":999999}, %d"}`},
	{"/openai/v1/responses", `{"model":"%s","stream":true,"input":"\"usage\":{\"output_tokens\":999999}, %d"}`},
	{"/openai/v1/embeddings", `{"model":"%s","input":"hello, %d"}`},
}

// client is a program that sends requests: by its key, or by what it calls itself.
type client struct{ key, agent, program string }

// send sends the request number n to a proxy and returns its status. Each program
// asks two models that no other asks.
func (c client) send(ctx context.Context, s *server, n int) (int, error) {
	wire := wireRequests[n%len(wireRequests)]
	model := fmt.Sprintf("MiniMax-%s-%d", c.program, n/7%2)
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, s.url+wire.path, strings.NewReader(fmt.Sprintf(wire.body, model, n)))
	if err != nil {
		return 0, err
	}
	r.Header.Set("Authorization", "Bearer "+c.key)
	r.Header.Set("User-Agent", c.agent)
	r.Header.Set("Sandbox-Cached", fmt.Sprint(n%3))
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		return 0, err
	}
	defer res.Body.Close()
	_, err = io.Copy(io.Discard, res.Body)
	return res.StatusCode, err
}

// TestTally: what three proxies have counted together is what the sandbox says that
// it has served, whichever way it is summed up; and of one that is killed no more is
// missing than what it served in its last second.
func TestTally(t *testing.T) {
	t.Parallel()
	requests := 1000
	if testing.Short() {
		requests = 200
	}
	b := newBench(t, sandbox.Options{AutoApprove: time.Nanosecond})
	b.configure("[endpoints.xai]\noauth_url = \"" + b.portal.URL() + "\"\ninference_url = \"" + b.portal.URL() + "/v1\"\n")
	accounts := map[string]string{} // by the sandbox's name
	for i, provider := range []string{"minimax", "minimax", "xai", "xai"} {
		label := fmt.Sprint("account-", i)
		b.must("login", provider, "--no-browser", "--label", label)
		var status struct{ ID string }
		b.decode(b.must("status", label, "--json"), &status)
		accounts[b.portal.Grants()[0].ID] = status.ID
	}
	b.must("pool", "strategy", "minimax", "round_robin")
	b.must("pool", "strategy", "xai", "round_robin")
	servers := []*server{b.serve(), b.serve(), b.serve()}
	clients := []client{
		{b.key("editor"), "claude-cli/2.1.0", "editor"}, {b.key("ci"), "python-requests/2.32", "ci"},
		{servers[0].key, "claude-cli/2.1.0 (external, cli)", "claude-cli"}, {servers[0].key, "codex_cli_rs/0.50.0 (Debian)", "codex_cli_rs"},
	}

	b.portal.SetFaults(sandbox.Fault{Name: "429", On: "model", Count: 1})
	together := func(from, to int, at func(n int) *server) {
		var all sync.WaitGroup
		for worker := range 8 {
			all.Go(func() {
				for n := from + worker; n < to; n += 8 {
					if status, err := clients[n/3%len(clients)].send(t.Context(), at(n), n); status != http.StatusOK || err != nil {
						t.Errorf("request %d: %d, %v", n, status, err)
					}
				}
			})
		}
		all.Wait()
	}
	began := time.Now()
	together(0, requests, func(n int) *server { return servers[n%3] })
	took := time.Since(began)

	byAccount := func(u sandbox.Use) string { return accounts[u.Account] }
	served := b.servedBy(byAccount)
	// The account that is refused rests, and may have served nobody before.
	if sum := total(served); sum.requests != requests || sum.unknown == 0 || sum.input == 0 || sum.cached == 0 || sum.output == 0 || len(served) < 3 {
		t.Fatalf("the sandbox has served %+v", served)
	}
	b.until(func() bool { got, _ := b.usedBy("account"); return maps.Equal(got, served) })
	for what, of := range map[string]func(sandbox.Use) string{
		"account": byAccount,
		"model":   func(u sandbox.Use) string { return u.Model },
		"program": func(u sandbox.Use) string { return u.Model[len("MiniMax-") : len(u.Model)-len("-0")] },
		"day":     func(sandbox.Use) string { return "" },
	} {
		got, refused := b.usedBy(what)
		if what == "day" { // it may have become another one meanwhile
			got = map[string]used{"": total(got)}
		}
		if want := b.servedBy(of); !maps.Equal(got, want) {
			t.Errorf("by %s: %+v\nthe sandbox has served %+v", what, got, want)
		}
		if refused != 1 {
			t.Errorf("by %s: refused %d times", what, refused)
		}
	}
	t.Logf("%d requests in %v are counted as they were served: %+v", requests, took, total(served))

	// The last of the three is killed right after a burst, with streams under way.
	doomed := servers[2]
	burst := 24
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var streams sync.WaitGroup
	for range 4 {
		streams.Go(func() {
			r := b.message(doomed.url, clients[0].key, "/anthropic").WithContext(ctx)
			r.Body = io.NopCloser(strings.NewReader(`{"model":"MiniMax-editor-0","max_tokens":100,"stream":true,"messages":[{"role":"user","content":"hello"}]}`))
			r.Header.Set("Sandbox-Events", "100")
			r.Header.Set("Sandbox-Pace", "1s")
			r.ContentLength = -1
			if res, err := http.DefaultClient.Do(r); err == nil {
				_, _ = io.Copy(io.Discard, res.Body)
				_ = res.Body.Close()
			}
		})
	}
	together(requests, requests+burst, func(int) *server { return doomed })
	if err := doomed.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = doomed.cmd.Wait()
	cancel()
	streams.Wait()
	together(requests+burst, requests+2*burst, func(n int) *server { return servers[n%2] })
	for _, s := range servers[:2] {
		if code := s.end(); code != 143 {
			t.Errorf("exit code %d: %s", code, s.said.String())
		}
	}
	sum := func() used { got, _ := b.usedBy("model"); return total(got) }()
	if all := total(b.servedBy(byAccount)); all.requests != requests+2*burst || sum.requests < all.requests-burst || sum.requests > all.requests || sum.output > all.output {
		t.Errorf("counted %+v of %+v", sum, all)
	} else {
		t.Logf("%d of the last %d requests of the killed one are missing", all.requests-sum.requests, burst)
	}
	names := slices.Sorted(maps.Keys(func() map[string]used { got, _ := b.usedBy("program"); return got }()))
	if want := []string{"ci", "claude-cli", "codex_cli_rs", "editor"}; !slices.Equal(names, want) {
		t.Errorf("programs %v, want %v", names, want)
	}
}

// TestTally_Exec: what a command has used counts for it, by its name.
func TestTally_Exec(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("curl"); err != nil {
		t.Skip("there is no curl")
	}
	b := newBench(t, sandbox.Options{})
	b.signIn("--label", "work")
	script := filepath.Join(b.mkdir("bin"), "agent")
	buildtest.Write(t, script, []byte("#!/bin/sh\nexec curl -s -o /dev/null -H \"x-api-key: $ANTHROPIC_AUTH_TOKEN\" \"$ANTHROPIC_BASE_URL/v1/messages\" -d '"+
		`{"model":"MiniMax-M2.7","max_tokens":100,"messages":[{"role":"user","content":"hello"}]}`+"'\n"))
	b.must("exec", "--", script)
	got, _ := b.usedBy("program")
	if want := b.servedBy(func(sandbox.Use) string { return "agent" }); !maps.Equal(got, want) || got["agent"].requests != 1 {
		t.Errorf("%+v, want %+v", got, want)
	}
	if lines := strings.Split(strings.TrimSpace(b.must("log")), "\n"); !strings.Contains(lines[len(lines)-1], "\tserved\tagent\t") {
		t.Errorf("it was used before it was signed in:\n%s", strings.Join(lines, "\n"))
	}
}

// TestTally_KeepsNoText: what was asked, what was answered, by which path and from
// where, is in no file of the state folder.
func TestTally_KeepsNoText(t *testing.T) {
	t.Parallel()
	b := newBench(t, sandbox.Options{AutoApprove: time.Nanosecond})
	b.must("login", "minimax", "--no-browser", "--label", "work")
	s := b.serve()
	for _, stream := range []string{"true", "false"} {
		r := b.message(s.url, s.key, "/anthropic")
		r.Body = io.NopCloser(strings.NewReader(`{"model":"MiniMax-M2.7","max_tokens":100,"stream":` + stream + `,"system":"you are a walrus","messages":[{"role":"user","content":"xylophone"}]}`))
		r.ContentLength = -1
		r.Header.Set("User-Agent", "claude-cli/2.1.0 (external, quokka)")
		if got := b.do(r); got.status != http.StatusOK || !strings.Contains(got.body, "xylophone") || !strings.Contains(got.body, "sandbox") {
			t.Fatalf("%+v", got)
		}
	}
	s.end()
	seen := 0
	err := filepath.WalkDir(b.state(), func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		for _, word := range []string{"xylophone", "walrus", "quokka", "2.1.0", "v1/messages", strings.TrimPrefix(s.url, "http://")} {
			if strings.Contains(string(data), word) {
				t.Errorf("%s has %q", path, word)
			}
		}
		if strings.Contains(string(data), "claude-cli") {
			seen++
		}
		return err
	})
	if err != nil || seen == 0 {
		t.Errorf("nothing was counted, %v", err)
	}
}
