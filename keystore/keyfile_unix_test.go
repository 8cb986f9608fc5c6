//go:build unix

package keystore

import (
	"errors"
	"os"
	"testing"
)

func TestCheckOwner(t *testing.T) {
	for name, c := range map[string]struct {
		uid, gid, us int
		mode         os.FileMode
		ok           bool
	}{
		"ours":                           {1000, 1000, 1000, 0o600, true},
		"ours, read only":                {1000, 1000, 1000, 0o400, true},
		"ours, the group reads":          {1000, 1000, 1000, 0o640, false},
		"ours, all read":                 {1000, 1000, 1000, 0o604, false},
		"ours, the group writes":         {1000, 1000, 1000, 0o620, false},
		"another user's":                 {1001, 1000, 1000, 0o600, false},
		"root's, for root":               {0, 0, 1000, 0o400, true},
		"credential with an access list": {0, 0, 1000, 0o440, true},
		"root's, all read":               {0, 0, 1000, 0o444, false},
		"root's, the group writes":       {0, 0, 1000, 0o460, false},
		"root's, a group of people":      {0, 50, 1000, 0o440, false},
		"we are root, another's":         {1000, 1000, 0, 0o600, false},
	} {
		err := checkOwner("key", c.uid, c.gid, c.us, c.mode)
		if (err == nil) != c.ok {
			t.Errorf("%s: %v, want ok=%v", name, err, c.ok)
		}
		var e *Error
		if err != nil && (!errors.As(err, &e) || e.Condition != Unavailable || e.Hint == "") {
			t.Errorf("%s: %v, want unavailable with its cure", name, err)
		}
	}
}
