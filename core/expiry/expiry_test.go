package expiry_test

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/hermes-tui/hermes-tui/core/expiry"
	"github.com/hermes-tui/hermes-tui/core/secret"
)

var (
	sent     = time.Date(2026, 5, 20, 10, 0, 0, 0, time.UTC)
	exchange = expiry.Exchange{Sent: sent, Received: sent.Add(2 * time.Second)}
	quarter  = sent.Add(15 * time.Minute)
)

func TestParse(t *testing.T) {
	for _, tc := range []struct {
		name string
		in   any
		want time.Time
	}{
		{"life in seconds counts from sending", 900, quarter},
		{"as JSON", json.RawMessage(`900`), quarter},
		{"as JSON in a string", json.RawMessage(` "900" `), quarter},
		{"as JSON float", json.RawMessage(`900.0`), quarter},
		{"as JSON exponent", json.RawMessage(`9e2`), quarter},
		{"as json.Number", json.Number("900"), quarter},
		{"as text", " 900 ", quarter},
		{"as float", 900.0, quarter},
		{"part of a second", json.RawMessage(`1.5`), sent.Add(1500 * time.Millisecond)},
		{"no life is a second", 0, sent.Add(time.Second)},
		{"half a second is a second", 0.5, sent.Add(time.Second)},
		{"three years", 94608000, sent.Add(94608000 * time.Second)},
		{"epoch seconds", quarter.Unix(), quarter},
		{"epoch seconds in a string", fmt.Sprint(quarter.Unix()), quarter},
		{"epoch seconds as float", float64(quarter.Unix()) + 0.25, quarter.Add(250 * time.Millisecond)},
		{"epoch milliseconds", quarter.UnixMilli(), quarter},
		{"epoch milliseconds as JSON", json.RawMessage(`1779271872000`), time.UnixMilli(1779271872000).UTC()},
		{"epoch milliseconds in a string", "1779271872000", time.UnixMilli(1779271872000).UTC()},
		{"RFC 3339", "2026-05-20T10:15:00Z", quarter},
		{"with microseconds", "2026-05-20T10:15:00.000000+00:00", quarter},
		{"with an offset", "2026-05-20T18:15:00+08:00", quarter},
		{"in small letters", "2026-05-20t10:15:00z", quarter},
		{"as JSON date", json.RawMessage(`"2026-05-20T12:15:00+02:00"`), quarter},
		{"as time", quarter.In(time.FixedZone("", 3600)), quarter},
		{"already over is an answer too", sent.Add(-time.Hour).Unix(), sent.Add(-time.Hour)},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got, err := expiry.Parse(tc.in, exchange)
			if err != nil || !got.Equal(tc.want) {
				t.Errorf("got %v, %v, want %v", got, err, tc.want)
			}
			if got.Location() != time.UTC {
				t.Errorf("got location %v", got.Location())
			}
		})
	}
}

func TestParse_Refuses(t *testing.T) {
	for _, tc := range []struct {
		name  string
		in    any
		value string // that the error names
		why   string
	}{
		{"nothing", nil, "", "missing"},
		{"JSON null", json.RawMessage(`null`), "", "missing"},
		{"no JSON", json.RawMessage(``), "", "missing"},
		{"empty text", json.RawMessage(`" "`), "", "empty"},
		{"negative", -5, "-5", "negative"},
		{"negative in a string", json.RawMessage(`"-900"`), "-900", "negative"},
		{"NaN", math.NaN(), "NaN", "not a number"},
		{"NaN in a string", "NaN", "NaN", "not a number"},
		{"infinite", math.Inf(1), "+Inf", "ten years"},
		{"infinite in a string", "Infinity", "Infinity", "not a number"},
		{"overflow", json.RawMessage(`1e400`), "1e400", "ten years"},
		{"very negative", json.RawMessage(`-1e400`), "-1e400", "negative"},
		{"microseconds since 1970", json.RawMessage(`1779271872000000`), "1779271872000000", "ten years"},
		{"a life of eleven years", 11 * 365 * 86400, "346896000", "ten years"},
		{"the year 2082", sent.Unix() * 2, "3558542400", "ten years"},
		{"the year 583911 in a date", "583911-01-01T00:00:00Z", "583911", "not a number or a date"},
		{"the year 9999", "9999-12-31T23:59:59Z", "9999", "ten years"},
		{"the year 1", "0001-01-01T00:00:00Z", "0001", "past"},
		{"a date without an offset", "2026-05-20T10:15:00", "2026", "not a number or a date"},
		{"a word", json.RawMessage(`"soon"`), "soon", "not a number or a date"},
		{"hexadecimal", "0x10", "0x10", "not a number or a date"},
		{"signs only", "--", "--", "not a number or a date"},
		{"an object", json.RawMessage(`{"seconds":900}`), "seconds", "not a number or a date"},
		{"a truth", json.RawMessage(`true`), "true", "not a number or a date"},
		{"a value of another kind", []int{1}, "[1]", "not a number or a date"},
		{"half a string", json.RawMessage(`"90`), `"90`, "not readable"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got, err := expiry.Parse(tc.in, exchange)
			var e *expiry.Error
			if !errors.As(err, &e) || !errors.Is(err, expiry.ErrInvalid) || !got.IsZero() {
				t.Fatalf("got %v, %v", got, err)
			}
			if !strings.Contains(e.Value, tc.value) || !strings.Contains(e.Why, tc.why) {
				t.Errorf("the error is %q", err)
			}
		})
	}
}

