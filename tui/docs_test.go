package tui

import (
	"cmp"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/hermes-tui/hermes-tui/core"
	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/tui/style"
	"github.com/hermes-tui/hermes-tui/tui/widget"
)

// documented are the tables of docs/screens.md, with what leads to each screen.
// Several ways are several states of one screen.
var documented = map[string][]func(d *driver){
	"everywhere":      {func(*driver) {}},
	"empty":           {func(*driver) {}},
	"accounts":        accountStates(),
	"filter":          {pressing("/")},
	"provider":        {pressing("a")},
	"label":           {pressing("a", "enter")},
	"code":            {func(d *driver) { pressing("a", "enter", "enter")(d); d.event(0, code()) }},
	"failed":          {failing},
	"needs-sign-in":   {func(d *driver) { d.change(turn("work")) }, func(d *driver) { d.change(turn("work")); d.sight(onHost("desk-1", false)) }},
	"confirm":         {func(d *driver) { asked(d, claude("a", "work")) }},
	"why":             {low(whying)},
	"owner":           {func(d *driver) { asking(d, false) }, func(d *driver) { asking(d, true) }},
	"details":         {low(pressing("home", "enter")), low(onUsedUp("enter")), low(func(d *driver) { d.on("team-nous"); d.press("enter") })},
	"pool":            {pressing("home", "p"), func(d *driver) { d.on("team-nous"); d.press("p") }, pressing("home", "p", "/", "m", "enter")},
	"top":             {low(func(d *driver) { d.backend.serving(served()); d.press("home", "t") })},
	"use-with":        {pressing("home", "w"), pressing("home", "w", "w", "y"), func(d *driver) { d.send(windowSize(40, 24)); d.press("home", "w") }},
	"write":           {pressing("home", "w", "w")},
	"copy":            {pressing("home", "c")},
	"copy-token":      {pressing("home", "c", "t")},
	"use-reset":       {onUsedUp("u")},
	"rename":          {pressing("home", "e")},
	"remove":          {pressing("home", "d")},
	"palette":         {pressing(":")},
	"help":            {low(pressing("?")), pressing("?", "/", "x"), pressing("?", "/", "x", "enter")},
	"import":          {pressing("i")},
	"hosts":           {low(pressing("home", "f"))},
	"import-question": {pressing("i", "tab", "enter")},
}

// writing lets the window write programs' files.
func writing(o *Options) {
	o.Connector = &fakeConnector{diff: "--- a\n+++ b\n@@ -1 +1,2 @@\n model: x\n+key_cmd: hermes-tui token\n"}
}

func pressing(names ...string) func(d *driver) { return func(d *driver) { d.press(names...) } }

// accountStates are the list with the cursor on every account, with marks, with
// a filter, and with something to undo.
func accountStates() []func(d *driver) {
	var states []func(d *driver)
	for i := range nine() {
		states = append(states, func(d *driver) {
			d.press("home")
			for range i {
				d.press("down")
			}
		})
	}
	return append(states,
		pressing("home", "space", "space"), pressing("/", "m", "enter"),
		func(d *driver) {
			d.press("home", "e", "x")
			d.backend.set(func(a []core.Account) []core.Account { a[0].Label = "workx"; return a })
			d.press("enter")
		},
		onUsedUp(),
		func(d *driver) { // a sign-in that waits behind its row
			d.on("spare")
			d.press("enter")
			d.event(0, code())
			d.press("b")
		})
}

// low is a window in which there is something to scroll.
func low(lead func(d *driver)) func(d *driver) {
	return func(d *driver) {
		d.send(windowSize(60, 12))
		lead(d)
		d.text()
	}
}

func asking(d *driver, another bool) {
	d.press("a", "enter", "enter")
	d.event(0, code())
	q := duplicate()
	q.Another = another
	d.event(0, q)
}

func failing(d *driver) {
	d.press("a", "enter", "enter")
	d.event(0, core.SignInFailed{Err: &autherr.Error{Code: autherr.CodeTimeout, Message: "the code expired"}})
}

func whying(d *driver) {
	d.change(turn("work"))
	d.wait(maxPause)
	d.press("?")
}

// nowBinds are the keys that do something now.
func nowBinds(d *driver) []widget.Bind {
	if s, ok := d.m.accounts.sheet.(interface{ binds(*window) []widget.Bind }); ok && len(d.m.stack) == 0 {
		return s.binds(d.m.window)
	}
	if p := d.m.accounts; p.typing && len(d.m.stack) == 0 {
		return p.find(d.m.window).editBinds()
	}
	return d.m.top().binds(d.m.window)
}

// keyRow is a line of a table: keys, and what they do in the states of a screen.
type keyRow struct{ keys, texts []string }

// behind is the backend of a screen: with a fleet where that has keys of its own.
func behind(name string, all []core.Account) *fakeBackend {
	b := newBackend(all...)
	switch name {
	case "hosts", "accounts", "needs-sign-in":
		return inFleet(b, prod())
	}
	return b
}

