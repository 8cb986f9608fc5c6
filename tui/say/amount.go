package say

import "fmt"

// Amount writes a large count in few cells: "999", "12.3k", "123k", "4.0M". It is
// cut, not rounded: nothing is shown that was not reached.
func Amount(n uint64) string {
	if n < 1000 {
		return fmt.Sprint(n)
	}
	tenths, unit := n/100, 0
	for tenths >= 10_000 && unit < len(amountUnits)-1 {
		tenths, unit = tenths/1000, unit+1
	}
	if tenths < 1000 {
		return fmt.Sprintf("%d.%d%c", tenths/10, tenths%10, amountUnits[unit])
	}
	return fmt.Sprintf("%d%c", tenths/10, amountUnits[unit])
}

const amountUnits = "kMGTP"