func TestParse_ErrorIsCleanAndShort(t *testing.T) {
	_, err := expiry.Parse("\x1b]52;c;x\a"+strings.Repeat("9", 5000)+"x", exchange)
	if err == nil || len(err.Error()) > 120 || strings.ContainsAny(err.Error(), "\x1b\a") {
		t.Errorf("the error is %q", err)
	}
}

func TestParse_WrongClocks(t *testing.T) {
	dated := func(off time.Duration) expiry.Exchange {
		x := exchange
		x.Date = sent.Add(off).Format("Mon, 02 Jan 2006 15:04:05 GMT")
		return x
	}
	for _, tc := range []struct {
		off, moved time.Duration
	}{
		{0, 0},
		{30 * time.Second, 0},
		{31 * time.Second, 0}, // 30 s from the middle of the exchange
		{40 * time.Second, 39 * time.Second},
		{-40 * time.Second, -41 * time.Second},
		{365 * 24 * time.Hour, 365*24*time.Hour - time.Second},
		{-365 * 24 * time.Hour, -365*24*time.Hour - time.Second},
	} {
		t.Run(tc.off.String(), func(t *testing.T) {
			x := dated(tc.off)
			// Fifteen minutes from now by the clock of the one who says it.
			got, err := expiry.Parse(quarter.Add(tc.off).UnixMilli(), x)
			if want := quarter.Add(tc.off - tc.moved); err != nil || !got.Equal(want) {
				t.Errorf("absolute: got %v, %v, want %v", got, err, want)
			}
			if got, _ := expiry.Parse(900, x); !got.Equal(quarter) {
				t.Errorf("a life was moved to %v", got)
			}
		})
	}
}

func TestSkew(t *testing.T) {
	x := exchange
	if x.Skew() != 0 {
		t.Error("no date, but a skew")
	}
	x.Date = "yesterday"
	if x.Skew() != 0 {
		t.Error("no readable date, but a skew")
	}
	x.Date = "Wed, 20 May 2026 10:02:01 GMT"
	if got := x.Skew(); got != 2*time.Minute {
		t.Errorf("skew is %v", got)
	}
}

func TestDeadline(t *testing.T) {
	for _, tc := range []struct {
		name string
		in   any
		want time.Time
	}{
		{"unix milliseconds", quarter.UnixMilli(), quarter},
		{"life in seconds", 300, sent.Add(5 * time.Minute)},
		{"a year counts as a day", 365 * 86400, exchange.Received.Add(24 * time.Hour)},
		{"over already", sent.Add(-time.Minute).UnixMilli(), sent.Add(-time.Minute)},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got, err := expiry.Deadline(tc.in, exchange)
			if err != nil || !got.Equal(tc.want) {
				t.Errorf("got %v, %v, want %v", got, err, tc.want)
			}
		})
	}
	if _, err := expiry.Deadline(-1, exchange); !errors.Is(err, expiry.ErrInvalid) {
		t.Errorf("a negative deadline gave %v", err)
	}
}

func jwt(payload string) secret.Secret {
	return secret.New("eyFAKE." + base64.RawURLEncoding.EncodeToString([]byte(payload)) + ".sig")
}

