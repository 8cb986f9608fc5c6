package tui

import (
	"slices"
	"strings"

	"github.com/hermes-tui/hermes-tui/core/proxies"
	"github.com/hermes-tui/hermes-tui/tui/cells"
	"github.com/hermes-tui/hermes-tui/tui/say"
)

const (
	mostPorts = 3  // that are named
	portCells = 16 // of one, which may be the name of a socket
)

// runningForms are the words for the proxies that run, the longest first.
func runningForms(run []proxies.Proxy, more, sep string) []string {
	if len(run) == 0 {
		return nil
	}
	var ports []string
	perMinute := 0
	for _, p := range run {
		for _, port := range p.Ports() {
			ports = append(ports, cells.Cut(cells.Clean(port), portCells, more))
		}
		perMinute += p.PerMinute
	}
	ports = slices.Compact(ports)
	where := "serve " + strings.Join(ports[:min(len(ports), mostPorts)], ", ")
	if n := len(ports) - mostPorts; n > 0 {
		where += " and " + say.Thousands(uint64(n)) + " more"
	}
	if perMinute == 0 {
		return []string{where}
	}
	busy := say.Thousands(uint64(perMinute)) + "/min"
	return []string{where + sep + busy, where, "serve" + sep + busy}
}
