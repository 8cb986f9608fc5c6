package host

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/internal/etcd"
)

// Where a change may have been made, nobody is told that nothing was.
func TestExplain_Unclear(t *testing.T) {
	m := &Member{}
	for _, unclear := range []error{&etcd.Error{Kind: etcd.Unclear}, &etcd.Error{Kind: etcd.Unreachable, Maybe: true}} {
		err := fmt.Errorf("%w; before that: %w", &etcd.Error{Kind: etcd.Unreachable}, unclear)
		var e *autherr.Error
		if !errors.As(m.explain(err), &e) || strings.Contains(e.Hint, unchanged) || !strings.Contains(e.Hint, "fleet status") {
			t.Errorf("%+v", e)
		}
	}
	var e *autherr.Error
	if !errors.As(m.explain(&etcd.Error{Kind: etcd.Unreachable}), &e) || !strings.HasSuffix(e.Hint, unchanged) {
		t.Errorf("a call that did not leave: %+v", e)
	}
}

// What stops a removal under way says that it may be done, and how it goes on; with what a
// person can do about it.
func TestUnfinished(t *testing.T) {
	m := &Member{}
	disk := &autherr.Error{Kind: autherr.Keystore, Code: autherr.CodeRecordDamaged, Message: "no space", Hint: "make room"}
	for _, err := range []error{m.explain(&etcd.Error{Kind: etcd.Unreachable}), disk} {
		var e *autherr.Error
		if !errors.As(unfinished("pod", err), &e) || autherr.CodeOf(err) != e.Code || e.Error() != err.Error() {
			t.Fatalf("%+v", e)
		}
		if strings.Contains(e.Hint, unchanged) || !strings.HasSuffix(e.Hint, "pod may be removed already: `hermes-tui fleet remove` of it again goes on") || strings.HasPrefix(e.Hint, ";") {
			t.Error(e.Hint)
		}
	}
	if wrong := usage("no such host", "look"); unfinished("pod", wrong) != wrong || unfinished("pod", nil) != nil {
		t.Error("a wrong call, or none that failed")
	}
}
