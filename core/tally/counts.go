package tally

import "time"

// Counts are requests, and the tokens that their answers told. Those that were not
// told are counted nowhere: Unknown says of how many answers they are missing.
type Counts struct {
	Requests   uint64 `json:"requests"`    // that an account served
	Refused    uint64 `json:"refused"`     // that an account did not: it has to wait, or to sign in
	Unknown    uint64 `json:"unknown"`     // requests whose answer did not tell its tokens, or not to the end
	Input      uint64 `json:"input"`       // tokens read anew
	CacheRead  uint64 `json:"cache_read"`  // tokens that came out of the provider's cache
	CacheWrite uint64 `json:"cache_write"` // tokens that were put into it
	Output     uint64 `json:"output"`      // tokens written, those of reasoning among them
	Reasoning  uint64 `json:"reasoning"`   // of Output, where told
	Handed     uint64 `json:"handed"`      // tokens of the account that a program was given, to send requests itself
	Waited     uint64 `json:"waited"`      // requests that waited here, for their key's turn or for a new token
	WaitedMS   uint64 `json:"waited_ms"`   // for how long, all together, in milliseconds
}

// maxCount bounds a number, so that sums stay exact in every program that reads
// JSON.
const maxCount = 1 << 53

// Plus returns the counts together.
func (c Counts) Plus(more Counts) Counts {
	from := more.each()
	for i, to := range c.each() {
		*to = min(min(*to, maxCount)+min(*from[i], maxCount), maxCount)
	}
	return c
}

func (c *Counts) each() [11]*uint64 {
	return [...]*uint64{
		&c.Requests, &c.Refused, &c.Unknown, &c.Input, &c.CacheRead, &c.CacheWrite, &c.Output, &c.Reasoning, &c.Handed, &c.Waited, &c.WaitedMS,
	}
}

// Wait is what a request counts that waited so long; nothing where nobody would notice.
func Wait(d time.Duration) Counts {
	if d < noticed {
		return Counts{}
	}
	return Counts{Waited: 1, WaitedMS: uint64(d.Milliseconds())}
}

// noticed is the shortest time that a request waits.
const noticed = 100 * time.Millisecond

// WaitedFor is how long requests waited, all together.
func (c Counts) WaitedFor() time.Duration { return time.Duration(c.WaitedMS) * time.Millisecond }

// In is the tokens that were read, from the cache or not.
func (c Counts) In() uint64 { return c.Input + c.CacheRead + c.CacheWrite }

// Tokens is all tokens, read and written.
func (c Counts) Tokens() uint64 { return c.In() + c.Output }

// IsZero reports whether nothing was counted.
func (c Counts) IsZero() bool { return c == Counts{} }

// Use is who used what. A program or a model that is not known is empty.
type Use struct {
	Account string `json:"account"` // id
	Program string `json:"program"`
	Model   string `json:"model"`
}

// SlotLength is the time that a row is about.
const SlotLength = 20 * time.Minute

// Row is what was counted in one slot.
type Row struct {
	Slot time.Time `json:"slot"` // its beginning, UTC
	Use
	Counts
	Host string `json:"host,omitempty"` // of the fleet that counted; empty: this one
}

// End is the end of its slot.
func (r Row) End() time.Time { return r.Slot.Add(SlotLength) }

// Since reports whether some of its slot is behind t.
func (r Row) Since(t time.Time) bool { return r.End().After(t) }
