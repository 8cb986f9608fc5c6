package sandbox

import (
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"
)

// Errors of the methods that stand in for a person at the portal.
var (
	// ErrUnknownCode means that no such user code was ever handed out, or that
	// it ended so long ago that it is forgotten.
	ErrUnknownCode = errors.New("no such user code at the sandbox")
	// ErrDecidedCode means that the code cannot be approved or denied any more:
	// it has been already, or it has expired.
	ErrDecidedCode = errors.New("this user code is decided already")
	// ErrUnknownGrant means that neither a grant nor a token has this name.
	ErrUnknownGrant = errors.New("no such grant or token at the sandbox")
)

// Bounds of what is remembered.
const (
	maxCodes    = 1000
	maxGrants   = 1000
	codeAfter   = 10 * time.Minute // how long an ended code is still known
	maxSpent    = 10_000           // spent refresh tokens a family; older ones are forgotten
	bigTokenLen = 20_000
)

// portal is the state of the sandbox and its rules: user codes, grants and
// their tokens. It is safe for concurrent use.
type portal struct {
	opts Options

	mu      sync.Mutex
	codes   map[string]*code
	grants  []*grant
	access  map[string]accessToken
	refresh map[string]*grant // of every refresh token ever issued, spent or not
}

func newPortal(opts Options) *portal {
	return &portal{
		opts:    opts,
		codes:   make(map[string]*code),
		access:  make(map[string]accessToken),
		refresh: make(map[string]*grant),
	}
}

// randomBytes needs p.mu: an injected reader need not be safe for concurrent
// use.
func (p *portal) randomBytes(n int) ([]byte, error) {
	b := make([]byte, n)
	if _, err := io.ReadFull(p.opts.Rand, b); err != nil {
		return nil, fmt.Errorf("reading random bytes: %w", err)
	}
	return b, nil
}

func (p *portal) randomText(n int) (string, error) {
	b, err := p.randomBytes(n)
	return base64.RawURLEncoding.EncodeToString(b), err
}

func (p *portal) randomID() (string, error) {
	b, err := p.randomBytes(4)
	return hex.EncodeToString(b), err
}
