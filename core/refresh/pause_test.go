package refresh

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/oauth"
	"github.com/hermes-tui/hermes-tui/core/record"
)

// What the provider asks for, where it is more than the back-off, is when it is
// asked again, and what a program is told: at once, and again while it lasts.
func TestRefresh_TellsWhenTheProviderIsAskedAgain(t *testing.T) {
	for name, c := range map[string]struct {
		outcome oauth.Outcome
		named   time.Duration
		want    time.Duration
	}{
		"named":                  {oauth.NotSpent, 90 * time.Second, 90 * time.Second},
		"named, not sent":        {oauth.NotSent, 90 * time.Second, 90 * time.Second},
		"shorter than back-off":  {oauth.NotSpent, time.Second, 2 * time.Second},
		"not named":              {oauth.NotSpent, 0, 2 * time.Second},
		"longer than an hour":    {oauth.NotSpent, 48 * time.Hour, time.Hour - time.Second},
		"named beside a bad 200": {oauth.Unknown, 90 * time.Second, 90 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.expire()
			w.script.then(failing(c.outcome, "refresh_failed", c.named))
			if c.outcome == oauth.Unknown { // asked once more
				w.script.then(failing(c.outcome, "refresh_failed", c.named))
			}
			_, err := w.refresh(Request{Gen: 1})
			var e *autherr.Error
			if !errors.As(err, &e) || e.RetryAfter != c.want {
				t.Fatalf("%v, to be tried again after %v", err, e.RetryAfter)
			}
			if until := w.head().NotBefore; !until.Equal(w.clock.Now().Add(c.want)) {
				t.Errorf("not before %s", until)
			}
			w.clock.Advance(c.want / 2)
			_, err = w.refresh(Request{Gen: 1})
			if !errors.As(err, &e) || e.Kind != autherr.Network || e.Code != "refresh_failed" || e.RetryAfter != c.want-c.want/2 {
				t.Errorf("half way: %v, to be tried again after %v", err, e.RetryAfter)
			}
			w.clock.Advance(c.want - c.want/2)
			w.script.then(w.granted(2))
			if got, err := w.refresh(Request{Gen: 1}); err != nil || !got.Rotated {
				t.Errorf("when it is over: %+v, %v", got, err)
			}
		})
	}
}

// An answer that says nothing at all is a failure all the same.
func TestRefresh_AFailureWithoutWords(t *testing.T) {
	w := newWorld(t)
	w.expire()
	w.script.then(func(string) oauth.Answer { return oauth.Answer{Outcome: oauth.NotSpent} })
	_, err := w.refresh(Request{Gen: 1})
	var e *autherr.Error
	if !errors.As(err, &e) || e.Kind != autherr.Network || e.Code != autherr.CodeRefreshFailed || e.Provider != "minimax-oauth" || e.RetryAfter != 2*time.Second {
		t.Fatalf("%+v", err)
	}
	if last := w.head().LastError; last == nil || last.Code != autherr.CodeRefreshFailed || !last.At.Equal(w.clock.Now()) || last.Provider != "minimax-oauth" || last.Reason != "runtime_refresh_failure" {
		t.Errorf("%+v", last)
	}
}

// The one repeat waits for what the provider asks, from one second to five.
func TestRefresh_TheRepeatWaitsAsAsked(t *testing.T) {
	for named, want := range map[time.Duration]time.Duration{
		0: time.Second, time.Second / 2: time.Second, 3 * time.Second: 3 * time.Second, time.Hour: 5 * time.Second,
	} {
		w := newWorld(t)
		w.expire()
		asked := w.clock.Now()
		w.script.then(failing(oauth.Unknown, "refresh_failed", named), func(sent string) oauth.Answer {
			if waited := w.clock.Now().Sub(asked); waited != want {
				t.Errorf("asked to wait %s, waited %s", named, waited)
			}
			return w.granted(2)(sent)
		})
		if got, err := w.refresh(Request{Gen: 1}); err != nil || !got.Rotated {
			t.Errorf("%+v, %v", got, err)
		}
	}
}

// The back-off doubles from two seconds to five minutes; jitter adds up to a
// quarter.
func TestRefresh_BackOff(t *testing.T) {
	e := &turn{Engine: &Engine{Jitter: func() float64 { return 0 }}}
	var waits []string
	for failures := 1; failures <= 10; failures++ {
		waits = append(waits, e.backOff(failures).String())
	}
	if want := []string{"2s", "4s", "8s", "16s", "32s", "1m4s", "2m8s", "4m16s", "5m0s", "5m0s"}; !slices.Equal(waits, want) {
		t.Errorf("%v", waits)
	}
	e.Jitter = func() float64 { return 0.5 }
	if got := e.backOff(3); got != 9*time.Second {
		t.Errorf("with jitter %s", got)
	}
}

// Of failures in a row the first, second, fourth and eighth are in the account's
// history, with what is known of each.
func TestRefresh_FailuresInTheHistory(t *testing.T) {
	w := newWorld(t)
	w.expire()
	for range 9 {
		w.script.then(failing(oauth.NotSent, "unreachable", time.Minute))
		_, _ = w.refresh(Request{Force: true})
	}
	events, err := w.folder.History.Events(w.id)
	if err != nil {
		t.Fatal(err)
	}
	var counts []int
	for _, e := range events {
		if e.Kind != record.EventFailed {
			continue
		}
		counts = append(counts, e.InARow)
		if e.Gen != 1 || e.Code != "unreachable" || e.Message == "" || e.Spent != "" || e.Until.Before(w.clock.Now().Add(time.Minute)) {
			t.Errorf("%+v", e)
		}
	}
	slices.Sort(counts)
	if !slices.Equal(counts, []int{1, 2, 4, 8}) {
		t.Errorf("%v", counts)
	}
}

// A failure that may have spent the token names it.
func TestRefresh_ALostAnswerNamesTheTokenInTheHistory(t *testing.T) {
	for outcome, named := range map[oauth.Outcome]bool{oauth.Unknown: true, oauth.Doubtful: true, oauth.NotSpent: false} {
		w := newWorld(t)
		w.script.then(failing(outcome, "refresh_failed", 0))
		_, _ = w.refresh(Request{Gen: 1, Asked: true})
		events, err := w.folder.History.Events(w.id)
		if err != nil {
			t.Fatal(err)
		}
		i := slices.IndexFunc(events, func(e record.Event) bool { return e.Kind == record.EventFailed })
		if i < 0 || (events[i].Spent == record.Fingerprint(w.head().Current)) != named || (events[i].Spent != "") != named {
			t.Errorf("%v: %+v", outcome, events)
		}
	}
}
