package proxy

import (
	"fmt"
	"testing"
)

// What a request makes of its address changes nobody else's, and what is kept is bounded.
func TestPlaces(t *testing.T) {
	var p places
	for i := range 3 * mostPlaces {
		base := fmt.Sprintf("http://127.0.0.1:%d/v1", i)
		for range 2 {
			at, err := p.at(base)
			if err != nil || at.String() != base {
				t.Fatalf("%s became %s, %v", base, at, err)
			}
			at.Path += "/responses"
		}
		if len(p.read) > mostPlaces {
			t.Fatalf("%d are kept", len(p.read))
		}
	}
	if _, err := p.at(":"); err == nil {
		t.Error("an address that is none was read")
	}
}
