package proxy

import (
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"strconv"
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
	pid := pidOf(s.inode)
	if pid == 0 {
		return "a program of " + whose
	}
	name, _ := os.ReadFile(fmt.Sprintf("/proc/%d/comm", pid))
	return fmt.Sprintf("%s (pid %d, %s)", secret.Clean(strings.TrimSpace(string(name)), 40), pid, whose)
}

// pidOf returns a process that holds the socket, 0 where none is found that we may
// look at.
func pidOf(inode uint64) int {
	wanted := fmt.Sprintf("socket:[%d]", inode)
	files, _ := filepath.Glob("/proc/[0-9]*/fd/*")
	for _, file := range files {
		if to, err := os.Readlink(file); err != nil || to != wanted {
			continue
		}
		pid, _ := strconv.Atoi(filepath.Base(filepath.Dir(filepath.Dir(file))))
		return pid
	}
	return 0
}
