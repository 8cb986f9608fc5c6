package expiry_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/hermes-tui/hermes-tui/core/expiry"
	"github.com/hermes-tui/hermes-tui/core/secret"
)

// Where one meaning or limit ends and the next begins, to the unit.
func TestParse_Edges(t *testing.T) {
	first := time.Date(2001, 9, 9, 1, 46, 40, 0, time.UTC) // 1e9 s and 1e12 ms since 1970
	horizon := int64(expiry.Horizon / time.Second)
	for name, tc := range map[string]struct {
		in   any
		want time.Time
		why  string // of the error
		text string // that it names
	}{
		"the longest life":           {horizon, sent.Add(expiry.Horizon), "", ""},
		"a second more":              {horizon + 1, time.Time{}, "is more than ten years ahead", fmt.Sprint(horizon + 1)},
		"the largest life":           {int64(1e9 - 1), time.Time{}, "is more than ten years ahead", "999999999"},
		"the first epoch seconds":    {int64(1e9), first, "", ""},
		"the last epoch seconds":     {int64(1e12 - 1), time.Time{}, "is more than ten years ahead", "999999999999"},
		"the first milliseconds":     {int64(1e12), first, "", ""},
		"half a second on":           {1e12 + 500.0, first.Add(500 * time.Millisecond), "", ""},
		"the first milliseconds' µs": {int64(1e15), time.Time{}, "is more than ten years ahead", "1000000000000000"},
		"the farthest moment":        {sent.Add(expiry.Horizon), sent.Add(expiry.Horizon), "", ""},
		"a moment more":              {sent.Add(expiry.Horizon + 1), time.Time{}, "is more than ten years ahead", "2036-05-17T10:00:00Z"},
		"the first date":             {first, first, "", ""},
		"the date before":            {first.Add(-time.Second), time.Time{}, "is long past", "2001-09-09T01:46:39Z"},
		"a date in a string":         {"2001-09-09T01:46:39Z", time.Time{}, "is long past", "2001-09-09T01:46:39Z"},
		"a second":                   {1, sent.Add(time.Second), "", ""},
		"a bit more":                 {1.25, sent.Add(1250 * time.Millisecond), "", ""},
		"minus nothing":              {math.Copysign(0, -1), sent.Add(time.Second), "", ""},
		"a bit less than nothing":    {-0.001, time.Time{}, "is negative", "-0.001"},
		"an int64":                   {int64(-7), time.Time{}, "is negative", "-7"},
		"two numbers":                {"1-2", time.Time{}, "is not a number or a date", "1-2"},
		"a null in a string":         {json.RawMessage(`"null"`), time.Time{}, "is not a number or a date", "null"},
		"a null with space":          {json.RawMessage(" null\n"), time.Time{}, "is missing", ""},
		"nothing":                    {nil, time.Time{}, "is missing", ""},
		"empty":                      {"", time.Time{}, "is empty", ""},
		"an escaped string":          {json.RawMessage(`"9\u0030"`), sent.Add(90 * time.Second), "", ""},
	} {
		got, err := expiry.Parse(tc.in, exchange)
		if tc.why == "" {
			if err != nil || !got.Equal(tc.want) {
				t.Errorf("%s: %v, %v, want %v", name, got, err, tc.want)
			}
			continue
		}
		var e *expiry.Error
		if !errors.As(err, &e) || e.Why != tc.why || e.Value != tc.text {
			t.Errorf("%s: %v, %+v", name, got, e)
		}
	}
}

// A clock of ours at the end of the calendar makes no year that it has not.
func TestParse_TheEndOfTheCalendar(t *testing.T) {
	last := expiry.At(time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC))
	var e *expiry.Error
	if got, err := expiry.Parse(900, last); !errors.As(err, &e) || e.Why != "is not a date of this calendar" || e.Value != "900" {
		t.Errorf("%v, %v", got, err)
	}
	before := expiry.At(time.Date(9999, 12, 31, 23, 44, 59, 0, time.UTC))
	if got, err := expiry.Parse(900, before); err != nil || !got.Equal(last.Sent) {
		t.Errorf("%v, %v", got, err)
	}
	if got, err := expiry.Parse(900, expiry.At(time.Date(0, 12, 31, 0, 0, 0, 0, time.UTC))); !errors.As(err, &e) {
		t.Errorf("the year 0: %v", got)
	}
}

