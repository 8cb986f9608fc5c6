package oauth

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
)

const maxRedirects = 2

// errHost marks a request that was not sent because of where it would have
// gone.
var errHost = errors.New("host not allowed")

// post sends r to r.url, following redirects to hosts on the list. When
// that address provably was not reached, or does not know the path (404), it
// goes to r.legacy.
//
// Nothing else is ever repeated: a token that may be used once might have been
// used.
func (c *Client) post(ctx context.Context, r request) *reply {
	ctx, cancel := c.withTimeout(ctx, CallLimit)
	defer cancel()
	first := c.follow(ctx, r.url, r)
	if r.legacy == "" || !first.elsewhere() || ctx.Err() != nil {
		return first
	}
	second := c.follow(ctx, r.legacy, r)
	if second.delivery == undelivered {
		return first // the address that should work explains more
	}
	return second
}

// elsewhere reports that another address may know more, and that asking it
// repeats nothing.
func (r *reply) elsewhere() bool {
	if r.delivery == undelivered {
		return !errors.Is(r.err, errHost)
	}
	return r.delivery == answered && r.status == http.StatusNotFound && parseProblem(r).code == ""
}

// follow sends the form to address, and again wherever 307 and 308 say that it
// belongs: these two keep the method and the form, and mean that the server did
// not serve it.
func (c *Client) follow(ctx context.Context, address string, r request) *reply {
	target, err := url.Parse(address)
	if err == nil {
		err = allowed(target, r.hosts, false)
	}
	if err != nil {
		return &reply{err: fmt.Errorf("%w: %w", errHost, err)}
	}
	loopback := isLoopback(target.Hostname())
	for hop := 0; ; hop++ {
		out := c.send(ctx, target, r)
		if hop > 0 && out.delivery == undelivered {
			out.delivery = deflected
		}
		if out.delivery != answered || out.status/100 != 3 {
			return out
		}
		next, err := redirect(out, target)
		if err == nil {
			err = allowed(next, r.hosts, !loopback)
		}
		if err == nil && hop == maxRedirects {
			err = errors.New("redirected too often")
		}
		if err != nil {
			out.err = fmt.Errorf("%w: %w", errHost, err)
			if keepsForm(out.status) {
				out.delivery = deflected
			} else {
				out.delivery = lost
			}
			return out
		}
		target = next
	}
}

// redirect returns where out sends the form.
func redirect(out *reply, from *url.URL) (*url.URL, error) {
	if !keepsForm(out.status) {
		return nil, fmt.Errorf("%s answered with a redirect of kind %d, which would drop the request", out.host, out.status)
	}
	location := out.header.Get("Location")
	if location == "" {
		return nil, fmt.Errorf("%s answered with a redirect to nowhere", out.host)
	}
	to, err := from.Parse(location)
	if err != nil {
		return nil, fmt.Errorf("%s answered with a redirect that cannot be read", out.host)
	}
	return to, nil
}

func keepsForm(status int) bool {
	return status == http.StatusTemporaryRedirect || status == http.StatusPermanentRedirect
}
