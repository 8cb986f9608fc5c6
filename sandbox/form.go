package sandbox

import (
	"bytes"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"time"
)

const (
	maxForm  = 64 << 10
	formTime = 10 * time.Second // for the whole body
)

// readForm reads an application/x-www-form-urlencoded body, bounded in size and
// time. Parameters in the URL are not looked at, and one that is repeated is
// refused (RFC 6749, section 3.2).
func readForm(w http.ResponseWriter, r *http.Request) (url.Values, *refusal) {
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", http.MethodPost)
		return nil, &refusal{http.StatusMethodNotAllowed, "invalid_request", "use POST"}
	}
	if media, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || media != "application/x-www-form-urlencoded" {
		return nil, &refusal{http.StatusUnsupportedMediaType, "invalid_request", "the body must be application/x-www-form-urlencoded"}
	}
	body, err := readBody(w, r, maxForm, formTime)
	switch {
	case errors.Is(err, errTooLarge):
		return nil, &refusal{http.StatusRequestEntityTooLarge, "invalid_request", "the body is larger than 64 KiB"}
	case err != nil:
		return nil, &refusal{http.StatusRequestTimeout, "invalid_request", "the body did not come"}
	}
	form, err := url.ParseQuery(string(body))
	if err != nil {
		return nil, badRequest("the body is not a form")
	}
	for name, values := range form {
		if len(values) != 1 {
			return nil, badRequest("a parameter is repeated: " + bounded(name))
		}
	}
	return form, nil
}

// form is the way of every request to the portal that is a form: it is read, a fault
// may have its way, and then it is served. What a [KindToken] wants, the form says.
func (s *Server) form(kind Kind, serve func(*exchange, url.Values)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		form, bad := readForm(w, r)
		wants := kind
		if kind == KindToken {
			wants = tokenKind(form)
		}
		x := beginOf(s, w, r, wants, s.portal.grantOf(form.Get("refresh_token")))
		switch {
		case bad != nil:
			x.refuse(bad)
		case !x.interfere():
			serve(x, form)
		}
	}
}

var errTooLarge = errors.New("the body is too large")

// readBody reads a body, bounded in size and time. It returns [errTooLarge] or
// that the body did not come.
func readBody(w http.ResponseWriter, r *http.Request, size int64, limit time.Duration) ([]byte, error) {
	// A deadline in the past ends a read that is under way. It is not set
	// beforehand, as it would also end a request that waits for its answer.
	control := http.NewResponseController(w)
	timer := time.AfterFunc(limit, func() { _ = control.SetReadDeadline(time.Unix(1, 0)) })
	defer timer.Stop()
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, size))
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		err = errTooLarge
	}
	return body, err
}

// again is a body that was read, to be read once more.
func again(body []byte) io.ReadCloser { return io.NopCloser(bytes.NewReader(body)) }

// need returns a refusal that names the first parameter that is missing or
// longer than it can be.
func need(form url.Values, names ...string) *refusal {
	for _, name := range names {
		switch v := form.Get(name); {
		case v == "":
			return badRequest(name + " is required")
		case len(v) > 4096 && name != "refresh_token":
			return badRequest(name + " is too long")
		}
	}
	return nil
}

// bounded is a text from the client that is short enough to be said back.
func bounded(s string) string {
	if r := []rune(s); len(r) > 40 {
		return string(r[:40]) + "…"
	}
	return s
}
