package sandbox

import (
	"net/http"
	"strconv"
	"time"
)

// grantView is a grant as the overview shows it.
type grantView struct {
	Grant
	Live  bool   // its newest access token is good
	Left  string // until that token ends
	Ago   string // since it was issued
	Token string // for the form
	Named string // what the program calls its refresh token; empty: not known
}

type overview struct {
	Open   []codeView // sign-ins that wait for the person or the program
	Grants []grantView
	Ended  []codeView // denied or expired
	At     string
}

// How many rows the lists of the overview have at most.
const (
	overviewRows = 50
	endedRows    = 5
)

// showOverview lists the sign-ins and the grants, with their buttons.
func (s *Server) showOverview(w http.ResponseWriter, r *http.Request) {
	x := s.begin(w, r, KindPage)
	now := s.opts.Now()
	view := overview{At: now.Format(time.TimeOnly)}
	for _, c := range s.Codes() {
		switch {
		case c.State == CodeUsed: // it is among the grants
		case c.State == CodePending || c.State == CodeApproved:
			if len(view.Open) < overviewRows {
				view.Open = append(view.Open, s.viewCode(c))
			}
		case len(view.Ended) < endedRows:
			view.Ended = append(view.Ended, s.viewCode(c))
		}
	}
	for _, g := range s.Grants() {
		if len(view.Grants) == overviewRows {
			break
		}
		view.Grants = append(view.Grants, grantView{
			Grant: g,
			Live:  g.Revoked == "" && now.Before(g.AccessExpiresAt),
			Left:  span(g.AccessExpiresAt.Sub(now)),
			Ago:   span(now.Sub(g.RotatedAt)),
			Token: s.pages.token("grant " + g.ID),
			Named: s.opts.TokenName(s.portal.refreshToken(g.ID)),
		})
	}
	w.Header().Set("Refresh", strconv.Itoa(view.every())) // no script is needed for it
	x.show(http.StatusOK, view.page())
}

// statsAnswer is what a test in another process reads.
type statsAnswer struct {
	Stats
	Grants []grantStats `json:"grants"`
	Uses   []Use        `json:"uses"`
}

type grantStats struct {
	ID        string `json:"id"`
	Requests  int    `json:"requests"`
	Rotations int    `json:"rotations"`
	Revoked   string `json:"revoked,omitempty"`
}

// showStats answers GET /stats: what [Server.Stats], [Server.Grants] and [Server.Uses] count,
// without any token.
func (s *Server) showStats(w http.ResponseWriter, r *http.Request) {
	x := s.begin(w, r, KindPage)
	answer := statsAnswer{Stats: s.Stats(), Grants: []grantStats{}, Uses: s.Uses()}
	for _, g := range s.Grants() {
		answer.Grants = append(answer.Grants, grantStats{g.ID, g.Requests, g.Rotations, g.Revoked})
	}
	x.answer(Shown, http.StatusOK, answer)
}

// changeGrant is the form of one grant on the overview.
func (s *Server) changeGrant(w http.ResponseWriter, r *http.Request) {
	form, bad := readForm(w, r)
	x := s.begin(w, r, KindPage)
	id := r.PathValue("id")
	switch {
	case bad != nil:
		x.refuse(bad)
		return
	case !s.pages.valid("grant "+id, form.Get("token")):
		x.show(http.StatusForbidden, stalePage())
		return
	}
	var err error
	switch form.Get("action") {
	case "revoke":
		err = s.Revoke(id)
	case "expire":
		err = s.ExpireAccess(id)
	case "use":
		percent, odd := strconv.Atoi(form.Get("used"))
		if odd != nil || percent < 0 || percent > 100 {
			x.refuse(badRequest("used must be a number between 0 and 100"))
			return
		}
		err = s.UsePlan(id, percent)
	default:
		x.refuse(badRequest("action must be revoke, expire or use"))
		return
	}
	if err != nil { // forgotten since the page was drawn
		x.show(http.StatusNotFound, stalePage())
		return
	}
	x.event.Grant = id
	x.redirect(Redirected, http.StatusSeeOther, "/")
}