func TestError(t *testing.T) {
	if got := (&expiry.Error{Why: "is missing"}).Error(); got != "the expiry is missing" {
		t.Errorf("%q", got)
	}
	if got := (&expiry.Error{Value: "soon", Why: "is not a number"}).Error(); got != "the expiry soon is not a number" {
		t.Errorf("%q", got)
	}
	long := strings.Repeat("x", 100)
	_, err := expiry.Parse(long, exchange)
	var e *expiry.Error
	if !errors.As(err, &e) || e.Value != secret.Words(long, 40) {
		t.Errorf("%v", err)
	}
	for name, token := range map[string]secret.Secret{
		"is unknown: the token is not a JWT":      secret.New("a.!!.c"),
		"is unknown: the token does not name it":  jwt(`{"sub":"x"}`),
		"is not a number":                         jwt(`{"exp":[1]}`),
		"is long past":                            jwt(`{"exp":999999999}`),
		"is more than ten years ahead":            jwt(`{"exp":99999999999}`),
		"is unknown: the token is not a JWT, too": secret.New("a.b"),
	} {
		_, err := expiry.FromJWT(token, exchange)
		if !errors.As(err, &e) || e.Why != strings.TrimSuffix(name, ", too") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := expiry.FromJWT(jwt(`{"exp":999999999}`), exchange); !strings.Contains(err.Error(), "999999999") {
		t.Errorf("%v", err)
	}
	if at, err := expiry.FromJWT(jwt(`{"exp":1000000000}`), exchange); err != nil || at.Unix() != 1e9 {
		t.Errorf("%v, %v", at, err)
	}
	padded := secret.New(strings.Replace(jwt(`{"exp":1779271872}`).Reveal(), ".sig", "==.sig", 1))
	if at, err := expiry.FromJWT(padded, exchange); err != nil || at.Unix() != 1779271872 {
		t.Errorf("padded: %v, %v", at, err)
	}
}

// An expiry that had passed when it came says nothing of the token.
func TestAhead(t *testing.T) {
	for name, v := range map[string]any{"a text": "1779271200", "JSON": json.RawMessage(`"1779271200"`), "a number": 1779271200} {
		var e *expiry.Error
		if err := exchange.Ahead(exchange.Received, v); !errors.As(err, &e) || e.Value != "1779271200" || !strings.Contains(e.Why, "had passed when it came") {
			t.Errorf("%s: %v", name, err)
		}
		if err := exchange.Ahead(exchange.Received.Add(1), v); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestGuess(t *testing.T) {
	for before, want := range map[time.Duration]time.Duration{
		-time.Second: 15 * time.Minute, 0: 15 * time.Minute, 1: 1, time.Hour: time.Hour,
		24 * time.Hour: 24 * time.Hour, 24*time.Hour + 1: 15 * time.Minute,
	} {
		if got := expiry.Guess(before); got != want {
			t.Errorf("after %s: %s", before, got)
		}
	}
}

// The sender's clock is compared with the middle of the exchange; up to half a
// minute is no difference.
func TestSkew_Edges(t *testing.T) {
	at := expiry.At(sent)
	if at.Sent != sent || at.Received != sent {
		t.Errorf("%+v", at)
	}
	for date, want := range map[string]time.Duration{
		"Wed, 20 May 2026 10:00:05 GMT": 0, "Wed, 20 May 2026 10:00:35 GMT": 30 * time.Second,
		"Wed, 20 May 2026 09:59:35 GMT": -30 * time.Second, "Fri, 01 Jan 10000 00:00:00 GMT": 0,
		"Sat, 01 Jan 0000 00:00:00 GMT": 0,
	} {
		x := expiry.Exchange{Sent: sent.Add(400 * time.Millisecond), Received: sent.Add(10 * time.Second), Date: date}
		if got := x.Skew(); got != want {
			t.Errorf("%s: %s", date, got)
		}
		if got, err := expiry.Parse(quarter.Unix(), x); err != nil || !got.Equal(quarter) {
			t.Errorf("%s: moved to %s, %v", date, got, err)
		}
	}
	x := expiry.Exchange{Sent: sent, Received: sent, Date: "Wed, 20 May 2026 10:00:31 GMT"}
	if got, err := expiry.Parse(quarter.Unix(), x); err != nil || !got.Equal(quarter.Add(-31*time.Second)) {
		t.Errorf("31 s ahead: %s, %v", got, err)
	}
}

func TestDeadline_Edges(t *testing.T) {
	latest := exchange.Received.Add(24 * time.Hour)
	for _, at := range []time.Time{latest.Add(-1), latest, latest.Add(1), latest.Add(time.Hour)} {
		want := at
		if at.After(latest) {
			want = latest
		}
		local := expiry.Exchange{Sent: sent.Local(), Received: exchange.Received.In(time.FixedZone("", 3600))}
		if got, err := expiry.Deadline(at, local); err != nil || !got.Equal(want) || got.Location() != time.UTC {
			t.Errorf("%s: %s, %v", at, got, err)
		}
	}
}
