package expiry

import (
	"net/http"
	"testing"
	"time"
)

func TestWait(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 5, 20, 10, 0, 0, 0, time.UTC)
	date := func(d time.Duration) string { return now.Add(d).Format(http.TimeFormat) }
	for name, c := range map[string]struct {
		ms, after, date string
		want            time.Duration
	}{
		"nothing":                  {want: 0},
		"seconds":                  {after: "30", want: 30 * time.Second},
		"spaces":                   {after: " 30 ", want: 30 * time.Second},
		"parts of a second":        {after: "1.5", want: 1500 * time.Millisecond},
		"milliseconds":             {ms: "250", want: 250 * time.Millisecond},
		"milliseconds go first":    {ms: "250", after: "30", want: 250 * time.Millisecond},
		"milliseconds unreadable":  {ms: "soon", after: "30", want: 30 * time.Second},
		"zero":                     {after: "0", want: 0},
		"negative":                 {after: "-5", want: 0},
		"no number":                {after: "NaN", want: 0},
		"endless":                  {after: "+Inf", want: Horizon},
		"huge":                     {after: "1e300", want: Horizon},
		"huge milliseconds":        {ms: "1e300", want: Horizon},
		"unreadable":               {after: "in a minute", want: 0},
		"a date":                   {after: date(time.Minute), want: time.Minute},
		"a date as of old":         {after: "Wednesday, 20-May-26 10:00:10 GMT", want: 10 * time.Second},
		"a date that is past":      {after: date(-time.Minute), want: 0},
		"a date far ahead":         {after: date(20 * 365 * 24 * time.Hour), want: Horizon},
		"by the sender's clock":    {after: date(-time.Hour + time.Minute), date: date(-time.Hour), want: time.Minute},
		"a sender that is ahead":   {after: date(time.Hour + time.Minute), date: date(time.Hour), want: time.Minute},
		"a sender with an odd day": {after: date(time.Minute), date: "yesterday", want: time.Minute},
	} {
		t.Run(name, func(t *testing.T) {
			h := http.Header{}
			for name, value := range map[string]string{"Retry-After-Ms": c.ms, "Retry-After": c.after, "Date": c.date} {
				if value != "" {
					h.Set(name, value)
				}
			}
			if got := Wait(h, now); got != c.want {
				t.Errorf("%v, want %v", got, c.want)
			}
		})
	}
}

func FuzzWait(f *testing.F) {
	f.Add("", "7", "")
	f.Add("250", "Wed, 20 May 2026 10:01:30 GMT", "Wed, 20 May 2026 10:00:00 GMT")
	f.Add("1e309", "-1", "Fri, 31 Dec 9999 23:59:59 GMT")
	f.Fuzz(func(t *testing.T, ms, after, date string) {
		h := http.Header{"Retry-After-Ms": {ms}, "Retry-After": {after}, "Date": {date}}
		if got := Wait(h, time.Unix(1779271200, 0)); got < 0 || got > Horizon {
			t.Fatalf("%q, %q: %v", ms, after, got)
		}
	})
}
