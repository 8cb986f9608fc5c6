//go:build unix

package core

import (
	"context"
	"errors"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/state"
)

// flock takes hermes-agent's lock as Python's fcntl.flock does; without waiting.
func flock(path string) (unlock func(), err error) {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		_ = file.Close()
		return nil, err
	}
	return func() { _ = file.Close() }, nil
}

// watchedBackup looks, at the moment before the file is written, whether its lock
// is taken.
type watchedBackup struct {
	state.Keystores
	lock  string
	taken *bool
}

func (w watchedBackup) Backup(ctx context.Context, to string, data []byte) error {
	unlock, err := flock(w.lock)
	if err == nil {
		unlock()
	}
	*w.taken = errors.Is(err, syscall.EWOULDBLOCK)
	return w.Keystores.Backup(ctx, to, data)
}

// TestImport_TakesHermesAgentsLock: while hermes-agent holds its lock nothing is
// read or written, and while we hold it hermes-agent cannot.
func TestImport_TakesHermesAgentsLock(t *testing.T) {
	a := newAgent(newRig(t), 2)
	lock := strings.TrimSuffix(a.path, ".json") + ".lock"
	unlock, err := flock(lock)
	if err != nil {
		t.Fatal(err)
	}
	before, plan := a.file(), a.plan()
	for _, o := range []ImportOptions{{}, {Remove: true}} {
		ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
		_, err := a.core.Import(ctx, plan, o)
		cancel()
		if !errors.Is(err, &autherr.Error{Code: autherr.CodeForeignLock}) || a.file() != before || len(a.core.Snapshot().Accounts) != 0 {
			t.Errorf("%+v: %v, %d accounts", o, err, len(a.core.Snapshot().Accounts))
		}
	}
	ended := make(chan error, 1)
	go func() {
		_, err := a.core.Import(t.Context(), plan, ImportOptions{})
		ended <- err
	}()
	unlock()
	if err := <-ended; err != nil {
		t.Errorf("after hermes-agent gave its lock back: %v", err)
	}

	taken := false
	a.core.state.Keystores = watchedBackup{a.core.state.Keystores, lock, &taken}
	wrote := func(what string, err error) {
		t.Helper()
		if err != nil || !taken {
			t.Errorf("%s: %v, under the lock: %t", what, err, taken)
		}
		taken = false
		unlock, err := flock(lock)
		if err != nil {
			t.Errorf("%s keeps the lock: %v", what, err)
			return
		}
		unlock()
	}
	_, err = a.core.Import(t.Context(), a.plan(), ImportOptions{Remove: true})
	wrote("a removal", err)
	_, err = a.core.Export(t.Context(), a.path, ids(a.core))
	wrote("an export", err)
}
