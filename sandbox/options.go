package sandbox

import (
	"crypto/rand"
	"fmt"
	"io"
	"log/slog"
	"time"
)

// Options configures a [Server]. The zero value is a working portal.
type Options struct {
	Listen      string        // address for Listen, default "127.0.0.1:0"; loopback only
	AccessTTL   time.Duration // life of an access token, default 90 s
	TokenLength int           // least length of a token in bytes, default 54
	CodeTTL     time.Duration // life of a user code, default 5 min
	Interval    time.Duration // polling interval that is told to clients, default 2 s
	ExpiredIn   ExpiredIn     // how token answers write expired_in, default Millis
	AutoApprove time.Duration // approve a code by itself after this long; 0 is never
	SlowFor     time.Duration // how long the fault "slow" delays an answer, default 3 s
	RetryAfter  time.Duration // what a 429 asks for, in whole seconds, default 2 s
	OnlyRefuse  bool          // a spent refresh token is refused, and the sign-in goes on; default: it ends
	OneAccess   bool          // new tokens end the access token before them; default: it lives to its end
	Plan        PlanShape     // how what is left of a plan is told, default PlanPercent
	// PlanRequests is how many requests in five hours each grant has, default 1500.
	PlanRequests int
	Faults       []Fault          // see [ParseFault]; [Server.SetFaults] replaces them later
	Now          func() time.Time // default: the system's clock
	Rand         io.Reader        // source of codes and tokens, default crypto/rand
	// TokenName is what the program that signs in calls a refresh token where a person
	// sees it, such as a fingerprint; the overview shows it. Default: nothing.
	TokenName func(refreshToken string) string
	Logger    *slog.Logger // one line a request, no secrets; default: none

	// OnEvent, if set, is called for every request: first with [Received] when
	// it has been read, then with what became of it, before the answer is sent.
	// It may be called from many goroutines at once and must not block.
	OnEvent func(Event)
}

// ExpiredIn is what the field expired_in of a token answer means. MiniMax has
// used more than one meaning, so clients must understand all of them. For
// device codes it is always Unix milliseconds.
type ExpiredIn string

// The meanings.
const (
	Millis ExpiredIn = "ms"    // absolute, Unix milliseconds: what MiniMax sends today
	TTL    ExpiredIn = "ttl"   // seconds from now
	Epoch  ExpiredIn = "epoch" // absolute, Unix seconds
)

// ParseExpiredIn reads "ms", "ttl" or "epoch".
func ParseExpiredIn(s string) (ExpiredIn, error) {
	switch e := ExpiredIn(s); e {
	case Millis, TTL, Epoch:
		return e, nil
	}
	return "", fmt.Errorf("unknown meaning of expired_in %q: use ms, ttl or epoch", s)
}

// value writes the end of a token's life.
func (e ExpiredIn) value(now, end time.Time) int64 {
	switch e {
	case TTL:
		return int64(end.Sub(now) / time.Second)
	case Epoch:
		return end.Unix()
	default:
		return end.UnixMilli()
	}
}

func (o Options) withDefaults() Options {
	if o.Listen == "" {
		o.Listen = "127.0.0.1:0"
	}
	if o.AccessTTL <= 0 {
		o.AccessTTL = 90 * time.Second
	}
	if o.CodeTTL <= 0 {
		o.CodeTTL = 5 * time.Minute
	}
	if o.Interval <= 0 {
		o.Interval = 2 * time.Second
	}
	if o.SlowFor <= 0 {
		o.SlowFor = 3 * time.Second
	}
	if o.RetryAfter <= 0 {
		o.RetryAfter = 2 * time.Second
	}
	if o.ExpiredIn == "" {
		o.ExpiredIn = Millis
	}
	if o.Now == nil {
		// Without the monotonic reading, which stands still while a laptop sleeps.
		o.Now = func() time.Time { return time.Now().Round(0) }
	}
	if o.Rand == nil {
		o.Rand = rand.Reader
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.TokenName == nil {
		o.TokenName = func(string) string { return "" }
	}
	if o.OnEvent == nil {
		o.OnEvent = func(Event) {}
	}
	return o
}
