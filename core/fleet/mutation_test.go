package fleet

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// mistakes are changes of the code that each break the protocol. [TestModel] has to
// find every one.
var mistakes = map[string]struct{ file, good, bad string }{
	"no compare of the intent": {
		"write.go", `compare[1] = etcd.Is(k.Head(c.id), c.entry.raw)`, `compare[1] = etcd.Present(k.Head(c.id))`,
	},
	"take-over before the token's end": {
		"claim.go", `case h.Live(c.heads.Clock.Now()) &&`, `case false &&`,
	},
	"a commit by lease instead of by intent": {
		"spool.go", `case e.head.Quarantined() || e.head.Current != p.blob.Replaces || p.blob.Gen != e.head.Gen+1:`, `case e.busy == nil:`,
	},
	"no spool": {
		"spool.go", `if p != nil {`, `if p != nil && false {`,
	},
	"refresh while the store cannot be reached": {
		"swap.go", "c.heads.Store.Grant(ctx, leaseTime)\n\tif err != nil {\n\t\treturn away(err)", "c.heads.Store.Grant(ctx, leaseTime)\n\tif err != nil {\n\t\treturn c.local.Swap(ctx, vault.Change{Next: next})",
	},
	"a restored store is gone on with before it is accepted": {
		"heads.go", `waiting != "" && !h.puts`, `waiting != "" && false`,
	},
	"what the store shows counts, and not what hosts have seen": {
		"latest.go", `append(seen, store)`, `append(seen[:0], store)`,
	},
	"a restored store is accepted without the pairs that hosts hold": {
		"latest.go", `			if l.takes(p.blob) {`, `			if false {`,
	},
	"a token is sent although a host was not heard": {
		"accept.go", `len(p.unheard) == 0 || next.Removed()`, `true`,
	},
	"a host that was not heard drops what it has": {
		"latest.go", `	if !c.entry.body.Unheard {`, `	if true {`,
	},
	"what was accepted is taken for older": {
		"head.go", `a, b := e.body.Restores, other.body.Restores; a != b {`, `a, b := e.body.Restores, other.body.Restores; false {`,
	},
	"a write does not compare the stamp": {
		"write.go", `etcd.Is(k.Stamp(), view.Stamp()), etcd.Absent(`, `etcd.Present(k.Stamp()), etcd.Absent(`,
	},
	"a quarantine stands although the host has what was granted": {
		"spool.go", `case e.head.Quarantined() && p.blob.Replaces != "" && e.body.Cause == p.blob.Replaces:`, `case false:`,
	},
	"readers are handed nothing with a commit": {
		"access.go", `!view.HasReaders() || w.next.Removed()`, `!view.HasReaders() || w.next.Gen > 1 || w.next.Removed()`,
	},
	"the request may leave at any time": {
		"claim.go", `Since(c.began) >= sendTime`, `Since(c.began) >= 100*sendTime`,
	},
	"a refusal stands although others have gone on": {
		"swap.go", `case !next.Removed(): // to be removed`, `case false: // to be removed`,
	},
	"who hands in first decides": {
		"latest.go", `case a.before(b):`, `case false:`,
	},
	"an account moves in the middle of a refresh": {
		"own.go", `case c.entry.body.Intent != nil:`, `case false:`,
	},
	"an account is a host's own before the fleet has it no more": {
		"own.go", `m.belongs(c.id, leaving)`, `m.belongs(c.id, own)`,
	},
	"who signs in while an account moves loses it": {
		"own.go", `if c.entry.raw != nil && c.entry.body.MovesTo != c.heads.Host {`, `if false {`,
	},
	"an own account is the fleet's before that has it": {
		"entering.go", `h.mirror.belongs(id, entering)`, `h.mirror.belongs(id, fleets)`,
	},
	"an own account that was not heard of stays the fleet's, too": {
		"watch.go", `return true, keepOwn(ctx, h, id)`, `return true, nil`,
	},
	"the tokens before are left in the store": {
		"write.go", `then = append(then, etcd.Delete(k.Blob(c.id, old.Ref.Name)))`, `_ = old`,
	},
	"a release lets busy stand": {
		"swap.go", `w := write{next: next, free: c.op != "" && planned(next.Intent) == "" || next.Removed()}`, `w := write{next: next, free: next.Removed()}`,
	},
	"wall clock for the lease": {
		"claim.go", `c.heads.Clocks.Readings().Since(c.began)`, `c.heads.Clocks.Readings()[:1].Since(c.began)`,
	},
}

// TestModel_FindsMistakes compiles the package once for each mistake, so that it is
// not part of every run: HERMES_TUI_TEST_MISTAKES=1.
func TestModel_FindsMistakes(t *testing.T) {
	if os.Getenv("HERMES_TUI_TEST_MISTAKES") == "" {
		t.Skip("set HERMES_TUI_TEST_MISTAKES=1 to see that the model finds each of these mistakes")
	}
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	if out, err := modelled(t); err != nil {
		t.Fatalf("the code as it is fails, so that what follows proves nothing:\n%s", out)
	}
	for name, m := range mistakes {
		t.Run(name, func(t *testing.T) {
			source, err := os.ReadFile(m.file)
			if err != nil {
				t.Fatal(err)
			}
			if strings.Count(string(source), m.good) != 1 {
				t.Fatalf("%s does not have this once: %s", m.file, m.good)
			}
			wrong := filepath.Join(t.TempDir(), m.file)
			overlay := filepath.Join(t.TempDir(), "overlay.json")
			places, _ := json.Marshal(map[string]map[string]string{"Replace": {filepath.Join(here, m.file): wrong}})
			if err := os.WriteFile(wrong, []byte(strings.Replace(string(source), m.good, m.bad, 1)), 0o600); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(overlay, places, 0o600); err != nil {
				t.Fatal(err)
			}
			out, err := modelled(t, "-overlay", overlay)
			switch {
			case err == nil:
				t.Error("1500 schedules found nothing")
			case !strings.Contains(string(out), "WRONG: "):
				t.Errorf("it failed for another reason:\n%s", out)
			default:
				_, seed, _ := strings.Cut(string(out), "--- FAIL: TestModel/")
				seed, _, _ = strings.Cut(seed, " ")
				_, first, _ := strings.Cut(string(out), "WRONG: ")
				first, _, _ = strings.Cut(first, "\n")
				t.Logf("schedule %s: %s", seed, first)
			}
		})
	}
}

// modelled runs the model in a process of its own, as the package is with these flags.
func modelled(t *testing.T, flags ...string) ([]byte, error) {
	run := exec.CommandContext(t.Context(), "go", append(append([]string{"test", "-vet=off"}, flags...), "-run", "TestModel$", ".")...)
	run.Env = append(os.Environ(), "HERMES_TUI_TEST_SCHEDULES=1500", "HERMES_TUI_TEST_MISTAKES=")
	return run.CombinedOutput()
}
