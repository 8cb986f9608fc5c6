package proxy

import (
	"net/http"
	"slices"
	"strings"
	"testing"
)

// TestProxy_WhatIsLeftIsNoted: what an answer's headers tell of a plan is noted
// for the account that was asked, also where it is a refusal and another account
// serves.
func TestProxy_WhatIsLeftIsNoted(t *testing.T) {
	t.Parallel()
	r := newRig(t, func(w http.ResponseWriter, q *http.Request) {
		w.Header().Set("X-Left", "much")
		if strings.Contains(q.Header.Get("Authorization"), alpha) {
			w.Header().Set("X-Left", "nothing")
			w.WriteHeader(http.StatusTooManyRequests)
		}
	})
	r.message()
	r.book.mu.Lock()
	defer r.book.mu.Unlock()
	if want := []string{alpha + " nothing", beta + " much"}; !slices.Equal(r.book.told, want) {
		t.Errorf("noted %q, want %q", r.book.told, want)
	}
}
