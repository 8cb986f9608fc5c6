package tui

import "testing"

func TestUse_IsChosenAndTakenBack(t *testing.T) {
	in(t, newBackend(account("work"), account("other")), func(d *driver) {
		choose := func(words ...string) {
			d.press(":")
			for _, r := range "default" {
				d.press(string(r))
			}
			d.press("enter")
			d.shows(words...)
		}
		choose("▌›work", "work serves where nobody is named.")
		d.press("z")
		d.shows("The default is as before.", "▌ work")
		choose("▌›work")
		choose("▌ work", "the only pool there is serves.")
	})
}
