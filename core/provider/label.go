package provider

import "strconv"

// Numbered returns the first of base, base-2, base-3, … that is free.
func Numbered(base string, taken func(string) bool) string {
	label := base
	for n := 2; taken(label); n++ {
		label = base + "-" + strconv.Itoa(n)
	}
	return label
}
