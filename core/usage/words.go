package usage

import (
	"math"
	"strconv"
)

// Percent writes a share as a person reads it, "62 %", and says no more than is
// known: nearly all is not all.
func Percent(n float64) string {
	whole := math.Round(n)
	if whole == 100 && n < 100 {
		whole = 99
	}
	return strconv.FormatFloat(whole, 'f', 0, 64) + " %"
}

// Number writes an amount: "1500", "3.50".
func Number(n float64) string {
	if n == math.Trunc(n) {
		return strconv.FormatFloat(n, 'f', 0, 64)
	}
	return strconv.FormatFloat(n, 'f', 2, 64)
}

// Words returns what is left of a balance as a person reads it: "$3.10 left".
func (b Balance) Words() string {
	switch {
	case b.Unlimited:
		return "unlimited"
	case b.Currency == "USD":
		return "$" + strconv.FormatFloat(b.Amount, 'f', 2, 64) + " left"
	case b.Currency != "":
		return Number(b.Amount) + " " + b.Currency + " left"
	default:
		return Number(b.Amount) + " left"
	}
}
