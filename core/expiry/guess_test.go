package expiry_test

import (
	"encoding/json"
	"errors"
	"testing"
	"time"

	"github.com/hermes-tui/hermes-tui/core/expiry"
)

func TestGuess_AsLongAsTheOneBeforeWhereThatIsLikely(t *testing.T) {
	for before, want := range map[time.Duration]time.Duration{
		-time.Hour:           expiry.UsualLife,
		0:                    expiry.UsualLife,
		1:                    1,
		time.Hour:            time.Hour,
		24 * time.Hour:       24 * time.Hour,
		24*time.Hour + 1:     expiry.UsualLife,
		365 * 24 * time.Hour: expiry.UsualLife,
	} {
		if got := expiry.Guess(before); got != want {
			t.Errorf("after a token that lived %v: %v, want %v", before, got, want)
		}
	}
}

func TestAhead_WhatIsOverWhenItComesIsNamed(t *testing.T) {
	if err := exchange.Ahead(exchange.Received.Add(1), 900); err != nil {
		t.Errorf("a moment ahead: %v", err)
	}
	for _, tc := range []struct {
		at    time.Time
		v     any
		value string
	}{
		{exchange.Received, 900, "900"},
		{sent.Add(-time.Hour), json.RawMessage(`"2026-05-20T09:00:00Z"`), "2026-05-20T09:00:00Z"},
		{sent.Add(-time.Hour), json.RawMessage(`1779267600`), "1779267600"},
	} {
		var e *expiry.Error
		if err := exchange.Ahead(tc.at, tc.v); !errors.As(err, &e) || e.Value != tc.value {
			t.Errorf("%v: %v, want an error that names %s", tc.at, err, tc.value)
		}
	}
}

func TestError_NamesTheValueWhereThereIsOne(t *testing.T) {
	for want, v := range map[string]any{
		"the expiry is missing":     nil,
		"the expiry -5 is negative": -5,
	} {
		if _, err := expiry.Parse(v, exchange); err == nil || err.Error() != want {
			t.Errorf("%v, want %s", err, want)
		}
	}
}

func TestSkew_YearThatNoCalendarHasIsNoDate(t *testing.T) {
	x := exchange
	x.Date = "Sat, 01 Jan 0000 00:00:00 GMT"
	if got := x.Skew(); got != 0 {
		t.Errorf("skew is %v", got)
	}
}

func TestParse_Limits(t *testing.T) {
	for _, tc := range []struct {
		name string
		in   any
		want time.Time // zero: refused
	}{
		{"the longest life", int(expiry.Horizon.Seconds()), sent.Add(expiry.Horizon)},
		{"a second more", int(expiry.Horizon.Seconds()) + 1, time.Time{}},
		{"a moment at the horizon", sent.Add(expiry.Horizon), sent.Add(expiry.Horizon)},
		{"a second after it", sent.Add(expiry.Horizon + time.Second), time.Time{}},
		{"the first epoch seconds", int64(1e9), time.Unix(1e9, 0)},
		{"the first epoch milliseconds", int64(1e12), time.UnixMilli(1e12)},
		{"a date of the same moment", time.Unix(1e9, 0), time.Unix(1e9, 0)},
		{"a date before it", time.Unix(1e9-1, 0), time.Time{}},
	} {
		got, err := expiry.Parse(tc.in, exchange)
		if (err == nil) == tc.want.IsZero() || !got.Equal(tc.want) {
			t.Errorf("%s: %v, %v, want %v", tc.name, got, err, tc.want)
		}
	}
}
