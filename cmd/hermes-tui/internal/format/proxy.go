package format

import (
	"fmt"
	"strings"
	"time"

	"github.com/hermes-tui/hermes-tui/core/proxies"
)

// Proxy is a proxy that runs, as JSON.
type Proxy struct {
	Listens   []string  `json:"listens"`
	PID       int       `json:"pid"`
	Began     time.Time `json:"began_at"`
	PerMinute int       `json:"requests_per_minute"`
}

// ProxiesJSON are the proxies that run.
func ProxiesJSON(run []proxies.Proxy) []Proxy {
	all := make([]Proxy, 0, len(run))
	for _, p := range run {
		all = append(all, Proxy{p.Listens, p.PID, p.Began, p.PerMinute})
	}
	return all
}

// Proxying says of a proxy where it listens, how busy it is, and since when it runs.
func Proxying(p proxies.Proxy, now time.Time) string {
	busy := "no request"
	if p.PerMinute > 0 {
		busy = Plural(p.PerMinute, "request", "requests")
	}
	return fmt.Sprintf("serve on %s, %s in the last minute, began %s", strings.Join(p.Listens, " and "), busy, Since(p.Began, now))
}
