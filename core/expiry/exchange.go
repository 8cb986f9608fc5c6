package expiry

import (
	"net/http"
	"time"
)

// Tolerance is how far the sender's clock may be off before its times are moved.
const Tolerance = 30 * time.Second

// Exchange says when an expiry was asked for and got, by the local clock, and
// what the sender's clock said then.
type Exchange struct {
	Sent     time.Time // just before the request left; lives count from here
	Received time.Time // when the answer was read
	Date     string    // the answer's Date header, empty when there was none
}

// At is an exchange without a sender: what was written down at one moment, such
// as a file that says when it was obtained.
func At(moment time.Time) Exchange { return Exchange{Sent: moment, Received: moment} }

// Skew returns the sender's clock minus ours, to the second, taking the middle
// of the exchange as the moment at which the sender looked at its clock. It is
// zero when the sender did not say.
func (x Exchange) Skew() time.Duration {
	date, err := http.ParseTime(x.Date)
	if err != nil || date.Year() < 1 {
		return 0
	}
	middle := x.Sent.Add(x.Received.Sub(x.Sent) / 2)
	return date.Sub(middle.Truncate(time.Second)).Round(time.Second)
}
