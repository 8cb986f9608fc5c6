package launchd

import (
	"runtime"
	"testing"
)

// Only launchd's own child asks it: not what was started in a terminal or by a job.
func TestStarted(t *testing.T) {
	for _, tc := range []struct {
		label  string
		parent int
		want   bool
	}{
		{"io.github.hermes-tui.serve", 1, true},
		{"io.github.hermes-tui.serve", 4711, false}, // a job's child
		{"0", 1, false}, // of a terminal that is gone
		{"application.com.example.Editor.1", 4711, false},
		{"", 1, false},
	} {
		if got := Started(func(name string) string { return map[string]string{"XPC_SERVICE_NAME": tc.label}[name] }, tc.parent); got != tc.want {
			t.Errorf("%+v: %v", tc, got)
		}
	}
}

// Outside of macOS nothing is asked, and nothing is there.
func TestSockets_Elsewhere(t *testing.T) {
	if runtime.GOOS == "darwin" {
		t.Skip("this is macOS")
	}
	if files, err := Sockets("proxy"); files != nil || err != nil {
		t.Errorf("%v, %v", files, err)
	}
}
