package order_test

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/hermes-tui/hermes-tui/internal/order"
)

// By does what the standard library does.
func TestBy(t *testing.T) {
	type pair struct{ Key, At int }
	rapid.Check(t, func(t *rapid.T) {
		list := rapid.SliceOf(rapid.Custom(func(t *rapid.T) pair {
			return pair{rapid.IntRange(0, 5).Draw(t, "key"), rapid.Int().Draw(t, "at")}
		})).Draw(t, "list")
		compare := func(a, b pair) int { return a.Key - b.Key }
		want := slices.Clone(list)
		slices.SortStableFunc(want, compare)
		if order.By(list, compare); !slices.Equal(list, want) {
			t.Fatalf("%v, want %v", list, want)
		}
	})
}
