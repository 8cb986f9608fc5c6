package clock

import (
	"context"
	"errors"
	"testing"
	"time"
)

var noon = time.Date(2026, 5, 20, 12, 0, 0, 0, time.UTC)

func fired(ch <-chan time.Time) bool {
	select {
	case <-ch:
		return true
	default:
		return false
	}
}

func TestFake_FiresWhatIsDue(t *testing.T) {
	f := NewFake(noon)
	if _, ok := f.Next(); ok {
		t.Error("somebody waits")
	}
	at := map[time.Duration]<-chan time.Time{}
	for _, d := range []time.Duration{-1, 0, time.Second, time.Minute, time.Hour} {
		at[d] = f.After(d)
	}
	if !fired(at[-1]) || !fired(at[0]) || fired(at[time.Second]) {
		t.Error("a wait of nothing waits, or another does not")
	}
	if next, ok := f.Next(); !ok || !next.Equal(noon.Add(time.Second)) {
		t.Errorf("next %s", next)
	}
	f.Advance(time.Minute)
	if !fired(at[time.Second]) || !fired(at[time.Minute]) || fired(at[time.Hour]) || !f.Now().Equal(noon.Add(time.Minute)) {
		t.Error("not what is due was fired")
	}
	f.Set(noon.Add(-time.Hour)) // a clock that was set back
	if fired(at[time.Hour]) {
		t.Error("fired by a clock that was set back")
	}
	f.Set(noon.Add(time.Hour))
	if _, ok := f.Next(); ok || !fired(at[time.Hour]) {
		t.Error("not fired")
	}
}

func TestFake_WaitFor(t *testing.T) {
	f := NewFake(noon)
	done := make(chan error)
	for range 2 {
		go func() { done <- Sleep(context.Background(), f, time.Minute) }()
	}
	f.WaitFor(2)
	f.Advance(time.Minute)
	for range 2 {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
}

func TestSleep_EndsWithItsContext(t *testing.T) {
	f := NewFake(noon)
	ctx, cancel := context.WithCancel(t.Context())
	if err := Sleep(ctx, f, 0); err != nil {
		t.Error(err)
	}
	done := make(chan error)
	go func() { done <- Sleep(ctx, f, time.Hour) }()
	f.WaitFor(1)
	cancel()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	for _, d := range []time.Duration{-1, 0, time.Hour} {
		if err := Sleep(ctx, System{}, d); !errors.Is(err, context.Canceled) {
			t.Errorf("%s with an ended context: %v", d, err)
		}
	}
}

// Expiry is wall-clock time: a laptop that slept must not count the time it
// was awake.
func TestSystem_HasNoMonotonicReading(t *testing.T) {
	now := System{}.Now()
	if now != now.Round(0) {
		t.Error("the monotonic reading is there")
	}
	select {
	case <-System{}.After(0):
	case <-time.After(time.Minute):
		t.Error("After does not fire")
	}
}

func TestAfterFunc(t *testing.T) {
	for name, c := range map[string]Clock{"real": System{}, "fake": NewFake(noon)} {
		called := make(chan struct{})
		stop := AfterFunc(c, 0, func() { close(called) })
		<-called
		stop()
		stop()
		never := AfterFunc(c, time.Hour, func() { t.Errorf("%s: called", name) })
		never()
	}
	f, called := NewFake(noon), make(chan struct{})
	defer AfterFunc(f, time.Minute, func() { close(called) })()
	f.Advance(time.Minute - 1)
	if fired := func() bool {
		select {
		case <-called:
			return true
		default:
			return false
		}
	}(); fired {
		t.Error("called too early")
	}
	f.Advance(1)
	<-called
}