func TestFromJWT(t *testing.T) {
	for name, payload := range map[string]string{
		"seconds":   fmt.Sprintf(`{"sub":"x","exp":%d}`, quarter.Unix()),
		"in string": fmt.Sprintf(`{"exp":"%d"}`, quarter.Unix()),
		"float":     fmt.Sprintf(`{"exp":%d.0}`, quarter.Unix()),
	} {
		if got, err := expiry.FromJWT(jwt(payload), exchange); err != nil || !got.Equal(quarter) {
			t.Errorf("%s: got %v, %v", name, got, err)
		}
	}
	for name, token := range map[string]secret.Secret{
		"empty":        {},
		"opaque":       secret.New("FAKE-mm-at-1"),
		"two parts":    secret.New("a.b"),
		"not base64":   secret.New("a.!!.c"),
		"not JSON":     secret.New("a.YWJj.c"),
		"no exp":       jwt(`{"sub":"x"}`),
		"a life":       jwt(`{"exp":900}`),
		"a small text": jwt(`{"exp":"900"}`),
		"a list":       jwt(`{"exp":[1]}`),
		"absurd":       jwt(`{"exp":99999999999999999}`),
	} {
		got, err := expiry.FromJWT(token, exchange)
		if !errors.Is(err, expiry.ErrInvalid) || !got.IsZero() {
			t.Errorf("%s: got %v, %v", name, got, err)
		}
		if err != nil && !token.IsZero() && strings.Contains(err.Error(), token.Reveal()) {
			t.Errorf("%s: the error quotes the token", name)
		}
	}
}

// Within one meaning of a number, a larger one never ends earlier.
func TestParse_IsMonotonic(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		band := rapid.SampledFrom([][2]int64{{0, 1e9 - 1}, {1e9, 1e12 - 1}, {1e12, 4e12}}).Draw(t, "band")
		a := rapid.Int64Range(band[0], band[1]).Draw(t, "a")
		b := rapid.Int64Range(a, band[1]).Draw(t, "b")
		first, errA := expiry.Parse(a, exchange)
		second, errB := expiry.Parse(b, exchange)
		if errB == nil && errA != nil {
			t.Fatalf("%d is refused (%v), %d is not", a, errA, b)
		}
		if errB == nil && second.Before(first) {
			t.Fatalf("%d ends %v, %d ends %v", a, first, b, second)
		}
	})
}

// Every spelling of one moment is that moment.
func TestParse_SpellingsAgree(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		at := sent.Add(time.Duration(rapid.IntRange(1, 9*365*86400).Draw(t, "seconds")) * time.Second)
		zone := time.FixedZone("", 60*rapid.IntRange(-14*60, 14*60).Draw(t, "zone"))
		for _, v := range []any{
			at.Unix(), at.UnixMilli(), fmt.Sprint(at.Unix()), float64(at.UnixMilli()),
			at.In(zone).Format(time.RFC3339), int64(at.Sub(sent).Seconds()), at,
			json.RawMessage(fmt.Sprintf("%q", at.In(zone).Format(time.RFC3339Nano))),
		} {
			if got, err := expiry.Parse(v, exchange); err != nil || !got.Equal(at) {
				t.Fatalf("%v: got %v, %v, want %v", v, got, err, at)
			}
		}
	})
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"900", "1779271872000", `"2026-05-20T10:15:00Z"`, "1e308", "NaN", `"9999-12-31T23:59:59Z"`, "null", "-0"} {
		f.Add([]byte(s), int64(1779271872), int64(2), "Wed, 20 May 2026 10:02:01 GMT")
	}
	f.Add([]byte("9"), int64(math.MaxInt64), int64(math.MinInt64), "Fri, 31 Dec 9999 23:59:59 GMT")
	f.Fuzz(func(t *testing.T, raw []byte, unix, took int64, date string) {
		x := expiry.Exchange{Sent: time.Unix(unix, 0), Date: date}
		x.Received = x.Sent.Add(time.Duration(took))
		for _, parse := range []func(any, expiry.Exchange) (time.Time, error){expiry.Parse, expiry.Deadline} {
			for _, v := range []any{json.RawMessage(raw), string(raw)} {
				at, err := parse(v, x)
				if (err == nil) == at.IsZero() {
					t.Fatalf("%v with error %v", at, err)
				}
				if err != nil && !errors.Is(err, expiry.ErrInvalid) {
					t.Fatalf("untyped error %v", err)
				}
				if err == nil && (at.Year() > 9999 || at.Year() < 1) {
					t.Fatalf("year %d", at.Year())
				}
				if _, err := json.Marshal(at); err != nil {
					t.Fatal(err)
				}
			}
		}
	})
}
