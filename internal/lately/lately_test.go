package lately

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

// lazy is a context that tells whether anybody waited for it.
type lazy struct {
	context.Context
	waited bool
}

func (l *lazy) Done() <-chan struct{} {
	l.waited = true
	return l.Context.Done()
}

// It ends as one of the standard library does, whoever looks and when.
func TestWithTimeout_EndsAsAnyOther(t *testing.T) {
	type key struct{}
	for name, c := range map[string]struct {
		end  func(stop, above context.CancelFunc)
		want error
	}{
		"time":     {func(_, _ context.CancelFunc) { time.Sleep(time.Minute) }, context.DeadlineExceeded},
		"canceled": {func(stop, _ context.CancelFunc) { stop() }, context.Canceled},
		"above":    {func(_, above context.CancelFunc) { above() }, context.Canceled},
		"not":      {func(_, _ context.CancelFunc) { time.Sleep(time.Minute - 1) }, nil},
	} {
		for _, waits := range []bool{false, true} {
			synctest.Test(t, func(t *testing.T) {
				top, above := context.WithCancel(context.WithValue(t.Context(), key{}, "value"))
				defer above()
				ctx, stop := WithTimeout(top, time.Minute)
				defer stop()
				if waits {
					_ = ctx.Done()
				}
				below, done := context.WithCancel(context.WithoutCancel(ctx))
				if waits {
					done()
					below, done = context.WithCancel(ctx)
				}
				defer done()
				if ctx.Err() != nil || ctx.Value(key{}) != "value" || below.Value(key{}) != "value" {
					t.Errorf("%s: %v", name, ctx.Err())
				}
				if at, ok := ctx.Deadline(); !ok || time.Until(at) != time.Minute {
					t.Errorf("%s: until %v", name, at)
				}
				c.end(stop, above)
				synctest.Wait()
				if err := ctx.Err(); !errors.Is(err, c.want) || (err == nil) != (c.want == nil) {
					t.Errorf("%s, waits %v: %v, want %v", name, waits, err, c.want)
				}
				select {
				case <-ctx.Done():
					if c.want == nil {
						t.Errorf("%s: it has ended", name)
					}
				default:
					if c.want != nil {
						t.Errorf("%s, waits %v: who waits is told nothing", name, waits)
					}
				}
				if waits && (below.Err() == nil) != (c.want == nil) {
					t.Errorf("%s: below: %v", name, below.Err())
				}
			})
		}
	}
	soon, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	ctx, stop := WithTimeout(soon, time.Hour)
	defer stop()
	if at, _ := ctx.Deadline(); time.Until(at) > time.Second {
		t.Errorf("it outlives the one above: %v", at)
	}
}

// Nobody above is bothered before somebody waits.
func TestWithTimeout_IsLate(t *testing.T) {
	above := &lazy{Context: t.Context()}
	outer, stopOuter := WithTimeout(above, time.Hour)
	defer stopOuter()
	ctx, stop := WithTimeout(outer, time.Hour)
	_, _ = ctx.Deadline()
	if ctx.Err() != nil || ctx.Value("x") != nil || above.waited {
		t.Error("it has begun")
	}
	_ = ctx.Done()
	if !above.waited {
		t.Error("the end of the one above would not be noticed")
	}
	stop()
	if ctx.Err() == nil || outer.Err() != nil {
		t.Errorf("%v, %v", ctx.Err(), outer.Err())
	}
}
