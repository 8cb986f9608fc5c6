package tui

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/hermes-tui/hermes-tui/core"
	"github.com/hermes-tui/hermes-tui/core/consent"
	"github.com/hermes-tui/hermes-tui/tui/widget"
)

func windowSize(w, h int) tea.WindowSizeMsg { return tea.WindowSizeMsg{Width: w, Height: h} }

// label is anything a person or provider may have put into a name.
func label() *rapid.Generator[string] {
	return rapid.OneOf(
		rapid.String(),
		rapid.StringOfN(rapid.RuneFrom([]rune("北京团队فريقקבוצה👩‍👩‍👧🇩🇪é\u0301\u200d\u202e\x1b[2Jab ")), 0, 60, -1),
		rapid.SampledFrom([]string{"work", "", "\x1b]8;;https://e\a", strings.Repeat("x", 300)}),
	)
}

// No line is wider than the window and no frame higher, whatever the size, the
// labels and the screen; the selected row and something to press are visible.
func TestLayout_NothingIsWiderThanTheWindow(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		accounts := nine()
		if rapid.Bool().Draw(rt, "plans") {
			accounts = planned()
		}
		for i := range accounts {
			accounts[i].Label = label().Draw(rt, "label")
			if p := accounts[i].Plan; p != nil && len(p.Reading.Windows) > 0 {
				p.Reading.Plan, p.Reading.Windows[0].Name = label().Draw(rt, "plan"), label().Draw(rt, "window")
			}
		}
		accounts = accounts[:rapid.IntRange(0, len(accounts)).Draw(rt, "accounts")]
		notice := label().Draw(rt, "notice")
		ascii, remote := rapid.Bool().Draw(rt, "ascii"), rapid.Bool().Draw(rt, "remote")
		portal := rapid.SampledFrom([]string{"", "http://127.0.0.1:43211"}).Draw(rt, "portal")
		w, h := rapid.IntRange(1, 200).Draw(rt, "width"), rapid.IntRange(1, 60).Draw(rt, "height")
		keys := rapid.SliceOfN(rapid.SampledFrom([]string{"a", "enter", "esc", "?", "e", "d", "down", "up", "G", "s", "x", "n", "p"}), 0, 12).Draw(rt, "keys")

		var wrong string
		synctest.Test(t, func(t *testing.T) {
			b := newBackend(accounts...)
			b.snap.Notice = notice
			d := newDriver(t, b, func(o *Options) { o.ASCII, o.Remote, o.PortalURL = ascii, remote, portal })
			d.send(windowSize(w, h))
			wrong = outside(d)
			for _, key := range keys {
				d.press(key)
				if n := len(b.events); n > 0 && len(d.m.attempts.running) > 0 {
					d.event(n-1, code())
				}
				if wrong == "" {
					wrong = outside(d)
				}
			}
		})
		if wrong != "" {
			rt.Fatal(wrong)
		}
	})
}

// longNamed is a program that asks, from a path that fills many lines.
func longNamed() consent.Request {
	r := claude("a", "work")
	r.Program.Path = "/opt/" + strings.Repeat("a-folder-with-a-name/", 40) + "claude"
	return r
}

// everySize draws what is shown in windows of all heights in which a page is another
// than in a higher one, at the widths at which something is added.
func everySize(t *testing.T, name string, d *driver) {
	t.Helper()
	widths := []int{widget.MinWidth, 60, 76, 80, 100, cardFrom - 1, cardFrom, 200}
	heights := []int{12, 13, 14, 15, 16, 17, 18, 19, 20, 22, 24, 29, 30, 36}
	if testing.Short() {
		widths, heights = []int{widget.MinWidth, 80, cardFrom}, []int{12, 17, 30}
	}
	for _, w := range widths {
		for _, h := range heights {
			d.m.Update(windowSize(w, h))
			if wrong := outside(d); wrong != "" {
				t.Fatalf("%s at %dx%d: %s\n%s", name, w, h, wrong, d.text())
			}
		}
	}
}

// Every page and every sheet is drawn within the window, however small that is.
func TestLayout_EveryScreenAtEverySize(t *testing.T) {
	for _, s := range screens {
		b := newBackend()
		if s.with != nil {
			b = s.with()
		}
		in(t, b, func(d *driver) {
			if s.do != nil {
				s.do(d)
			}
			everySize(t, s.name, d)
		}, s.change...)
	}
	everyState(func(name string, lead func(d *driver)) {
		onScreen(t, name, func(d *driver) {
			lead(d)
			everySize(t, name, d)
		})
	})
	onScreen(t, "confirm", func(d *driver) {
		asked(d, longNamed())
		d.shows("wants to use work")
		everySize(t, "a long path", d)
	})
}

