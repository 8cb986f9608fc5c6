package oauth

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

func TestWithRunningTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		ctx, stop := WithRunningTime(t.Context(), time.Minute)
		defer stop()
		<-ctx.Done()
		if took := time.Since(began); took != time.Minute || !errors.Is(context.Cause(ctx), context.DeadlineExceeded) {
			t.Errorf("ended after %s: %v", took, context.Cause(ctx))
		}
		ctx, stop = WithRunningTime(t.Context(), time.Minute)
		stop()
		if !errors.Is(context.Cause(ctx), context.Canceled) {
			t.Error(context.Cause(ctx))
		}
	})
}
