package sandbox

import (
	"context"
	"log/slog"
	"maps"
	"sync"
	"time"
)

// Kind says which request it was.
type Kind string

// The kinds of request.
const (
	KindCode    Kind = "code"    // for a user code
	KindPoll    Kind = "poll"    // for the approval of one
	KindRefresh Kind = "refresh" // of a token
	KindToken   Kind = "token"   // to the token endpoint, but neither of the two
	KindLegacy  Kind = "legacy"  // to a legacy address
	KindRevoke  Kind = "revoke"  // of a token, by the program that has it
	KindModel   Kind = "model"   // to the model endpoint
	KindOpenAI  Kind = "openai"  // to the model endpoint, in OpenAI's formats
	KindPlan    Kind = "plan"    // for what is left of the plan
	KindPage    Kind = "page"    // to the pages for people
	KindGuard   Kind = "guard"   // turned away: wrong Host, or another site's page
)

// Outcome says what became of a request.
type Outcome string

// The outcomes. A request that a fault spoilt has the outcome "fault:NAME".
const (
	Received   Outcome = "received"   // it was read; what becomes of it is still open
	Issued     Outcome = "issued"     // a user code was handed out
	Pending    Outcome = "pending"    // not approved yet
	Denied     Outcome = "denied"     // the person said no
	Granted    Outcome = "granted"    // approved, first tokens issued
	Rotated    Outcome = "rotated"    // new tokens issued for a refresh token
	Reused     Outcome = "reused"     // a spent refresh token: the family was revoked
	Revoked    Outcome = "revoked"    // a token was taken back, or was not known
	Refused    Outcome = "refused"    // 4xx
	Redirected Outcome = "redirected" // 307 or 303
	Served     Outcome = "served"     // by the model endpoint, to the end
	Left       Outcome = "left"       // the client went away from a stream
	Shown      Outcome = "shown"      // a page
	Failed     Outcome = "failed"     // 5xx of our own
)

// Event is one step of one request. It carries no code and no token.
type Event struct {
	Time    time.Time
	Kind    Kind
	Outcome Outcome
	Status  int    // HTTP status; 0 when no answer is sent
	Client  string // the program's name, where known
	Grant   string // the grant's id, where known
	Code    string // the error code of the answer, where it is one
}

// Count is how many requests of one kind came, and what became of them. Total
// counts a request as soon as it has been read, its outcome when it is known.
type Count struct {
	Total    int             `json:"total"`
	Outcomes map[Outcome]int `json:"outcomes"`
}

// Stats is what was asked of the sandbox so far.
type Stats struct {
	Codes     Count `json:"codes"`
	Polls     Count `json:"polls"`
	Refreshes Count `json:"refreshes"`
	Revokes   Count `json:"revokes"` // revocations that programs asked for
	Models    Count `json:"models"`  // requests to the model endpoint, as Anthropic Messages
	OpenAI    Count `json:"openai"`  // requests to it in OpenAI's formats
}

// tally counts, logs and passes on events.
type tally struct {
	log  *slog.Logger
	hook func(Event)

	mu     sync.Mutex
	counts map[Kind]Count
	uses   map[[2]string]Use // by account and model
}

func newTally(log *slog.Logger, hook func(Event)) *tally {
	return &tally{log: log, hook: hook, counts: make(map[Kind]Count), uses: make(map[[2]string]Use)}
}

func (t *tally) record(e Event) {
	t.mu.Lock()
	c := t.counts[e.Kind]
	if c.Outcomes == nil {
		c.Outcomes = make(map[Outcome]int)
	}
	if e.Outcome == Received {
		c.Total++
	} else {
		c.Outcomes[e.Outcome]++
	}
	t.counts[e.Kind] = c
	t.mu.Unlock()

	if e.Outcome != Received {
		t.log.LogAttrs(context.Background(), slog.LevelInfo, "sandbox request",
			slog.String("kind", string(e.Kind)), slog.String("outcome", string(e.Outcome)),
			slog.Int("status", e.Status), slog.String("client", e.Client),
			slog.String("grant", e.Grant), slog.String("code", e.Code))
	}
	t.hook(e)
}

func (t *tally) stats() Stats {
	t.mu.Lock()
	defer t.mu.Unlock()
	of := func(k Kind) Count {
		c := t.counts[k]
		c.Outcomes = maps.Clone(c.Outcomes)
		return c
	}
	return Stats{Codes: of(KindCode), Polls: of(KindPoll), Refreshes: of(KindRefresh), Revokes: of(KindRevoke), Models: of(KindModel), OpenAI: of(KindOpenAI)}
}
