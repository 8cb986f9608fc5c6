package sandbox

import (
	"encoding/json"
	"net/http"
	"slices"

	"github.com/google/uuid"
)

// redeem is POST /backend-api/wham/rate-limit-reset-credits/consume of ChatGPT: a banked
// reset lets the windows begin anew, one for each redeem_request_id.
func redeem(s *Server) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		text, late := readBody(w, r, maxMessages, modelTime)
		x := s.begin(w, r, KindPlan)
		grant, bad := s.bearer(r)
		x.event.Grant = grant
		var body struct {
			Request string `json:"redeem_request_id"`
		}
		if late == nil {
			_ = json.Unmarshal(text, &body) // what is no JSON names no request
		}
		_, odd := uuid.Parse(body.Request)
		switch {
		case bad != nil:
			x.deny(Refused, bad)
		case odd != nil:
			x.deny(Refused, &apiError{http.StatusBadRequest, "invalid_request_error", "redeem_request_id has to be a UUID"})
		default:
			x.event.Code = s.portal.useReset(grant, body.Request)
			x.answer(Shown, http.StatusOK, fields{"code": x.event.Code})
		}
	}
}

// useReset uses a reset, and returns what came of it.
func (p *portal) useReset(grantID, request string) (code string) {
	now := p.opts.Now()
	_ = p.withGrant(grantID, func(g *grant) {
		l := &g.plan
		l.at(now)
		switch {
		case slices.Contains(l.redeemed, request):
			code = "already_redeemed"
		case len(l.redeemed) >= planResets:
			code = "no_credit"
		case l.used == 0:
			code = "nothing_to_reset"
		default:
			l.redeemed, l.used, l.usedInAWeek, code = append(l.redeemed, request), 0, 0, "reset"
		}
	})
	return code
}
