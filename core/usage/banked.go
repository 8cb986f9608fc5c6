package usage

import (
	"math"
	"strconv"
)

// mostBanked is more resets than anybody has.
const mostBanked = 1000

// BankedWords says how many resets of its windows an account has saved up: "1 banked".
// It is empty where none was told.
func (r Reading) BankedWords() string {
	if r.Banked == nil || *r.Banked == 0 {
		return ""
	}
	return strconv.Itoa(*r.Banked) + " banked"
}

// banked reads how many there are; nil where that is not told, or is no such number.
func banked(f fields, name string) *int {
	n, ok := f.number(name)
	if !ok || n < 0 || n > mostBanked || n != math.Trunc(n) {
		return nil
	}
	whole := int(n)
	return &whole
}
