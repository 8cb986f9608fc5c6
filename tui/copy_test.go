package tui

import "testing"

// TestCopy_TheCommandRunsWhereverItIsPasted: it calls this program as others do,
// whose folder the shell may not search, and in the same home.
func TestCopy_TheCommandRunsWhereverItIsPasted(t *testing.T) {
	for want, change := range map[string]func(*Options){
		`hermes-tui token id-work`: func(*Options) {},
		`'/opt/my tools/hermes-tui' --home /srv/accounts token id-work`: func(o *Options) {
			o.Command = []string{"/opt/my tools/hermes-tui", "--home", "/srv/accounts"}
		},
		`"C:\my tools\hermes-tui.exe" token id-work`: func(o *Options) {
			o.OS, o.Command = "windows", []string{`C:\my tools\hermes-tui.exe`}
		},
	} {
		in(t, newBackend(account("work")), func(d *driver) {
			d.press("c")
			d.shows("command that prints a token", want)
			if d.press("p"); len(d.copied) != 1 || d.copied[0] != want {
				t.Errorf("copied %q, want %q", d.copied, want)
			}
		}, change)
	}
}
