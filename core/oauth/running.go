package oauth

import (
	"context"
	"time"
)

// runningTicks is into how many pieces a time limit is cut.
const runningTicks = 30

// WithRunningTime is [context.WithTimeout] by the time for which this process runs.
// A process that was stopped, or a laptop that slept, finds the answer in its socket
// when it goes on, and a limit by the clock would have passed before it can be read:
// tokens that were granted would be thrown away. So a limit is counted in ticks, of
// which one at most falls into any time that the process did not see.
func WithRunningTime(ctx context.Context, limit time.Duration) (context.Context, context.CancelFunc) {
	ctx, end := context.WithCancelCause(ctx)
	tick := time.NewTicker(max(limit/runningTicks, time.Millisecond))
	go func() {
		defer tick.Stop()
		for range runningTicks {
			select {
			case <-tick.C:
			case <-ctx.Done():
				return
			}
		}
		end(context.DeadlineExceeded)
	}()
	return ctx, func() { end(context.Canceled) }
}