// keyRows are the rows of a screen.
func keyRows(t *testing.T, name string) []keyRow {
	var rows []keyRow
	for _, lead := range documented[name] {
		all := nine()
		for i := range all {
			all[i].API, all[i].APIs = usable().API, usable().APIs
		}
		switch name {
		case "empty", "provider", "label", "code", "failed", "owner":
			all = nil
		}
		in(t, behind(name, all), func(d *driver) {
			lead(d)
			binds := nowBinds(d)
			if name == "everywhere" {
				binds = d.m.always()
			}
			for _, b := range binds {
				rows = addKeys(rows, b)
			}
		}, importing, around(true, FoundFile{"Codex CLI", "/home/me/.codex/auth.json", true}), connected, writing, sandbox)
	}
	// Keys that only move come last, in one row.
	slices.SortStableFunc(rows, func(a, b keyRow) int { return cmp.Compare(min(len(b.texts), 1), min(len(a.texts), 1)) })
	return rows
}

// addKeys puts the keys of a binding into the row that begins with the same key.
func addKeys(rows []keyRow, b widget.Bind) []keyRow {
	var names []string
	for _, name := range b.Keys() {
		names = append(names, strings.ReplaceAll(name, "pgdown", "pgdn"))
	}
	if len(names) == 0 {
		return rows // it is in the palette only
	}
	text := b.Long
	if text == "" {
		text = b.Help().Desc
	}
	if b.Group == groupMove && text != "" && b.Help().Desc == "" {
		text = "" // its text is for several keys at once
	}
	at := slices.IndexFunc(rows, func(r keyRow) bool {
		if text == "" {
			return len(r.texts) == 0
		}
		return len(r.texts) > 0 && r.keys[0] == names[0]
	})
	if at < 0 {
		rows, at = append(rows, keyRow{}), len(rows)
	}
	for _, name := range names {
		if !slices.Contains(rows[at].keys, name) {
			rows[at].keys = append(rows[at].keys, name)
		}
	}
	if text != "" && !slices.Contains(rows[at].texts, text) {
		rows[at].texts = append(rows[at].texts, text)
	}
	return rows
}

// table writes the rows as Markdown.
func table(rows []keyRow) string {
	var b strings.Builder
	b.WriteString("\n| key | |\n|---|---|\n")
	for _, row := range rows {
		text := strings.Join(row.texts, "; ")
		if text == "" {
			text = "move"
		}
		b.WriteString("| <kbd>" + strings.Join(row.keys, "</kbd> <kbd>") + "</kbd> | " + text + " |\n")
	}
	return b.String()
}

var keyTable = regexp.MustCompile(`(?s)(<!-- keys: ([a-z-]+) -->)(.*?)(<!-- end -->)`)

// The tables of docs/screens.md list the keys of each screen and no others.
// They are made from what Update uses, by -update.
func TestDocumentedKeysAreTheKeys(t *testing.T) {
	path := filepath.Join("..", "docs", "screens.md")
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	made := keyTable.ReplaceAllStringFunc(string(text), func(part string) string {
		m := keyTable.FindStringSubmatch(part)
		seen[m[2]] = true
		want := table(keyRows(t, m[2]))
		if len(documented[m[2]]) == 0 {
			t.Errorf("docs/screens.md has a table of %q, which is no screen", m[2])
		}
		if m[3] != want {
			t.Logf("the keys of %q are%s", m[2], want)
		}
		return m[1] + want + m[4]
	})
	for name := range documented {
		if !seen[name] {
			t.Errorf("docs/screens.md has no table of %q", name)
		}
	}
	if made == string(text) {
		return
	}
	if f := flag.Lookup("update"); f != nil && f.Value.String() == "true" {
		if err := os.WriteFile(path, []byte(made), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	t.Error("docs/screens.md does not list the keys as they are; `task golden` writes its tables anew")
}

// A key that any other page names exists on some screen.
func TestKeysInProseExist(t *testing.T) {
	var known []string
	for name := range documented {
		for _, row := range keyRows(t, name) {
			known = append(known, row.keys...)
		}
	}
	paths, err := filepath.Glob(filepath.Join("..", "docs", "*.md"))
	if err != nil {
		t.Fatal(err)
	}
	named := regexp.MustCompile(`<kbd>(.*?)</kbd>`)
	seen := 0
	for _, path := range append(paths, filepath.Join("..", "README.md")) {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range named.FindAllStringSubmatch(keyTable.ReplaceAllString(string(text), ""), -1) {
			seen++
			if !slices.Contains(known, m[1]) {
				t.Errorf("%s names the key %q, which no screen knows", path, m[1])
			}
		}
	}
	if seen < 20 {
		t.Errorf("found only %d keys in the documents", seen)
	}
}

// The marks and words of the states are those that the list shows.
func TestDocumentedStatesAreTheStates(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "docs", "screens.md"))
	if err != nil {
		t.Fatal(err)
	}
	var want []string
	for _, s := range []core.State{
		core.OK, core.Expiring, core.Refreshing, core.Expired, core.CoolingDown, core.NeedsSignIn,
		core.NotIncluded, core.Shared, core.Locked, core.SigningIn, core.SignedOut,
	} {
		want = append(want, "| `"+StateGlyph(style.NewGlyphs(false), s)+"` | "+s.Words()+" |")
	}
	if rows := strings.Count(string(text), "\n| `"); len(want) < 11 || rows != len(want) {
		t.Errorf("%d states are documented, there are %d", rows, len(want))
	}
	for _, row := range want {
		if !strings.Contains(string(text), row) {
			t.Errorf("docs/screens.md has no row %q", row)
		}
	}
}
