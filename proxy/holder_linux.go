package proxy

import (
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"strings"

	"github.com/hermes-tui/hermes-tui/core/secret"
)

// holder says who listens at an address: "nginx (pid 12, uid 33)", or what of it
// can be found out; empty when nothing.
func holder(at netip.AddrPort) string {
	s, found, _ := findSocket(func(s socket) bool {
		return s.listening && s.local.Port() == at.Port() && (s.local.Addr() == at.Addr() || s.local.Addr().IsUnspecified())
	})
	if !found {
		return ""
	}
	whose := fmt.Sprintf("uid %d", s.uid)
	if s.uid != os.Getuid() {
		whose += ", another user"
	}
	wanted := fmt.Sprintf("socket:[%d]", s.inode)
	files, _ := filepath.Glob("/proc/[0-9]*/fd/*")
	for _, file := range files {
		if to, err := os.Readlink(file); err != nil || to != wanted {
			continue
		}
		dir := filepath.Dir(filepath.Dir(file))
		name, _ := os.ReadFile(filepath.Join(dir, "comm"))
		return fmt.Sprintf("%s (pid %s, %s)", secret.Clean(strings.TrimSpace(string(name)), 40), filepath.Base(dir), whose)
	}
	return "a program of " + whose
}
