package doctor

import (
	"context"
	"net/http"

	"github.com/hermes-tui/hermes-tui/core"
	"github.com/hermes-tui/hermes-tui/core/clientkey"
	"github.com/hermes-tui/hermes-tui/core/clock"
	"github.com/hermes-tui/hermes-tui/core/connect"
	"github.com/hermes-tui/hermes-tui/core/hermes"
	"github.com/hermes-tui/hermes-tui/core/secret"
	"github.com/hermes-tui/hermes-tui/core/upkeep"
	"github.com/hermes-tui/hermes-tui/keystore"
)

// Level says how bad a finding is.
type Level string

// The levels.
const (
	Good    Level = "ok"
	Warning Level = "warning" // it works, but not as it should
	Bad     Level = "bad"     // something does not work
)

// Action is a cure that a program can begin by itself.
type Action string

// The actions.
const (
	SignIn  Action = "sign_in" // to the account of the finding, again
	Refresh Action = "refresh" // its token
	Insist  Action = "insist"  // on refreshing its token, which may end the sign-in
	Import  Action = "import"  // from hermes-agent
)

// Finding is what a check saw.
type Finding struct {
	Check   string `json:"check"` // name of the check: "file-modes"
	Level   Level  `json:"level"`
	Saw     string `json:"saw"`               // a sentence
	Cure    string `json:"cure"`              // what to do: a command where one does it; empty when Good
	Action  Action `json:"action,omitempty"`  // the same for a program; empty: a person has to
	Account string `json:"account,omitempty"` // id of the account that it is for
}

// Check is one thing that is looked at.
type Check struct {
	Name string // kebab-case
	look func(context.Context, *Patient) []Finding
}

// Accounts is what the checks need of the accounts; *core.Core has it.
type Accounts interface {
	Snapshot() core.Snapshot
	Probe(ctx context.Context) (keystore.Choice, error)
	DetectStore(ctx context.Context) (core.StoreInfo, error)
	Verify(ctx context.Context, id string) error
	Leftovers(ctx context.Context) (upkeep.Leftovers, error)
	Servers() []upkeep.Server
	PlanImport(sources []hermes.Source) (*core.ImportPlan, error)
	ClientKey(ctx context.Context, text string) (clientkey.Key, error)
}

// Patient is what is examined. Every part of the world is handed in.
type Patient struct {
	Accounts  Accounts
	State     string // state folder
	Data      string // data folder
	Config    string // configuration file
	Key       string // key file of the file keystore
	KeyBeside bool   // the key lies under one folder with its data
	Env       func(string) string
	Transport http.RoundTripper
	UserAgent string
	Clock     clock.Clock
	// Terminal is what is known of the colours of the person's terminal, a sentence;
	// empty where there is none.
	Terminal string
	// Programs is where the files of programs are that `connect` writes; without
	// its Read they are not looked at.
	Programs connect.World
	// Describe returns what a person calls a kind of keystore.
	Describe func(keystore.Kind) string
}

// Checks returns everything that is looked at, in the order in which it is
// shown.
func Checks() []Check {
	return []Check{
		{"keystore", lookAtKeystore},
		{"bus", lookAtBus},
		{"folders", lookAtFolders},
		{"files", lookAtFiles},
		{"locks", lookAtLocks},
		{"accounts", lookAtAccounts},
		{"network", lookAtNetwork},
		{"environment", lookAtEnvironment},
		{"terminal", lookAtTerminal},
		{"programs", lookAtPrograms},
		{"proxies", lookAtProxies},
		{"leftovers", lookAtLeftovers},
		{"hermes-agent", lookAtHermes},
	}
}

// longest is how many characters of a sentence are shown. What a server says has
// its own, smaller limit.
const longest = 4000

// Examine runs every check and reports each finding as it is made. Names and
// words from outside come into many of them, so that all are made fit for a
// terminal here.
func Examine(ctx context.Context, p *Patient, report func(Finding)) {
	for _, c := range Checks() {
		if ctx.Err() != nil {
			return
		}
		for _, f := range c.look(ctx, p) {
			f.Check = c.Name
			f.Saw, f.Cure = secret.Clean(f.Saw, longest), secret.Clean(f.Cure, longest)
			report(f)
		}
	}
}

// signIn is the finding with the cure to sign in to an account again.
func (f Finding) signIn(id string) Finding {
	f.Cure, f.Action, f.Account = "hermes-tui login --account "+id, SignIn, id
	return f
}

// refresh is the finding with the cure to refresh an account.
func (f Finding) refresh(id string) Finding {
	f.Cure, f.Action, f.Account = "hermes-tui refresh "+id, Refresh, id
	return f
}

// insist is refresh where the provider may have spent the refresh token already.
func (f Finding) insist(id string) Finding {
	f.Cure, f.Action, f.Account = "hermes-tui refresh --force "+id, Insist, id
	return f
}

// imports is the finding with the cure to bring accounts over from hermes-agent.
func (f Finding) imports() Finding {
	f.Action = Import
	return f
}

func good(saw string) Finding          { return Finding{Level: Good, Saw: saw} }
func warning(saw, cure string) Finding { return Finding{Level: Warning, Saw: saw, Cure: cure} }
func bad(saw, cure string) Finding     { return Finding{Level: Bad, Saw: saw, Cure: cure} }
