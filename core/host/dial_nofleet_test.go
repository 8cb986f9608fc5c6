//go:build nofleet

package host

import (
	"errors"
	"strings"
	"testing"

	"github.com/hermes-tui/hermes-tui/core/autherr"
)

// A program without fleets says so wherever the etcd would be asked.
func TestDial_WithoutFleets(t *testing.T) {
	store, err := dial(Etcd{Endpoints: []string{"http://127.0.0.1:2379"}}, key{})
	var e *autherr.Error
	if store != nil || !errors.As(err, &e) || e.Kind != autherr.Usage || !strings.Contains(e.Message, "without fleets") {
		t.Errorf("%v, %v", store, err)
	}
}
