package main_test

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hermes-tui/hermes-tui/sandbox"
)

// TestServe_NoTokenShows searches for the provider's tokens where other programs
// and people can look: in the environment and the arguments of every process, in
// the access log at its most talkative, in the metrics, in what a command of
// exec got, and in every file.
func TestServe_NoTokenShows(t *testing.T) {
	t.Parallel()
	b := newBench(t, sandbox.Options{})
	w := b.tap()
	b.signIn()
	s := b.serve("--log-level", "debug")
	x := b.start("exec", "--log-level", "debug", "--", "sh", "-c", `env; echo; echo "args $*" > started; while [ ! -e enough ]; do sleep 0.05; done`, "sh", "one")
	b.until(func() bool { _, err := os.Stat(filepath.Join(b.home, "started")); return err == nil })

	var heard strings.Builder
	for _, fault := range []string{"", "401", "402", "529", "html", "redirect", "reset", "cut", "stream-error"} {
		if fault != "" {
			b.portal.SetFaults(sandbox.Fault{Name: fault, On: "model", Count: 1})
		}
		r := b.message(s.url, s.key, "/anthropic")
		r.Header.Set("Authorization", "Bearer "+s.key)
		res, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		_ = res.Write(&heard) // header and body, a broken one too
		_ = res.Body.Close()
		b.must("pool", "reset")
	}
	if b.rotations() == 0 || w.count() < 4 {
		t.Fatalf("%d rotations, %d secrets: the search proves little", b.rotations(), w.count())
	}
	metrics, err := http.NewRequest(http.MethodGet, s.url+"/metrics", nil)
	if err != nil {
		t.Fatal(err)
	}
	metrics.Header.Set("Authorization", "Bearer "+s.key)
	told := b.do(metrics)
	if !strings.Contains(told.body, `hermes_tui_proxy_requests_total{account="`+b.id) {
		t.Errorf("metrics: %+v", told)
	}

	tokens := w.needles()
	keys := needles{}
	keys.spell(s.key)
	for name, text := range map[string]string{"the access log": s.said.String(), "the metrics": told.body, "the answers": heard.String()} {
		if tokens.in([]byte(text)) || keys.in([]byte(text)) {
			t.Errorf("%s: a token or the local key stands in it", name)
		}
	}
	if !strings.Contains(s.said.String(), "path=/anthropic/v1/messages") {
		t.Error("the access log is empty")
	}
	child := needles{}
	child.add("HERMES_TUI_LOCAL_KEY=htui_run_")
	seen := b.searchProcesses(tokens, child)
	if seen == 0 {
		t.Error("the search of /proc did not find the command's own key")
	}
	if err := os.WriteFile(filepath.Join(b.home, "enough"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if r := x.end(t); r.code != 0 || tokens.in([]byte(r.out+r.err)) {
		t.Errorf("the command: exit code %d, or a token in its environment", r.code)
	}
	w.note([][]byte{nil, []byte(s.key)})
	if found := w.leaks(t, b.home); len(found) > 0 {
		t.Errorf("a token or the local key stands in %v", found)
	}
}

// searchProcesses looks at environment and arguments of every process for what
// must not be there, and counts those that have what proves the search.
func (b *bench) searchProcesses(secrets, proof needles) (proven int) {
	b.t.Helper()
	for _, what := range []string{"environ", "cmdline"} {
		files, err := filepath.Glob("/proc/[0-9]*/" + what)
		if err != nil || len(files) == 0 {
			b.t.Fatalf("/proc has no %s: %v", what, err)
		}
		for _, path := range files {
			data, err := os.ReadFile(path)
			if err != nil {
				continue // it has ended, or is somebody else's
			}
			if secrets.in(data) {
				b.t.Errorf("a token stands in %s", path)
			}
			if proof.in(data) && strings.Contains(string(data), b.home) {
				proven++
			}
		}
	}
	return proven
}
