package oauth

import (
	"github.com/hermes-tui/hermes-tui/core/autherr"
)

// answerTo begins the answer that r leads to.
func answerTo(r *reply) Answer {
	return Answer{Outcome: outcomeOf(r), ClockSkew: r.skew(), RetryAfter: r.retryAfter(), Answered: r.delivery == answered}
}

// outcomeOf says what a request that brought no token has spent.
func outcomeOf(r *reply) Outcome {
	switch {
	case r.delivery == undelivered:
		return NotSent
	case r.delivery == deflected, r.refusal():
		return NotSpent
	default:
		return Unknown
	}
}

// refreshRefused judges an answer to a refresh that is not 2xx. A 4xx that names
// one of the terminal codes is final; 408, 425 and 429 never are, nor is a 5xx,
// whatever its body says.
func refreshRefused(r *reply, speak speaker, terminal []string) Answer {
	a := answerTo(r)
	a.Err = speak.fail(r, autherr.CodeRefreshFailed)
	if !r.refusal() || transient(r) {
		return a
	}
	said := parseProblem(r)
	if said.code != "" {
		a.Err.Code = speak.known.Words(said.code, 64)
	}
	if _, dead := said.names(terminal); dead {
		a.dead()
	}
	return a
}

// dead makes the answer one that only signing in again can help.
func (a *Answer) dead() {
	a.Outcome = Terminal
	a.Err.Kind, a.Err.Relogin, a.Err.Hint = autherr.SignIn, true, "sign in again"
}

func noRefreshToken(b Binding) Answer {
	return Answer{Outcome: NotSent, Err: &autherr.Error{
		Kind: autherr.SignIn, Provider: b.Provider, Code: autherr.CodeNoRefreshToken,
		Message: "the account has no refresh token", Hint: "sign in again", Relogin: true,
	}}
}
