package doctor

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"github.com/hermes-tui/hermes-tui/core/upkeep"
)

const (
	// networkTime bounds asking one server.
	networkTime = 10 * time.Second
	// clockDrift is how much two clocks may differ: the resolution of the Date
	// header, and some seconds on the way.
	clockDrift = 30 * time.Second
)

// lookAtNetwork asks every server that accounts need for its front page, without
// a token, and compares its clock with ours.
func lookAtNetwork(ctx context.Context, p *Patient) []Finding {
	var found []Finding
	for _, server := range p.Accounts.Servers() {
		found = append(found, askServer(ctx, p, server))
	}
	return found
}

func askServer(ctx context.Context, p *Patient, server upkeep.Server) Finding {
	u, err := url.Parse(server.URL)
	if err != nil || u.Host == "" {
		return bad(server.Name+" has no address", "correct [endpoints] in "+p.Config)
	}
	front := url.URL{Scheme: u.Scheme, Host: u.Host, Path: "/"}
	ctx, cancel := context.WithTimeout(ctx, networkTime)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodHead, front.String(), nil)
	if err != nil {
		return bad(server.Name+" has no address", "correct [endpoints] in "+p.Config)
	}
	request.Header.Set("User-Agent", p.UserAgent)
	sent := p.Clock.Now()
	answer, err := p.Transport.RoundTrip(request)
	if err != nil {
		return bad(fmt.Sprintf("%s (%s) cannot be reached: %v", server.Name, u.Host, err),
			"check the network; behind a proxy set HTTPS_PROXY, and ca_bundle if it has a certificate of its own")
	}
	_, _ = io.Copy(io.Discard, io.LimitReader(answer.Body, 1<<20))
	_ = answer.Body.Close()
	there, err := http.ParseTime(answer.Header.Get("Date"))
	if err != nil {
		return good(fmt.Sprintf("%s (%s) answers", server.Name, u.Host))
	}
	middle := sent.Add(p.Clock.Now().Sub(sent) / 2)
	if drift := there.Sub(middle); drift.Abs() > clockDrift {
		return warning(fmt.Sprintf("the clock of %s differs from this machine's by %s", u.Host, drift.Round(time.Second)),
			"set this machine's clock, best by NTP")
	}
	return good(fmt.Sprintf("%s (%s) answers, and its clock agrees", server.Name, u.Host))
}
