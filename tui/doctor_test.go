package tui

import (
	"context"
	"strings"
	"testing"

	"github.com/hermes-tui/hermes-tui/core/doctor"
)

// examined gives the window a doctor that finds these.
func examined(found ...doctor.Finding) func(*Options) {
	return func(o *Options) {
		o.Examine = func(context.Context) ([]doctor.Finding, error) { return found, nil }
	}
}

func illness() func(*Options) {
	return examined(
		doctor.Finding{Check: "keystore", Level: doctor.Good, Saw: "the keyring takes and gives back what it is given"},
		doctor.Finding{Check: "accounts", Level: doctor.Warning, Saw: "the last refresh of id-work failed: no network", Cure: "hermes-tui refresh id-work", Action: doctor.Refresh, Account: "id-work"},
		doctor.Finding{
			Check: "accounts", Level: doctor.Warning, Saw: "a refresh of id-work was interrupted, and its answer is not known", Cure: "hermes-tui refresh --force id-work",
			Action: doctor.Insist, Account: "id-work",
		},
		doctor.Finding{Check: "files", Level: doctor.Bad, Saw: "the state folder is open to others", Cure: "chmod -R go-rwx /srv/hermes-tui"},
		doctor.Finding{Check: "accounts", Level: doctor.Bad, Saw: "the sign-in of id-old has ended", Cure: "hermes-tui login --account id-old", Action: doctor.SignIn, Account: "id-old"},
	)
}

func TestDoctor_IsAPageThatCuresWhatItCan(t *testing.T) {
	in(t, newBackend(account("work"), dead(account("old"))), func(d *driver) {
		d.press(":", "d", "o", "c", "t", "o", "r", "enter")
		d.shows("Doctor › check for problems", "4 problems", "chmod -R go-rwx", "enter copy the cure")
		if text := d.text(); strings.Index(text, "the state folder") > strings.Index(text, "the keyring takes") {
			t.Errorf("the worst does not come first:\n%s", text)
		}
		if d.press("enter"); len(d.copied) != 1 || d.copied[0] != "chmod -R go-rwx /srv/hermes-tui" {
			t.Errorf("copied %q", d.copied)
		}
		d.press("down", "down")
		d.shows("enter refresh")
		if d.press("enter"); len(d.backend.refreshed) != 1 {
			t.Errorf("refreshed %q", d.backend.refreshed)
		}
		d.backend.result.Note = "nothing done: the answer of the last refresh was lost"
		d.press("down", "enter")
		d.shows("Nothing done: the answer of the last refresh was lost. enter again insists.")
		if d.press("enter"); len(d.backend.refreshed) != 3 || !d.backend.forced {
			t.Errorf("refreshed %q, forced %v", d.backend.refreshed, d.backend.forced)
		}
		d.press("up", "up")
		d.shows("enter sign in again")
		if d.press("enter"); len(d.backend.signIns) != 1 || d.backend.signIns[0].Account != "id-old" {
			t.Errorf("signed in to %+v", d.backend.signIns)
		}
		d.press("esc")
		d.shows("Doctor")
		d.press("?")
		d.shows("look at everything again")
		d.press("esc", "esc")
		d.shows("ACCOUNT")
	}, illness())
	in(t, newBackend(account("work")), func(d *driver) {
		d.press(":", "d", "o", "c", "t", "o", "r", "enter")
		d.shows("Nothing is wrong.")
	}, examined(doctor.Finding{Check: "keystore", Level: doctor.Good, Saw: "the keyring works"}))
}
