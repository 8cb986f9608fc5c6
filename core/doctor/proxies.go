package doctor

import (
	"context"
	"fmt"
	"strings"

	"github.com/hermes-tui/hermes-tui/core/proxies"
)

// lookAtProxies lists those that run.
func lookAtProxies(_ context.Context, p *Patient) (found []Finding) {
	for _, one := range p.Accounts.Snapshot().Proxies {
		found = append(found, good(runs(one)))
	}
	return found
}

// runs says of a proxy where it is, since when, and how busy.
func runs(p proxies.Proxy) string {
	return fmt.Sprintf("serve runs on %s since %s (process %d), %s in the last minute",
		strings.Join(p.Listens, " and "), p.Began.Local().Format("2006-01-02 15:04"), p.PID, number(p.PerMinute, "request", "requests"))
}
