package core

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/oauth"
	"github.com/hermes-tui/hermes-tui/core/refresh"
)

// oddPortal is a provider whose clocks are wrong and whose tokens live as long as
// it is told to say.
type oddPortal struct {
	clock    *rushing
	date     time.Duration              // its Date header's clock minus ours
	expiry   func(now time.Time) string // JSON of expired_in; empty: none
	rotated  atomic.Int64
	polled   atomic.Int64
	requests atomic.Int64
}

// RoundTrip implements http.RoundTripper.
func (p *oddPortal) RoundTrip(r *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	n, now := p.requests.Add(1), p.clock.Now()
	answer := fmt.Sprintf(`{"status":"success","access_token":"access-token-%d","refresh_token":"refresh-token-%d"`, n, n)
	if text := p.expiry(now); text != "" {
		answer += `,"expired_in":` + text
	}
	answer += "}"
	switch {
	case strings.Contains(string(body), "code_challenge"):
		form := r.Clone(r.Context())
		form.Body = io.NopCloser(strings.NewReader(string(body)))
		_ = form.ParseForm()
		answer = fmt.Sprintf(`{"user_code":"ABCD","verification_uri":"https://account.minimax.io/x","expired_in":%d,"interval":2000,"state":%q}`,
			now.Add(10*time.Minute).UnixMilli(), form.PostForm.Get("state"))
	case strings.Contains(string(body), "grant_type=refresh_token"):
		p.rotated.Add(1)
	default:
		p.polled.Add(1)
	}
	header := http.Header{"Content-Type": {"application/json"}, "Date": {now.Add(p.date).UTC().Format(http.TimeFormat)}}
	return &http.Response{StatusCode: 200, Header: header, Body: io.NopCloser(strings.NewReader(answer)), Request: r}, nil
}

// withOddPortal is an account at such a provider.
func withOddPortal(t *testing.T, p *oddPortal) (*rig, Account) {
	r := newRig(t)
	p.clock = r.clock
	config := r.core.state.Config
	config.OAuth = oauth.NewClient(oauth.Config{Transport: p, Clock: r.clock})
	r.core = Open(config)
	t.Cleanup(func() { _ = r.core.Close(context.Background()) })
	return r, r.account("odd")
}

// aMinute asks for a token a hundred times, and then rotates as a window does.
func aMinute(t interface{ Fatal(...any) }, r *rig, id string) {
	for range 100 {
		r.clock.Advance(590 * time.Millisecond)
		if _, err := r.core.Token(context.Background(), id, TokenOptions{}); err != nil {
			t.Fatal(err)
		}
	}
}

// Whatever a provider says of the end of its tokens, and whatever its clocks say,
// a hundred calls in a minute bring two new ones at most.
func TestToken_RotationIsRareWhateverTheProviderSays(t *testing.T) {
	number := rapid.OneOf(
		rapid.Int64Range(-10, 200), rapid.Int64Range(-1e15, 1e15), rapid.Just(int64(0)), rapid.Int64(),
	)
	offset := rapid.Int64Range(-int64(3*time.Hour/time.Second), int64(3*time.Hour/time.Second))
	rapid.Check(t, func(q *rapid.T) {
		n, off := number.Draw(q, "number"), time.Duration(offset.Draw(q, "seconds"))*time.Second
		shape := rapid.IntRange(0, 7).Draw(q, "shape")
		p := &oddPortal{date: time.Duration(offset.Draw(q, "date")) * time.Second}
		p.expiry = func(now time.Time) string {
			at := now.Add(off)
			switch shape {
			case 0:
				return fmt.Sprint(n)
			case 1:
				return fmt.Sprintf("%q", fmt.Sprint(n))
			case 2:
				return fmt.Sprint(at.UnixMilli())
			case 3:
				return fmt.Sprint(at.Unix())
			case 4:
				text, _ := json.Marshal(at)
				return string(text)
			case 5:
				return fmt.Sprint(float64(n) / 7)
			case 6:
				return `"soon"`
			default:
				return ""
			}
		}
		r, a := withOddPortal(t, p)
		aMinute(q, r, a.ID)
		if got := p.rotated.Load(); got > 2 {
			q.Fatalf("%d rotations for expired_in %s", got, p.expiry(r.clock.Now()))
		}
	})
}

