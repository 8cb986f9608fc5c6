package serve

import (
	"context"

	"golang.org/x/oauth2"
)

// TokenSource returns a source of fresh tokens of one account for programs that
// use golang.org/x/oauth2. Every call of its Token makes the cheap check, so do
// not wrap it in oauth2.ReuseTokenSource, which would keep a token past a
// rotation by another process. ctx is used for every call.
func (sv *Serving) TokenSource(ctx context.Context, account string) oauth2.TokenSource {
	return source{sv, ctx, account}
}

type source struct {
	serving *Serving
	ctx     context.Context
	account string
}

// Token implements oauth2.TokenSource.
func (s source) Token() (*oauth2.Token, error) {
	t, err := s.serving.Token(s.ctx, s.account, TokenOptions{})
	if err != nil {
		return nil, err
	}
	return &oauth2.Token{AccessToken: t.Access.Reveal(), TokenType: t.Type, Expiry: t.Expiry}, nil
}
