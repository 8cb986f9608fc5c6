package sandbox

import (
	"encoding/json"
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
	case "cut":
		x.cut(outcome, `{"status":"success","access_token":"sandbox-at-cut`)
	case "503":
		x.refuseAs(outcome, &refusal{http.StatusServiceUnavailable, "temporarily_unavailable", "the service is down for a moment"})
	case "503-invalid-grant":
		x.refuseAs(outcome, &refusal{http.StatusServiceUnavailable, "invalid_grant", "the token service could not be reached"})
	case "429":
		x.refuseAs(outcome, &refusal{http.StatusTooManyRequests, "rate_limited", "too many requests"})
	case "slow_down":
		x.refuseAs(outcome, &refusal{http.StatusBadRequest, "slow_down", "poll less often"})
	case "no-copilot":
		x.event.Code = "no_copilot_access"
		x.answer(outcome, http.StatusForbidden, noCopilot())
	case "status-error":
		x.answer(outcome, http.StatusOK, statusAnswer{
			Status: "error", BaseResp: &baseResp{1000, "unknown error, please try again later"},
		})
	default:
		return x.disturb(name)
	}
	return true
}

// disturb is the faults that are the same wherever they strike: those of the
// connection, and of whatever stands before the service. It reports whether the
// request is dealt with.
func (x *exchange) disturb(name string) bool {
	outcome := Outcome("fault:" + name)
	switch name {
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
	case "html":
		x.send(outcome, http.StatusBadGateway, "text/html",
			[]byte("<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body><center><h1>502 Bad Gateway</h1></center></body>\r\n</html>\r\n"))
	case "redirect":
		x.redirect(outcome, http.StatusTemporaryRedirect, "https://portal.example.invalid"+x.r.URL.Path)
	}
	return true
}

// upset lets a fault have its way with a request for a message. It reports
// whether the request is dealt with; if not, the fault's name is returned where
// it strikes in the middle of the answer.
func (x *exchange) upset() (fault string, done bool) {
	name := x.s.faults.take(KindModel, false)
	outcome := Outcome("fault:" + name)
	switch name {
	case "":
		return "", false
	case "cut", "stream-error":
		return name, false
	case "401":
		x.deny(outcome, unauthenticated("login fail: the access token is not good any more"))
	case "402":
		x.deny(outcome, &apiError{http.StatusPaymentRequired, "billing_error", "insufficient balance (1008)"})
	case "429":
		x.deny(outcome, &apiError{http.StatusTooManyRequests, "rate_limit_error", "rate limit exceeded, please try again later (1002)"})
	case "503":
		x.deny(outcome, &apiError{http.StatusServiceUnavailable, "api_error", "the service is down for a moment"})
	case "529":
		x.deny(outcome, overloaded())
	default:
		return "", x.disturb(name)
	}
	return "", true
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

// cutShort sends half of an answer.
func (x *exchange) cutShort(answer any) {
	whole, err := json.Marshal(answer)
	if err != nil {
		panic(err) // only plain values come here
	}
	x.cut("fault:cut", string(whole[:len(whole)/2]))
}

// cut sends the beginning of an answer whose header promises more, and closes
// the connection.
func (x *exchange) cut(outcome Outcome, part string) {
	x.record(outcome, http.StatusOK)
	h := x.w.Header()
	h.Set("Content-Type", "application/json; charset=utf-8")
	h.Set("Content-Length", strconv.Itoa(len(part)+300))
	x.w.WriteHeader(http.StatusOK)
	_, _ = x.w.Write([]byte(part))
	_ = http.NewResponseController(x.w).Flush()
	panic(http.ErrAbortHandler)
}
