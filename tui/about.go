package tui

import (
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/hermes-tui/hermes-tui/core"
	"github.com/hermes-tui/hermes-tui/tui/cells"
	"github.com/hermes-tui/hermes-tui/tui/say"
	"github.com/hermes-tui/hermes-tui/tui/widget"
)

// noticeBinds switch how this window says that it needs its person.
func (win *window) noticeBinds() []widget.Bind {
	var binds []widget.Bind
	for _, way := range []struct{ name, words string }{
		{notifyBell, "the bell"}, {notifyDesktop, "those of the desktop"}, {notifyOSC9, "those of the terminal (OSC 9)"}, {notifyOSC777, "those of the terminal (OSC 777)"},
	} {
		if way.name == notifyDesktop && win.o.NotifyDesktop == nil {
			continue
		}
		on := slices.Contains(win.o.Notify, way.name)
		verb := "turn on "
		if on {
			verb = "turn off "
		}
		binds = append(binds, widget.Bind{
			Long: "notices: " + verb + way.words, Words: "notify notification bell settings " + way.name, Group: groupWindow,
			Do: func() tea.Cmd {
				rest := slices.DeleteFunc(slices.Clone(win.o.Notify), func(s string) bool { return s == way.name })
				if !on {
					rest = append(rest, way.name)
				}
				win.o.Notify, win.o.NotifyUnasked = rest, false
				win.say("Done for this window; notify in the configuration keeps it.")
				return nil
			},
		})
	}
	return binds
}

// aboutBinds explain what has no page of its own. The palette has them, and no key.
func (win *window) aboutBinds() []widget.Bind {
	explain := func(long, words, title string, text func() []string) widget.Bind {
		return widget.Bind{Long: long, Words: words, Group: groupWindow, Do: func() tea.Cmd {
			win.push(&textPage{title: title, text: text()})
			return nil
		}}
	}
	return []widget.Bind{
		doctorBind(win),
		explain("which keystore keeps the tokens", "keystore keyring file settings", "the keystore", win.keystoreText),
		explain("the proxy for programs", "proxy serve exec", "the proxy", win.proxyText),
	}
}

// keystoreText says where the tokens are.
func (win *window) keystoreText() []string {
	store := win.snap.Store
	text := []string{"Tokens are kept in: " + say.SentenceStart(storeForms(store)[0]) + "."}
	if reason := cells.Clean(store.Reason); reason != "" && store.Kind == "file" {
		text = append(text, "It is a file because of this: "+reason+".")
	}
	return append(text,
		"`hermes-tui keystore show` says more, and `hermes-tui keystore move keyring` or `file` takes everything to the other one. `hermes-tui doctor` says what is wrong with it.")
}

// proxyText says what the proxy is for and how it is started.
func (win *window) proxyText() []string {
	return []string{
		"`hermes-tui serve` is a proxy on this machine. Programs send their requests to it with a key of its own, and it signs each with a fresh token of the account that serves next.",
		"`hermes-tui exec -- claude` starts a program with such a proxy of its own. w on an account shows what goes into the configuration of a program.",
	}
}

// storyBind shows everything about an account where enter does something else.
func storyBind(win *window, a core.Account) widget.Bind {
	return widget.Bind{
		Long: "what happened to it", Words: "log history events details", Group: groupAccount,
		Do: func() tea.Cmd { win.push(&detailsPage{id: a.ID}); return nil },
	}
}

// paletteText is what the palette looks for words in.
func paletteText(b widget.Bind) string { return strings.Join([]string{b.Long, b.Words}, " ") }
