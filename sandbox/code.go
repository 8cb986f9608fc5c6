package sandbox

import (
	"cmp"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"net/http"
	"sort"
	"strings"
	"time"
)

// CodeState is what became of a user code.
type CodeState string

// The states of a user code.
const (
	CodePending  CodeState = "pending"  // nobody has decided yet
	CodeApproved CodeState = "approved" // the program has not fetched its tokens yet
	CodeDenied   CodeState = "denied"
	CodeUsed     CodeState = "used" // the tokens were fetched
	CodeExpired  CodeState = "expired"
)

// Code is a sign-in at the portal, as it is at one moment.
type Code struct {
	UserCode  string
	Client    string // the program's name
	Scope     string
	State     CodeState
	CreatedAt time.Time
	ExpiresAt time.Time
}

type code struct {
	Code
	client    client
	challenge string // PKCE S256
}

// newCode hands out a user code.
func (p *portal) newCode(c client, scope, challenge string) (Code, *refusal, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.opts.Now()
	for text, old := range p.codes {
		if now.Sub(old.ExpiresAt) > codeAfter {
			delete(p.codes, text)
		}
	}
	if len(p.codes) >= maxCodes {
		return Code{}, &refusal{http.StatusTooManyRequests, "rate_limited", "too many sign-ins are open"}, nil
	}
	text, err := p.freeUserCode()
	if err != nil {
		return Code{}, nil, err
	}
	made := &code{
		Code: Code{
			UserCode: text, Client: c.name, Scope: scope, State: CodePending,
			CreatedAt: now, ExpiresAt: now.Add(p.opts.CodeTTL),
		},
		client: c, challenge: challenge,
	}
	p.codes[text] = made
	return made.Code, nil, nil
}

// freeUserCode makes a code such as BCDF-1234 that is not in use. Vowels are
// left out so that no words appear.
func (p *portal) freeUserCode() (string, error) {
	const letters, digits = "BCDFGHJKLMNPQRSTVWXZ", "0123456789"
	for range 100 {
		b, err := p.randomBytes(8)
		if err != nil {
			return "", err
		}
		for i := range b {
			alphabet := letters
			if i >= 4 {
				alphabet = digits
			}
			b[i] = alphabet[int(b[i])%len(alphabet)]
		}
		text := string(b[:4]) + "-" + string(b[4:])
		if _, taken := p.codes[text]; !taken {
			return text, nil
		}
	}
	return "", errors.New("the source of random bytes repeats itself")
}

// find returns a code as it is now. It needs p.mu.
func (p *portal) find(userCode string) (*code, bool) {
	c, ok := p.codes[normalCode(userCode)]
	if !ok {
		return nil, false
	}
	now := p.opts.Now()
	auto := p.opts.AutoApprove
	if c.State == CodePending && auto > 0 && auto < p.opts.CodeTTL && !now.Before(c.CreatedAt.Add(auto)) {
		c.State = CodeApproved
	}
	if (c.State == CodePending || c.State == CodeApproved) && !now.Before(c.ExpiresAt) {
		c.State = CodeExpired
	}
	return c, true
}

// decide approves or denies a pending code.
func (p *portal) decide(userCode string, to CodeState) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	c, ok := p.find(userCode)
	switch {
	case !ok:
		return ErrUnknownCode
	case c.State != CodePending:
		return ErrDecidedCode
	}
	c.State = to
	return nil
}

// lookUp returns a copy of one code.
func (p *portal) lookUp(userCode string) (Code, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	c, ok := p.find(userCode)
	if !ok {
		return Code{}, false
	}
	return c.Code, true
}

// listCodes returns copies of all codes, the newest first.
func (p *portal) listCodes() []Code {
	p.mu.Lock()
	defer p.mu.Unlock()
	list := make([]Code, 0, len(p.codes))
	for text := range p.codes {
		c, _ := p.find(text)
		list = append(list, c.Code)
	}
	sort.Slice(list, func(i, j int) bool {
		a, b := list[i], list[j]
		return cmp.Or(b.CreatedAt.Compare(a.CreatedAt), strings.Compare(a.UserCode, b.UserCode)) < 0
	})
	return list
}

// proves reports whether the verifier belongs to the code's challenge (RFC
// 7636, S256).
func (c *code) proves(verifier string) bool {
	sum := sha256.Sum256([]byte(verifier))
	got := base64.RawURLEncoding.EncodeToString(sum[:])
	return subtle.ConstantTimeCompare([]byte(got), []byte(c.challenge)) == 1
}

// normalCode forgives what people do when they type a code: lower case, blanks,
// no hyphen.
func normalCode(s string) string {
	s = strings.ToUpper(strings.Join(strings.Fields(s), ""))
	if len(s) == 8 && !strings.Contains(s, "-") {
		s = s[:4] + "-" + s[4:]
	}
	return s
}
