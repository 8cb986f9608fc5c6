package tui

import (
	"slices"
	"strings"
	"testing"

	"github.com/hermes-tui/hermes-tui/core/proxies"
	"github.com/hermes-tui/hermes-tui/tui/cells"
	"github.com/hermes-tui/hermes-tui/tui/widget"
)

// proxied has proxies run.
func proxied(b *fakeBackend, run ...proxies.Proxy) *fakeBackend {
	b.snap.Proxies = run
	return b
}

func aProxy(perMinute int, listens ...string) proxies.Proxy {
	return proxies.Proxy{ID: "00000000000000aa", Listens: listens, PID: 4121, Began: noon, PerMinute: perMinute}
}

func TestRunningForms(t *testing.T) {
	for name, c := range map[string]struct {
		run  []proxies.Proxy
		want []string
	}{
		"none":        {nil, nil},
		"idle":        {[]proxies.Proxy{aProxy(0, "127.0.0.1:8787")}, []string{"serve 8787"}},
		"busy":        {[]proxies.Proxy{aProxy(12, "127.0.0.1:8787")}, []string{"serve 8787 · 12/min", "serve 8787", "serve · 12/min"}},
		"two":         {[]proxies.Proxy{aProxy(1200, "127.0.0.1:8787"), aProxy(34, "[::1]:8788")}, []string{"serve 8787, 8788 · 1,234/min", "serve 8787, 8788", "serve · 1,234/min"}},
		"a socket":    {[]proxies.Proxy{aProxy(0, "127.0.0.1:8787", "/run/user/1000/hermes-tui-with-a-long-name.sock")}, []string{"serve 8787, hermes-tui-with…"}},
		"many":        {[]proxies.Proxy{aProxy(0, "127.0.0.1:1", "127.0.0.1:2"), aProxy(0, "127.0.0.1:3"), aProxy(0, "127.0.0.1:4"), aProxy(0, "127.0.0.1:5")}, []string{"serve 1, 2, 3 and 2 more"}},
		"a bad name":  {[]proxies.Proxy{aProxy(0, "/run/\x1b[2J\n")}, []string{"serve " + cells.Clean("\x1b[2J\n")}},
		"a port once": {[]proxies.Proxy{aProxy(0, "127.0.0.1:8787", "[::1]:8787")}, []string{"serve 8787"}},
	} {
		if got := runningForms(c.run, "…", " · "); !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

// The proxy stands in the header where there is room, and takes it from nobody.
func TestHeader_Proxies(t *testing.T) {
	var without []string
	widths := func(b *fakeBackend, each func(i int, header string)) {
		in(t, b, func(d *driver) {
			for w := widget.MinWidth; w <= 140; w++ {
				d.send(windowSize(w, 24))
				each(w-widget.MinWidth, strings.Split(d.text(), "\n")[0])
			}
		})
	}
	widths(newBackend(nine()...), func(_ int, header string) { without = append(without, header) })
	shown := 0
	widths(proxied(newBackend(nine()...), aProxy(12, "127.0.0.1:8787")), func(i int, header string) {
		at := i + widget.MinWidth
		if strings.Contains(header, "serve 8787 · 12/min   keyring") {
			shown++
		}
		if at >= 80 && !strings.Contains(header, "serve 8787 · 12/min") {
			t.Errorf("at %d cells the proxy is not shown: %q", at, header)
		}
		said, rest := strings.Fields(header), strings.Fields(without[i])
		if !slices.Equal(said[:3], rest[:3]) || !strings.Contains(header, "keyring") {
			t.Errorf("at %d cells it took something away: %q, without it %q", at, header, without[i])
		}
		if cells.Width(header) > at {
			t.Errorf("at %d cells: %q", at, header)
		}
	})
	if shown < 60 {
		t.Errorf("it is shown at %d widths", shown)
	}
	in(t, proxied(newBackend(nine()...), aProxy(0, "127.0.0.1:8787")), func(d *driver) {
		d.send(windowSize(100, 24))
		if header := strings.Split(d.text(), "\n")[0]; !strings.Contains(header, "serve 8787   keyring: Secret Service") || strings.Contains(header, "/min") {
			t.Errorf("idle: %q", header)
		}
	})
}
