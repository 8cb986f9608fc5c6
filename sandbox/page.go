package sandbox

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	_ "embed" // for the style sheet
	"encoding/hex"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"
)

//go:embed style.css
var styleSheet string

// pages guards the pages for people. They are plain HTML without JavaScript.
// What changes something is a POST whose form token was read from a page of
// this very process: another site can neither read nor guess it.
type pages struct {
	key []byte
}

func newPages() *pages {
	key := make([]byte, 32)
	_, _ = rand.Read(key) // never fails
	return &pages{key: key}
}

// token is the form token for actions on one code or grant.
func (p *pages) token(subject string) string {
	mac := hmac.New(sha256.New, p.key)
	mac.Write([]byte(subject))
	return hex.EncodeToString(mac.Sum(nil))
}

func (p *pages) valid(subject, token string) bool {
	return hmac.Equal([]byte(p.token(subject)), []byte(token))
}

// show sends a page.
func (x *exchange) show(status int, page node) {
	x.protect()
	outcome := Shown
	if status >= 400 {
		outcome = Refused
	}
	x.send(outcome, status, "text/html; charset=utf-8", document(page))
}

// protect keeps a page from being framed, from running scripts, and its forms
// from posting elsewhere. With another referrer policy browsers would send
// "Origin: null" with our own forms.
func (x *exchange) protect() {
	h := x.w.Header()
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Referrer-Policy", "same-origin")
}

func (s *Server) style(w http.ResponseWriter, r *http.Request) {
	x := s.begin(w, r, KindPage)
	x.send(Shown, http.StatusOK, "text/css; charset=utf-8", []byte(styleSheet))
}

// codeView is a sign-in as the pages show it.
type codeView struct {
	Code
	Scopes []string
	Left   string // until it expires
	Token  string // for the form
}

func (s *Server) viewCode(c Code) codeView {
	return codeView{
		Code: c, Scopes: strings.Fields(c.Scope),
		Left:  span(c.ExpiresAt.Sub(s.opts.Now())),
		Token: s.pages.token("code " + c.UserCode),
	}
}

// showApproval is the page behind verification_uri. Without a code it asks for
// one.
func (s *Server) showApproval(w http.ResponseWriter, r *http.Request) {
	x := s.begin(w, r, KindPage)
	typed := r.URL.Query().Get("user_code")
	c, ok := s.portal.lookUp(typed)
	switch {
	case ok:
		x.event.Client = c.Client
		x.show(http.StatusOK, s.viewCode(c).page())
	case typed == "":
		x.show(http.StatusOK, enterPage(""))
	default:
		x.show(http.StatusNotFound, enterPage(bounded(typed)))
	}
}

// decide is the approval page's form. A code that was decided meanwhile is
// shown as it is.
func (s *Server) decide(w http.ResponseWriter, r *http.Request) {
	form, bad := readForm(w, r)
	x := s.begin(w, r, KindPage)
	if bad != nil {
		x.refuse(bad)
		return
	}
	c, known := s.portal.lookUp(form.Get("user_code"))
	if !s.pages.valid("code "+c.UserCode, form.Get("token")) || !known {
		x.show(http.StatusForbidden, stalePage())
		return
	}
	x.event.Client = c.Client
	switch form.Get("action") {
	case "approve":
		_ = s.Approve(c.UserCode)
	case "deny":
		_ = s.Deny(c.UserCode)
	default:
		x.refuse(badRequest("action must be approve or deny"))
		return
	}
	x.redirect(Redirected, http.StatusSeeOther, "/oauth-authorize?user_code="+url.QueryEscape(c.UserCode))
}

// span writes a length of time as people say it: "4m 12s", "48s", "1h 05m".
func span(d time.Duration) string {
	seconds := int(max(d, 0) / time.Second)
	switch {
	case seconds < 60:
		return fmt.Sprintf("%ds", seconds)
	case seconds < 3600:
		return fmt.Sprintf("%dm %02ds", seconds/60, seconds%60)
	}
	return fmt.Sprintf("%dh %02dm", seconds/3600, seconds/60%60)
}