// A notice takes no line from the rows: the selected one stands above it.
func TestLayout_ANoticeHidesNoRow(t *testing.T) {
	for _, keys := range [][]string{{"end"}, {"p", "end"}} {
		in(t, newBackend(many(60)...), func(d *driver) {
			d.press(keys...)
			for _, w := range []int{100, cardFrom, 200} {
				d.send(windowSize(w, 24))
				for _, text := range []string{"", "short", strings.Repeat("long enough for several lines ", 9)} {
					d.m.complainText(text)
					d.m.derive()
					if !strings.Contains(d.text(), d.m.Glyphs.Cursor) {
						t.Errorf("%q: with %q at %d cells the selected row is not shown:\n%s", keys, text, w, d.text())
					}
				}
			}
		})
	}
}

// outside says what is drawn outside the window.
func outside(d *driver) string {
	v := d.m.View()
	lines := strings.Split(v.Content, "\n")
	if len(lines) > d.m.Height {
		return fmt.Sprintf("%d lines in a window of %d", len(lines), d.m.Height)
	}
	for _, line := range lines {
		if w := ansi.StringWidth(line); w > d.m.Width {
			return fmt.Sprintf("a line of %d cells in a window of %d: %q", w, d.m.Width, line)
		}
	}
	if v.Cursor != nil && (v.Cursor.X < 0 || v.Cursor.Y < 0 || v.Cursor.X >= d.m.Width || v.Cursor.Y >= d.m.Height) {
		return fmt.Sprintf("the cursor is outside: %+v", v.Cursor.Position)
	}
	if len(d.m.stack) == 0 && !d.m.TooSmall() && !strings.Contains(v.Content, d.m.Glyphs.Cursor) {
		return "the selected row is not visible"
	}
	return ""
}

func TestLayout_ColumnsGoInOrder(t *testing.T) {
	rank := func(c columns) int {
		switch {
		case c.pool:
			return 4
		case c.left:
			return 3
		case c.used:
			return 2
		case !c.short:
			return 1
		}
		return 0
	}
	last := 0
	for w := 60; w <= 200; w++ {
		c := columnsFor(w, false, false, 0)
		if c.account < leastAccount {
			t.Errorf("%d cells leave %d for the label", w, c.account)
		}
		if rank(c) < last || c.pool && !c.left || c.left && !c.used || c.used && c.short {
			t.Errorf("at %d cells the columns are %+v", w, c)
		}
		last = rank(c)
	}
	if last != 4 {
		t.Error("a wide window does not have every column")
	}
}

func TestLayout_ColumnsOfPlansGoInOrder(t *testing.T) {
	last := 0
	for w := 60; w <= 200; w++ {
		c, rank := columnsFor(w, true, true, 0), 0
		for i, shown := range []bool{!c.short, c.plan, c.planBar, c.pool, c.left, c.used, c.resets, c.usedBy} {
			if shown && rank == i {
				rank++
			} else if shown {
				t.Errorf("at %d cells the columns are %+v", w, c)
			}
		}
		if c.account < leastAccount || rank < last {
			t.Errorf("at %d cells the columns are %+v, after %d of them", w, c, last)
		}
		last = rank
	}
	if last != 8 || !columnsFor(usedByFrom, true, true, 0).usedBy {
		t.Error("a wide window does not have every column")
	}
}

func TestLayout_RecoversFromAWindowThatIsTooSmall(t *testing.T) {
	in(t, newBackend(account("work")), func(d *driver) {
		before := d.text()
		d.send(windowSize(39, 12))
		d.shows("window too small: needs 40x12")
		d.press("d", "y")
		d.send(windowSize(40, 11))
		d.shows("window too small")
		d.send(windowSize(20, 5))
		d.shows("needs 40x12")
		d.send(windowSize(100, 30))
		if diff := cmp.Diff(before, d.text()); diff != "" {
			t.Error(diff)
		}
	})
}

func TestLayout_KeystoreIsInTheLongestFormThatFits(t *testing.T) {
	file := core.StoreInfo{Kind: "file", Name: "encrypted file", Reason: "no OS keyring here"}
	for _, tc := range []struct {
		store core.StoreInfo
		w     int
		want  string
	}{
		{file, 100, "encrypted file (no OS keyring here)"}, {file, 30, "encrypted file"}, {file, 10, "file"},
		{core.StoreInfo{Kind: "keyring", Name: "Secret Service"}, 40, "keyring: Secret Service"},
		{core.StoreInfo{Kind: "keyring", Name: "Secret Service"}, 10, "keyring"},
		{core.StoreInfo{Kind: "keyring", Name: "Secret Service", Locked: true}, 40, "keyring: Secret Service, locked"},
		{core.StoreInfo{Kind: "keyring", Name: "Secret Service", Locked: true}, 20, "keyring, locked"},
		{core.StoreInfo{}, 20, ""},
	} {
		b := newBackend()
		b.snap.Store = tc.store
		in(t, b, func(d *driver) {
			if got := d.m.store(tc.w); got != tc.want {
				t.Errorf("in %d cells %q, want %q", tc.w, got, tc.want)
			}
		})
	}
}

