package core

import (
	"context"
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/hermes-tui/hermes-tui/core/oauth"
)

// filling is a transport that does something while a refresh is under way.
type filling struct {
	http.RoundTripper
	during func()
}

// RoundTrip implements http.RoundTripper.
func (f *filling) RoundTrip(r *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	r.Body = io.NopCloser(strings.NewReader(string(body)))
	if strings.Contains(string(body), "grant_type=refresh_token") {
		f.during()
	}
	return f.RoundTripper.RoundTrip(r)
}

// fill takes all the space there is at dir.
func fill(t *testing.T, dir string) {
	t.Helper()
	file, err := os.Create(filepath.Join(dir, "ballast"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	for size := 64 << 10; size > 0; {
		if _, err := file.Write(make([]byte, size)); errors.Is(err, syscall.ENOSPC) {
			size /= 2
		} else if err != nil {
			t.Fatal(err)
		}
	}
}

// A disk that fills up while the answer of a refresh is under way, and stays
// full, does not cost the account: the space for what has to be stored is taken
// before the token is sent.
func TestRefresh_ADiskThatFillsUpMeanwhile(t *testing.T) {
	r := newRig(t)
	disk := filepath.Join(r.dir, "disk")
	if err := os.Mkdir(disk, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mount("tmpfs", disk, "tmpfs", 0, "size=2m"); err != nil {
		t.Skipf("no disk of its own can be mounted here: %v", err)
	}
	t.Cleanup(func() { _ = syscall.Unmount(disk, syscall.MNT_DETACH) })
	f := &filling{RoundTripper: http.DefaultTransport, during: func() { fill(t, disk) }}
	c := config(disk, r.portal.URL(), r.clock)
	c.OAuth = oauth.NewClient(oauth.Config{Transport: f, Clock: r.clock})
	r.core, r.dir = Open(c), disk
	t.Cleanup(func() { _ = r.core.Close(context.Background()) })
	a := r.account("work")
	r.clock.Advance(16 * time.Minute)
	got, err := r.token(a.ID)
	if err != nil || got.Gen != 2 || !r.portal.IsLive(got.Access.Reveal()) {
		t.Fatalf("with a full disk: generation %d, %v", got.Gen, err)
	}
	f.during = func() { t.Error("a token was sent although the disk is full") }
	r.clock.Advance(16 * time.Minute)
	if _, err := r.token(a.ID); err == nil {
		t.Error("a token was refreshed although its answer cannot be kept")
	}
	if err := os.Remove(filepath.Join(disk, "ballast")); err != nil {
		t.Fatal(err)
	}
	f.during = func() {}
	if got, err := r.token(a.ID); err != nil || got.Gen != 3 {
		t.Fatalf("with space again: %v", err)
	}
}
