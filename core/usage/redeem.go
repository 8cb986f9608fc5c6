package usage

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/hermes-tui/hermes-tui/core/autherr"
)

// ResetAt is where a banked reset is used, of an account whose model API is at base;
// empty where a provider has none (codex-rs/backend-client, rate_limit_reset_credits).
func (t Teller) ResetAt(base string) string {
	if t != CodexTells {
		return ""
	}
	all := atCodex(base)
	return strings.TrimSuffix(all[0].URL, "/usage") + "/rate-limit-reset-credits/consume"
}

// UsedUp are the windows of which all is used, and which have not begun anew.
func (r Reading) UsedUp(now time.Time) []Window {
	return slices.DeleteFunc(r.Counting("", now), func(w Window) bool { return w.Used == nil || *w.Used < 100 })
}

// ResetOffered is nil where a banked reset gives an account, which a person knows by
// label, room again, else the reason why none is used.
func (k Known) ResetOffered(label string, now time.Time) error {
	reading := k.Reading.Now(now)
	switch {
	case reading.Banked == nil || *reading.Banked == 0:
		return notOffered("no reset is banked for "+label, "`hermes-tui usage` shows who has one")
	case len(reading.UsedUp(now)) == 0:
		return notOffered("no window of "+label+"'s plan is used up, so that its banked reset is kept", "use it when one is")
	}
	return nil
}

func notOffered(message, hint string) error {
	return &autherr.Error{Kind: autherr.Usage, Code: autherr.CodeNotReset, Message: message, Hint: hint}
}

// Redemption is what it takes to use a banked reset.
type Redemption struct {
	Account string
	URL     string // see [Teller.ResetAt]
	// Request names this use of a reset. Sent again it uses no second one.
	Request string
	// Sign puts the account's token on a request, if it may go there.
	Sign func(*http.Request) error
}

// Redeem uses one of an account's banked resets: its windows begin anew. Where the
// provider does not answer it is asked once more. What is known of the plan counts as
// old afterwards, so that it is asked for at once.
func (m *Meter) Redeem(ctx context.Context, r Redemption) error {
	asking, cancel := context.WithTimeoutCause(ctx, 2*askTime, errLate)
	defer cancel()
	err := m.redeem(asking, r)
	if autherr.KindOf(err) == autherr.Network && asking.Err() == nil {
		err = m.redeem(asking, r)
	}
	ctx, done := context.WithTimeout(context.WithoutCancel(ctx), askTime)
	defer done()
	return errors.Join(err, m.file.change(ctx, func(all map[string]Known) {
		k := all[r.Account]
		k.Asked = time.Time{}
		all[r.Account] = k
	}))
}

func (m *Meter) redeem(ctx context.Context, r Redemption) error {
	body, err := json.Marshal(map[string]string{"redeem_request_id": r.Request})
	if err != nil {
		return err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, r.URL, bytes.NewReader(body))
	if err != nil {
		return err
	}
	if err := r.Sign(request); err != nil {
		return err
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Accept", "application/json")
	res, err := m.client.Do(request)
	if err != nil {
		return unanswered(err)
	}
	defer func() { _ = res.Body.Close() }()
	text, err := io.ReadAll(io.LimitReader(res.Body, maxBody))
	switch {
	case err != nil || res.StatusCode/100 == 5:
		return unanswered(err)
	case res.StatusCode != http.StatusOK:
		return notRedeemed("the provider refuses to use a banked reset ("+res.Status+")", "look at the plan's page there")
	}
	return redeemed(text)
}

// redeemed reads what came of it.
func redeemed(body []byte) error {
	f, ok := read(body)
	if !ok {
		return unanswered(ErrNotTold)
	}
	switch f.text("code") {
	case "reset", "already_redeemed":
		return nil
	case "nothing_to_reset":
		return notRedeemed("the provider says that no window is used, so that there is nothing to reset", "keep it until a window is used up")
	case "no_credit":
		return notRedeemed("no banked reset is left", "wait until the window begins anew")
	default:
		return unanswered(ErrNotTold)
	}
}

func notRedeemed(message, hint string) error {
	return &autherr.Error{Kind: autherr.Failed, Code: autherr.CodeNotReset, Message: message, Hint: hint}
}

// unanswered says that nobody knows what came of it.
func unanswered(err error) error {
	return &autherr.Error{
		Kind: autherr.Network, Code: autherr.CodeUnreachable, Err: err,
		Message: "the provider did not answer whether the banked reset was used", Hint: "look with `hermes-tui usage` how many are left, before you try again",
	}
}
