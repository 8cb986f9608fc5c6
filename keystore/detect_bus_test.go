//go:build linux || netbsd || openbsd

package keystore

import (
	"context"
	"errors"
	"net"
	"path/filepath"
	"testing"
)

// A bus that is gone is no keyring; of one that does not answer nobody knows.
func TestUnreachableBus(t *testing.T) {
	dial := func(path string) error {
		_, err := net.Dial("unix", path)
		return err
	}
	path := filepath.Join(t.TempDir(), "bus")
	missing := dial(path)
	listener, err := net.ListenUnix("unix", &net.UnixAddr{Name: path, Net: "unix"})
	if err != nil {
		t.Fatal(err)
	}
	listener.SetUnlinkOnClose(false)
	_ = listener.Close()
	refused := dial(path)
	over, end := context.WithCancel(t.Context())
	end()
	for name, c := range map[string]struct {
		ctx  context.Context
		err  error
		gone bool
	}{
		"no socket": {t.Context(), missing, true}, "nobody listens": {t.Context(), refused, true},
		"not allowed": {t.Context(), errors.New("access denied"), false}, "no answer": {over, refused, false},
	} {
		got := unreachableBus(c.ctx, c.err)
		if got.Presence != Absent || (got.Err == nil) != c.gone || (got.Reason != "") != c.gone {
			t.Errorf("%s (%v): %+v", name, c.err, got)
		}
	}
}
