package hermes_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/hermes-tui/hermes-tui/core/hermes"
	"github.com/hermes-tui/hermes-tui/core/provider"
)

// now is when every file is read: eight minutes after its tokens were obtained.
var now = time.Date(2026, 5, 20, 10, 8, 0, 0, time.UTC)

// everybody is a table with every provider of hermes-agent's, as far as an
// import looks at it.
func everybody() provider.Table {
	table := provider.Default()
	for _, p := range []provider.Provider{
		other("nous", "Nous Portal", "portal.nousresearch.com", "inference-api.nousresearch.com", "/v1"),
		other("xai-oauth", "xAI", "auth.x.ai", "api.x.ai", "/v1"),
		other("openai-codex", "OpenAI Codex", "auth.openai.com", "chatgpt.com", "/backend-api/codex"),
		other("qwen-oauth", "Qwen", "chat.qwen.ai", "portal.qwen.ai", "/v1"),
	} {
		if _, _, err := table.Find(p.ID); err != nil {
			table = append(table, p)
		}
	}
	return table
}

func other(id, name, portal, api, path string) provider.Provider {
	return provider.Provider{
		ID: id, Name: name, Label: strings.TrimSuffix(id, "-oauth"), ClientID: "client",
		Regions: []provider.Region{{
			ID: "global", ProviderName: name, TokenURL: "https://" + portal + "/token", TokenHosts: []string{portal},
			BaseURL: "https://" + api + path, APIHosts: []string{api},
		}},
	}
}

// nobody knows nothing but the providers.
func nobody() hermes.Known {
	return hermes.Known{
		Table:   everybody(),
		Account: func([]*hermes.File, hermes.Grant) (string, bool) { return "", false },
		Taken:   func(string, string, string) bool { return false },
	}
}

// fixture loads every file of a folder below testdata.
func fixture(t testing.TB, dir string) []*hermes.File {
	t.Helper()
	sources := hermes.Discover(dir)
	for _, format := range []hermes.Format{hermes.Qwen, hermes.Codex, hermes.CodexMulti, hermes.OpenCode, hermes.CLIProxy, hermes.Claude} {
		if path := filepath.Join(dir, string(format)+".json"); exists(path) {
			sources = append(sources, hermes.Source{Format: format, Path: path})
		}
	}
	var files []*hermes.File
	for _, s := range sources {
		f, err := hermes.Load(s, now)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, f)
	}
	return files
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// table shows a plan: a line for each row, then the accounts that it makes.
func table(p *hermes.Planned) string {
	var b strings.Builder
	for i, item := range p.Items {
		where := item.String()
		if item.Profile != "" {
			where = item.Profile + ": " + where
		}
		fmt.Fprintf(&b, "%2d  %-36s %-12s", i+1, where, item.Verdict.Words())
		if item.Verdict == hermes.Duplicate {
			fmt.Fprintf(&b, " of %d", number(p, item.Of))
		}
		if item.Why != "" {
			fmt.Fprintf(&b, "  (%s)", item.Why)
		}
		b.WriteString("\n")
	}
	b.WriteString("\n")
	for _, d := range p.Drafts {
		r := d.Grant.Row
		state := "ends " + r.ExpiresAt.Format(time.DateTime)
		switch {
		case r.Dead:
			state = "needs sign-in: " + r.Marker.Code + ": " + r.Marker.Message
		case r.ExpiresAt.IsZero():
			state = "no end known"
		}
		if rest := r.Limits.Until("M2.7", now); !rest.IsZero() {
			state += ", rests until " + rest.Format(time.DateTime)
		}
		fmt.Fprintf(&b, "%s/%s %q id %q at %s, %s\n", d.Binding.Provider, d.Binding.Region, d.Label, d.ID, d.Binding.BaseURL, state)
	}
	return b.String()
}

func number(p *hermes.Planned, ref hermes.Ref) int {
	for i, item := range p.Items {
		if item.Ref == ref {
			return i + 1
		}
	}
	return 0
}
