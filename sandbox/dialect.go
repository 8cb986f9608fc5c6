package sandbox

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// dialect is whose errors an account's provider answers with, on OpenAI's
// formats. The shapes are what programs that talk to the providers have met.
type dialect string

// The dialects; the empty one is OpenAI's.
const (
	openAIDialect     dialect = ""
	xaiDialect        dialect = "xai"
	codexDialect      dialect = "codex"
	openRouterDialect dialect = "openrouter"
	nousDialect       dialect = "nous"
	copilotDialect    dialect = "copilot"
	kimiDialect       dialect = "kimi"
)

// trouble is an error answer.
type trouble struct {
	status int
	code   string // for the log
	header map[string]string
	body   any
}

// keyPrefixes are how API keys of the sandbox begin, which are as many accounts
// as there are keys: whatever follows is a name.
var keyPrefixes = []struct {
	begins string
	speaks dialect
}{
	{"sk-sandbox-", openAIDialect},
	{"xai-sandbox-", xaiDialect},
	{"sk-or-sandbox-", openRouterDialect},
}

// keyName reads an API key of the sandbox.
func keyName(token string) (account string, ok bool) {
	for _, p := range keyPrefixes {
		if name, found := strings.CutPrefix(token, p.begins); found && name != "" {
			sum := sha256.Sum256([]byte(token))
			return "key-" + hex.EncodeToString(sum[:4]), true
		}
	}
	return "", false
}

// dialectOf is whose token it is by its spelling, also one that is not good.
func dialectOf(token string) dialect {
	for _, p := range keyPrefixes {
		if strings.HasPrefix(token, p.begins) {
			return p.speaks
		}
	}
	if strings.HasPrefix(token, "sandbox-at-xai-") {
		return xaiDialect
	}
	return openAIDialect
}

// wrong is an error in the dialect's shape: OpenAI's object, xAI's code beside a
// sentence (NousResearch/hermes-agent #82052), Codex's detail (openai/codex
// #26173), OpenRouter's object with a status as its code.
func (d dialect) wrong(status int, kind, code, message string) trouble {
	t := trouble{status: status, code: code}
	switch d {
	case xaiDialect:
		t.body = fields{"code": code, "error": message}
	case codexDialect:
		t.body = fields{"detail": message}
	case openRouterDialect:
		t.body = fields{"error": fields{"code": status, "message": message}}
	default:
		t.body = openAIBody(kind, code, message)
	}
	return t
}

func openAIBody(kind, code, message string) fields {
	e := fields{"message": message, "type": kind, "param": nil, "code": nil}
	if code != "" {
		e["code"] = code
	}
	return fields{"error": e}
}

// bad is a request that no provider takes.
func (d dialect) bad(message string) trouble {
	return d.wrong(http.StatusBadRequest, "invalid_request_error", "invalid_request", message)
}

// stranger refuses a token. xAI says 403 for one that has ended.
func (d dialect) stranger() trouble {
	switch d {
	case xaiDialect:
		return d.wrong(http.StatusForbidden, "", "unauthenticated:bad-credentials", "The OAuth2 access token could not be validated.")
	case codexDialect:
		return trouble{status: http.StatusUnauthorized, code: "token_expired", body: openAIBody("invalid_request_error", "token_expired",
			"Provided authentication token is expired. Please try signing in again.")}
	case openRouterDialect:
		return d.wrong(http.StatusUnauthorized, "", "401", "User not found.")
	case copilotDialect: // plain text
		return trouble{status: http.StatusUnauthorized, code: "token_expired", body: "unauthorized: token expired\n"}
	case kimiDialect:
		return d.wrong(http.StatusUnauthorized, "invalid_authentication_error", "", "The API Key appears to be invalid or may have expired. Please verify your credentials and try again.")
	default:
		return d.wrong(http.StatusUnauthorized, "invalid_request_error", "invalid_api_key", "Incorrect API key provided. You can find your API key at https://platform.openai.com/account/api-keys.")
	}
}

// usedUp says that a plan's quota is spent until a time.
func (d dialect) usedUp(now, until time.Time) trouble {
	seconds := int64(math.Ceil(until.Sub(now).Seconds()))
	switch d {
	case xaiDialect:
		return d.wrong(http.StatusTooManyRequests, "", "subscription:free-usage-exhausted", "You have used up what your subscription includes for free.")
	case codexDialect: // codex-api/src/api_bridge.rs and rate_limits.rs
		return trouble{
			status: http.StatusTooManyRequests, code: "usage_limit_reached",
			header: map[string]string{
				"X-Codex-Primary-Used-Percent": "100", "X-Codex-Primary-Window-Minutes": "300",
				"X-Codex-Primary-Reset-At": strconv.FormatInt(until.Unix(), 10),
			},
			body: fields{"error": limitReached(until, seconds)},
		}
	case copilotDialect: // github/copilot-cli #3431: no header says until when
		return trouble{status: http.StatusPaymentRequired, code: "quota_exceeded", body: fields{"error": fields{"message": "You have no quota", "code": "quota_exceeded"}}}
	case kimiDialect:
		return d.wrong(http.StatusTooManyRequests, "exceeded_current_quota_error", "", "You've reached your usage limit for this billing cycle. Your quota will be refreshed in the next cycle.")
	case nousDialect: // seconds, with a fraction
		t := d.wrong(http.StatusTooManyRequests, "rate_limit_error", "rate_limit_exceeded", "Rate limit exceeded.")
		t.header = map[string]string{
			"X-Ratelimit-Remaining-Requests-1h": "0", "X-Ratelimit-Reset-Requests-1h": fmt.Sprintf("%.3f", until.Sub(now).Seconds()),
		}
		return t
	case openRouterDialect:
		t := d.wrong(http.StatusTooManyRequests, "", "429", "Rate limit exceeded: free-models-per-day.")
		t.header = map[string]string{"X-Ratelimit-Remaining": "0", "X-Ratelimit-Reset": strconv.FormatInt(until.UnixMilli(), 10)}
		return t
	default: // a duration as Go writes it, and a sentence
		wait := (time.Duration(seconds) * time.Second).String()
		t := d.wrong(http.StatusTooManyRequests, "requests", "rate_limit_exceeded", "Rate limit reached for requests per min (RPM): Limit 3, Used 3. Please try again in "+wait+".")
		t.header = map[string]string{"X-Ratelimit-Remaining-Requests": "0", "X-Ratelimit-Reset-Requests": wait}
		return t
	}
}

// limitReached is the error of Codex's that says when its limit ends.
func limitReached(until time.Time, seconds int64) fields {
	return fields{
		"type": "usage_limit_reached", "message": "The usage limit has been reached", "plan_type": "plus",
		"resets_at": until.Unix(), "resets_in_seconds": seconds,
	}
}
