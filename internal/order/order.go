// Package order sorts short lists of large values, such as accounts, by one piece of
// code for all types: the standard library's way is compiled anew for each of them.
package order

import "sort"

// By sorts a list and leaves equals as they stand. slices.SortStableFunc does the
// same faster, and brings 15 kB of code for each type of value that is sorted,
// which a list of a few dozen is not worth; this is one piece of code for all.
func By[T any](list []T, compare func(a, b T) int) {
	if len(list) < 2 {
		return
	}
	sort.SliceStable(list, func(i, j int) bool { return compare(list[i], list[j]) < 0 })
}
