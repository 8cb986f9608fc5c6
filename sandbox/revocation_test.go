package sandbox

import (
	"net/http"
	"net/url"
	"testing"
)

func TestRevocation(t *testing.T) {
	l := newLab(t, Options{})
	access, refresh := l.signIn()
	ask := func(token, client string) reply {
		f := url.Values{"token": {token}, "token_type_hint": {"refresh_token"}, "client_id": {client}}
		return l.post("/oauth2/revoke", f)
	}
	if got := ask("never issued", openClaw); got.status != http.StatusOK {
		t.Errorf("a token that nobody knows: %d", got.status)
	}
	ask(refresh, "another").wantError(t, http.StatusUnauthorized, "invalid_client")
	if got := ask(access, openClaw); got.status != http.StatusOK || l.IsLive(access) {
		t.Errorf("the access token: %d", got.status)
	}
	if grants := l.Grants(); grants[0].Revoked != "" {
		t.Errorf("its end took the sign-in along: %+v", grants)
	}
	for range 2 {
		if got := ask(refresh, openClaw); got.status != http.StatusOK {
			t.Errorf("the refresh token: %d", got.status)
		}
	}
	if grants := l.Grants(); grants[0].Revoked == "" {
		t.Error("the sign-in lives")
	}
	l.refresh(refresh).wantError(t, http.StatusBadRequest, "invalid_grant")
	if got := l.Stats().Revokes; got.Total != 5 || got.Outcomes[Revoked] != 4 {
		t.Errorf("counted %+v", got)
	}
}
