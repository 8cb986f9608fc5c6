package sandbox

import (
	"net"
	"net/http"
	"strconv"
	"time"
)

// interfere lets a fault have its way with a request that has been read and
// changed nothing yet. It reports whether the request is dealt with.
func (x *exchange) interfere() bool {
	name := x.s.faults.take(x.event.Kind, false)
	outcome := Outcome("fault:" + name)
	switch name {
	case "":
		return false
	case "ansi":
		x.ansi = true
		return false
	case "slow":
		if x.wait(x.s.opts.SlowFor) {
			return false
		}
		x.record(outcome, 0)
		panic(http.ErrAbortHandler)
	case "hang":
		x.wait(0)
		x.record(outcome, 0)
		panic(http.ErrAbortHandler)
	case "reset":
		x.record(outcome, 0)
		x.reset()
	case "cut":
		x.cut(outcome)
	case "503":
		x.refuseAs(outcome, &refusal{http.StatusServiceUnavailable, "temporarily_unavailable", "the service is down for a moment"})
	case "503-invalid-grant":
		x.refuseAs(outcome, &refusal{http.StatusServiceUnavailable, "invalid_grant", "the token service could not be reached"})
	case "429":
		x.refuseAs(outcome, &refusal{http.StatusTooManyRequests, "rate_limited", "too many requests"})
	case "slow_down":
		x.refuseAs(outcome, &refusal{http.StatusBadRequest, "slow_down", "poll less often"})
	case "html":
		x.send(outcome, http.StatusBadGateway, "text/html",
			[]byte("<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body><center><h1>502 Bad Gateway</h1></center></body>\r\n</html>\r\n"))
	case "redirect":
		x.redirect(outcome, http.StatusTemporaryRedirect, "https://portal.example.invalid"+x.r.URL.Path)
	case "status-error":
		x.answer(outcome, http.StatusOK, statusAnswer{
			Status: "error", BaseResp: &baseResp{1000, "unknown error, please try again later"},
		})
	}
	return true
}

// wait returns true after d. It returns false when the client leaves or the
// server closes before; with a d of 0 it waits for just that.
func (x *exchange) wait(d time.Duration) bool {
	var passed <-chan time.Time
	if d > 0 {
		timer := time.NewTimer(d)
		defer timer.Stop()
		passed = timer.C
	}
	select {
	case <-passed:
		return true
	case <-x.r.Context().Done():
	case <-x.s.closing:
	}
	return false
}

// reset ends the connection with a TCP RST where there is one to reset.
func (x *exchange) reset() {
	conn, _, err := http.NewResponseController(x.w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0)
	}
	_ = conn.Close()
}

// cut sends the beginning of an answer whose header promises more, and closes
// the connection.
func (x *exchange) cut(outcome Outcome) {
	const part = `{"status":"success","access_token":"sandbox-at-cut`
	x.record(outcome, http.StatusOK)
	h := x.w.Header()
	h.Set("Content-Type", "application/json; charset=utf-8")
	h.Set("Content-Length", strconv.Itoa(len(part)+300))
	x.w.WriteHeader(http.StatusOK)
	_, _ = x.w.Write([]byte(part))
	_ = http.NewResponseController(x.w).Flush()
	panic(http.ErrAbortHandler)
}
