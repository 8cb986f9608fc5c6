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

func (c *Counts) each() [8]*uint64 {
	return [8]*uint64{&c.Requests, &c.Refused, &c.Unknown, &c.Input, &c.CacheRead, &c.CacheWrite, &c.Output, &c.Reasoning}
}

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
}