// A provider whose clock is an hour behind in what it issues, with a right Date:
// the expiry has passed when it comes, and counts as unreadable.
func TestToken_AnExpiryThatHasPassed(t *testing.T) {
	p := &oddPortal{expiry: func(now time.Time) string { return fmt.Sprint(now.Add(-45 * time.Minute).UnixMilli()) }}
	r, a := withOddPortal(t, p)
	h, err := r.core.state.Folder.ReadHead(a.ID)
	if err != nil || h.LastError == nil || h.LastError.Code != autherr.CodeInvalidExpiry || !strings.Contains(h.LastError.Message, "clock") {
		t.Fatalf("after the sign-in: %+v, %v", h.LastError, err)
	}
	if left := h.ExpiresAt.Sub(h.ObtainedAt); left != 15*time.Minute {
		t.Errorf("lives %s", left)
	}
	aMinute(t, r, a.ID)
	if got := p.rotated.Load(); got != 0 {
		t.Errorf("%d rotations", got)
	}
	if _, err := r.core.Refresh(t.Context(), a.ID, RefreshOptions{}); err != nil {
		t.Fatal(err)
	}
	if h, _ = r.core.state.Folder.ReadHead(a.ID); h.LastError == nil || !strings.Contains(h.LastError.Message, "had passed when it came") || h.ExpiresAt.Sub(h.ObtainedAt) != 15*time.Minute {
		t.Errorf("after a refresh: %+v, expires %s", h.LastError, h.ExpiresAt)
	}
}

// An open window at a provider whose tokens have ended when they come, or live a
// second, refreshes them once a minute.
func TestAutoRefresh_RotationIsRareWhateverTheProviderSays(t *testing.T) {
	for name, expiry := range map[string]string{"a second": "1", "nothing": "0", "half a minute": "30"} {
		t.Run(name, func(t *testing.T) {
			p := &oddPortal{expiry: func(time.Time) string { return expiry }}
			r, _ := withOddPortal(t, p)
			until := r.clock.Now().Add(time.Minute)
			ctx, stop := context.WithCancel(t.Context())
			ended := make(chan struct{})
			go func() { defer close(ended); r.core.AutoRefresh(ctx) }()
			for r.clock.Now().Before(until) {
				if _, err := r.core.Token(ctx, r.core.Snapshot().Accounts[0].ID, TokenOptions{}); err != nil {
					t.Error(err)
				}
			}
			stop()
			<-ended
			if got := p.rotated.Load(); got > 2 {
				t.Errorf("%d rotations in a minute", got)
			}
		})
	}
}

// A refused token of a generation that was just refreshed is a reason, once.
func TestToken_A401IsAReasonToRotateAgain(t *testing.T) {
	p := &oddPortal{expiry: func(time.Time) string { return "900" }}
	r, a := withOddPortal(t, p)
	for gen := uint64(1); gen <= 3; gen++ {
		for range 3 {
			if got, err := r.core.Token(t.Context(), a.ID, TokenOptions{Refused: gen}); err != nil || got.Gen != gen+1 {
				t.Fatalf("%d, %v", got.Gen, err)
			}
		}
	}
	if got := p.rotated.Load(); got != 3 {
		t.Errorf("%d rotations", got)
	}
	if _, err := r.core.engine.Refresh(t.Context(), a.ID, refresh.Request{Force: true, Asked: true}); err != nil || p.rotated.Load() != 4 {
		t.Errorf("a person's force: %v", err)
	}
}