func TestASCII_DrawsNothingElse(t *testing.T) {
	for _, s := range screens {
		synctest.Test(t, func(t *testing.T) {
			d := newDriver(t, newBackend(account("work"), dead(account("old"))), append(s.change, ascii, remote)...)
			if s.do != nil && s.with == nil {
				s.do(d)
			}
			for _, r := range d.text() {
				if r > '~' {
					t.Errorf("%s: %q is drawn:\n%s", s.name, r, d.text())
					break
				}
			}
		})
	}
}

func TestColour_IsNeverDrawnWithoutLeave(t *testing.T) {
	in(t, newBackend(nine()...), func(d *driver) {
		for _, size := range [][2]int{{100, 30}, {40, 12}} {
			d.send(windowSize(size[0], size[1]))
			for _, sgr := range []string{"\x1b[3", "38;", "48;"} {
				if strings.Contains(d.m.View().Content, sgr) {
					t.Errorf("%q is drawn", sgr)
				}
			}
		}
	})
}

// fixed is a clock that stands still.
type fixed struct{}

func (fixed) Now() time.Time                       { return noon }
func (fixed) After(time.Duration) <-chan time.Time { return nil }

// What else the header has to say gets shorter before the keystore goes.
func TestHeader_KeystoreNeverGoes(t *testing.T) {
	for _, dead := range []bool{false, true} {
		in(t, newBackend(nine()...), func(d *driver) {
			if dead {
				d.change(turn("work", "borrowed", "spare"))
				d.wait(maxPause)
				d.press("esc")
			}
			d.press("home", "space", "space", "/")
			for _, r := range "minimax" {
				d.press(string(r))
			}
			for w := widget.MinWidth; w <= 140; w++ {
				d.send(windowSize(w, 24))
				header := strings.Split(d.text(), "\n")[0]
				if !strings.HasSuffix(header, "keyring") && !strings.HasSuffix(header, "keyring: Secret Service") {
					t.Errorf("at %d cells the header is %q", w, header)
				}
				if !strings.Contains(header, "need") && !strings.Contains(header, "! ") {
					t.Errorf("at %d cells the header does not say who needs sign-in: %q", w, header)
				}
			}
		})
	}
}

// A failure is read whole, also where it takes the place of the keys.
func TestNotice_SaysWhatHappenedAndWhatToDo(t *testing.T) {
	const text = "The token endpoint of MiniMax cannot be reached. Look at the network, then press r."
	for _, size := range [][2]int{{40, 12}, {60, 16}, {80, 24}, {100, 30}} {
		in(t, newBackend(nine()...), func(d *driver) {
			d.send(windowSize(size[0], size[1]))
			d.press("home")
			for _, page := range []string{"", "p", "enter"} {
				if page != "" {
					d.press(page)
				}
				d.m.complainText(text)
				d.send(nil)
				if flat := strings.Join(strings.Fields(d.text()), " "); !strings.Contains(flat, "! "+text) {
					t.Errorf("%dx%d, page %q: it cannot be read:\n%s", size[0], size[1], page, d.text())
				}
				if wrong := outside(d); wrong != "" {
					t.Error(wrong)
				}
			}
			d.m.complainText(strings.Repeat("too much to say ", 50))
			d.send(nil)
			d.shows("…")
			if wrong := outside(d); wrong != "" {
				t.Error(wrong)
			}
		})
	}
}

// A window that was resized while the program started is drawn at its new size,
// and one that was not is not drawn again.
func TestWindow_AsksForItsSizeOnceMore(t *testing.T) {
	m := New(Options{Backend: newBackend(), Clock: fixed{}})
	defer m.cancel()
	f := newFrames(fixed{})
	m.Update(windowSize(60, 16))
	for _, tc := range []struct{ asked, drawn bool }{{true, false}, {false, true}} {
		if tc.asked {
			if ask := (lateMsg{}).reach(m); ask == nil || ask() != tea.RequestWindowSize() {
				t.Error("nobody asks")
			}
		}
		if drawn := f.filter(led{m, f}, windowSize(60, 16)) != nil; drawn != tc.drawn {
			t.Errorf("asked %t: drawn %t", tc.asked, drawn)
		}
	}
	(lateMsg{}).reach(m)
	if f.filter(led{m, f}, windowSize(61, 16)) == nil {
		t.Error("a new size is lost")
	}
}
