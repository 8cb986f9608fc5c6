package tui

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/hermes-tui/hermes-tui/core"
	"github.com/hermes-tui/hermes-tui/core/consent"
	fleethost "github.com/hermes-tui/hermes-tui/core/host"
	"github.com/hermes-tui/hermes-tui/core/pool"
	"github.com/hermes-tui/hermes-tui/core/record"
	"github.com/hermes-tui/hermes-tui/core/tally"
	"github.com/hermes-tui/hermes-tui/core/usage"
)

// noon is when every test begins: 14:02:14 on a Wednesday.
var noon = time.Date(2026, 5, 20, 14, 2, 14, 0, time.UTC)

const approvalLink = "https://platform.minimax.io/oauth-authorize?user_code=ABCD-1234&client=OpenClaw"

// fakeBackend does what a test tells it.
type fakeBackend struct {
	waits
	mu      sync.Mutex
	snap    core.Snapshot
	changes chan core.Snapshot

	events  []chan core.SignInEvent // one for each attempt
	signIns []core.SignInOptions
	ctxs    []context.Context

	refreshed  []string
	forced     bool // the last refresh
	result     core.RefreshResult
	renamed    [][2]string
	reordered  []string
	cleared    []string
	history    map[string][]record.Event
	served     []tally.Row // what a watch begins with
	tallies    []chan []tally.Row
	tallyCtxs  []context.Context
	sights     chan fleethost.Sight // of the fleet
	fleet      []fleethost.Sight    // that come at once; nil: there is no fleet
	news       []usage.News         // told once
	newsAsked  int
	resets     []string    // accounts of which one was used
	reset      usage.Known // what is left then
	token      core.Token
	removed    []string
	answers    []string
	runtime    *core.Runtime // nil: what the list says
	runtimeErr error
	err        error // of refresh, rename and remove
	alive      error // why sign-ins are not revoked; nil: they are
	choices    []core.ProviderChoice
}

func newBackend(accounts ...core.Account) *fakeBackend {
	return &fakeBackend{
		snap: core.Snapshot{
			Accounts: accounts,
			Store:    core.StoreInfo{Kind: "keyring", Name: "Secret Service", Available: true},
		},
		changes: make(chan core.Snapshot, 8),
		choices: []core.ProviderChoice{
			{
				Provider: "minimax-oauth", ProviderName: "MiniMax", Region: "global", RegionName: "Global", Name: "MiniMax",
				Host: "minimax.io", Note: "The approval page names OpenClaw: the client id is shared.",
			},
			{
				Provider: "minimax-oauth", ProviderName: "MiniMax", Region: "cn", RegionName: "China", Name: "MiniMax China",
				Host: "minimaxi.com", Note: "The approval page names OpenClaw: the client id is shared.",
			},
		},
	}
}

// serving gives them counts.
func (b *fakeBackend) serving(rows []tally.Row) *fakeBackend {
	b.served = rows
	return b
}

// telling gives the accounts an event log.
func (b *fakeBackend) telling(history map[string][]record.Event) *fakeBackend {
	b.history = history
	return b
}

func (b *fakeBackend) Snapshot() core.Snapshot {
	b.note("Snapshot")
	b.mu.Lock()
	defer b.mu.Unlock()
	b.snap.Number++
	return b.snap
}

func (b *fakeBackend) Watch(context.Context) <-chan core.Snapshot {
	b.note("Watch")
	return b.changes
}

func (b *fakeBackend) SignIn(ctx context.Context, o core.SignInOptions) <-chan core.SignInEvent {
	b.note("SignIn")
	b.mu.Lock()
	defer b.mu.Unlock()
	ch := make(chan core.SignInEvent, 8)
	b.events, b.signIns, b.ctxs = append(b.events, ch), append(b.signIns, o), append(b.ctxs, ctx)
	return ch
}

func (b *fakeBackend) Refresh(_ context.Context, id string, force bool) (core.RefreshResult, error) {
	b.note("Refresh")
	b.mu.Lock()
	defer b.mu.Unlock()
	b.refreshed = append(b.refreshed, id)
	b.forced = force
	return b.result, b.err
}

func (b *fakeBackend) TakeOver(_ context.Context, id string) (core.RefreshResult, error) {
	b.note("TakeOver")
	b.mu.Lock()
	defer b.mu.Unlock()
	b.refreshed = append(b.refreshed, "over "+id)
	return b.result, b.err
}

func (b *fakeBackend) Rename(_ context.Context, id, label string) error {
	b.note("Rename")
	b.mu.Lock()
	defer b.mu.Unlock()
	b.renamed = append(b.renamed, [2]string{id, label})
	return b.err
}

func (b *fakeBackend) Remove(_ context.Context, id string) (core.Removal, error) {
	b.note("Remove")
	b.mu.Lock()
	defer b.mu.Unlock()
	b.removed = append(b.removed, id)
	if b.alive != nil {
		return core.Removal{Revocation: core.NotRevoked, Err: b.alive}, b.err
	}
	return core.Removal{Revocation: core.Revoked}, b.err
}

// Answer takes the question out of what the backend knows.
func (b *fakeBackend) Answer(r consent.Request, v consent.Verdict) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.answers = append(b.answers, r.ID+" "+string(v))
	b.snap.Asks = slices.DeleteFunc(slices.Clone(b.snap.Asks), func(q consent.Request) bool { return q.ID == r.ID })
	return b.err
}

// Reorder moves the account in what the backend knows.
func (b *fakeBackend) Reorder(_ context.Context, id string, place int) error {
	b.note("Reorder")
	b.reordered = append(b.reordered, fmt.Sprint(id, " to ", place))
	if b.err != nil {
		return b.err
	}
	b.set(func(accounts []core.Account) []core.Account {
		at := slices.IndexFunc(accounts, func(a core.Account) bool { return a.ID == id })
		a := accounts[at]
		return slices.Insert(slices.Delete(accounts, at, at+1), place, a)
	})
	return nil
}

func (b *fakeBackend) ClearCooldown(_ context.Context, id string) error {
	b.note("ClearCooldown")
	b.mu.Lock()
	defer b.mu.Unlock()
	b.cleared = append(b.cleared, id)
	return b.err
}

func (b *fakeBackend) Pause(_ context.Context, id string, until time.Time) error {
	b.note("Pause")
	return b.pause(id, pool.Pause{At: noon.Add(-time.Minute), Until: until})
}

func (b *fakeBackend) Resume(_ context.Context, id string) error {
	b.note("Resume")
	return b.pause(id, pool.Pause{})
}

func (b *fakeBackend) Use(_ context.Context, name string) (string, error) {
	b.note("Use")
	b.mu.Lock()
	defer b.mu.Unlock()
	b.snap.Default = name
	b.snap.Number++
	return name, b.err
}

func (b *fakeBackend) pause(id string, p pool.Pause) error {
	if b.err != nil {
		return b.err
	}
	b.set(func(accounts []core.Account) []core.Account {
		for i := range accounts {
			if accounts[i].ID == id {
				accounts[i].Paused = p
			}
		}
		return accounts
	})
	return nil
}

// SetStrategy changes it in what the backend knows.
func (b *fakeBackend) SetStrategy(_ context.Context, id string, s pool.Strategy) (pool.ID, error) {
	b.note("SetStrategy")
	b.mu.Lock()
	defer b.mu.Unlock()
	a, _ := b.snap.Find(id)
	strategies := maps.Clone(b.snap.Strategies)
	if strategies == nil {
		strategies = map[pool.ID]pool.Strategy{}
	}
	strategies[a.Pool()] = s
	b.snap.Strategies = strategies
	return a.Pool(), b.err
}

func (b *fakeBackend) History(id string) ([]record.Event, error) {
	b.note("History")
	return b.history[id], nil
}

func (b *fakeBackend) WatchTally(ctx context.Context, _ time.Duration) <-chan []tally.Row {
	b.note("WatchTally")
	b.mu.Lock()
	defer b.mu.Unlock()
	ch := make(chan []tally.Row, 8)
	ch <- b.served
	b.tallies, b.tallyCtxs = append(b.tallies, ch), append(b.tallyCtxs, ctx)
	return ch
}

func (b *fakeBackend) WatchFleet(context.Context) <-chan fleethost.Sight {
	b.note("WatchFleet")
	sights := make(chan fleethost.Sight, 8)
	if b.fleet == nil {
		close(sights)
		return sights
	}
	for _, s := range b.fleet {
		sights <- s
	}
	b.sights = sights
	return sights
}

func (b *fakeBackend) PlanNews(_ context.Context, by usage.Voice) ([]usage.News, error) {
	b.note("PlanNews")
	b.mu.Lock()
	defer b.mu.Unlock()
	b.newsAsked++
	news := b.news
	b.news = nil
	if by != usage.ByWindow {
		return nil, fmt.Errorf("asked by %s", by)
	}
	return news, nil
}

// UseReset leaves of the account's plan what the test says.
func (b *fakeBackend) UseReset(_ context.Context, id string) (usage.Known, error) {
	b.note("UseReset")
	b.resets = append(b.resets, id)
	if b.err != nil {
		return usage.Known{}, b.err
	}
	b.set(func(accounts []core.Account) []core.Account {
		for i := range accounts {
			if accounts[i].ID == id {
				accounts[i].Plan = &b.reset
			}
		}
		return accounts
	})
	return b.reset, nil
}

func (b *fakeBackend) Token(context.Context, string, core.TokenOptions) (core.Token, error) {
	b.note("Token")
	return b.token, b.err
}

func (b *fakeBackend) Runtime(_ context.Context, id string) (core.Runtime, error) {
	b.note("Runtime")
	if b.runtime != nil || b.runtimeErr != nil {
		return *cmp.Or(b.runtime, &core.Runtime{}), b.runtimeErr
	}
	a, _ := b.Snapshot().Find(id)
	return core.Runtime{Provider: a.Provider, BaseURL: a.BaseURL, API: a.API}, nil
}

func (b *fakeBackend) Providers() []core.ProviderChoice { return b.choices }

func (b *fakeBackend) DefaultLabel(string, string) string {
	b.note("DefaultLabel")
	return "minimax-2"
}

// set changes what the backend knows, as of now.
func (b *fakeBackend) set(f func(accounts []core.Account) []core.Account) core.Snapshot {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.snap.Accounts = f(append([]core.Account(nil), b.snap.Accounts...))
	b.snap.Number++
	return b.snap
}

// account is one that works, with a token of 15 minutes that is 3 minutes old.
func account(label string) core.Account {
	return core.Account{
		Public: record.Public{
			ID: "id-" + label, Provider: "minimax-oauth", Region: "global", AuthType: "oauth", Source: "device_code",
			Status: record.StatusOK, Skew: time.Minute, Scope: "group_id profile",
			ObtainedAt: noon.Add(-2*time.Minute - 56*time.Second), ExpiresAt: noon.Add(12*time.Minute + 4*time.Second),
			SignedInAt: noon.AddDate(0, 0, -17), LastRefreshAt: noon.Add(-2*time.Minute - 56*time.Second),
		},
		Label: label, BaseURL: "https://api.minimax.io/anthropic", ProviderName: "MiniMax", ProviderShort: "MiniMax", Keystore: "keyring",
		Requests: 1284, LastUsedAt: noon.Add(-4 * time.Second),
	}
}

// dead is an account whose grant has died.
func dead(a core.Account) core.Account {
	a.Status = record.StatusQuarantined
	a.ObtainedAt, a.ExpiresAt = time.Time{}, time.Time{}
	a.Marker = &record.Note{
		Provider: a.Provider, Code: "refresh_token_reused", Message: "the refresh token was used before",
		Relogin: true, At: noon.Add(-3 * time.Second),
	}
	return a
}

// nine accounts, one of each state a list can show.
func nine() []core.Account {
	of := func(a core.Account, provider, name, short string) core.Account {
		a.Provider, a.ProviderName, a.ProviderShort = provider, name, short
		return a
	}
	china := func(a core.Account) core.Account {
		a.Region, a.ProviderName, a.ProviderShort = "cn", "MiniMax China", "MiniMax CN"
		return a
	}
	long := of(account("someone.with.a.long.name@example.com"), "openai-codex", "OpenAI Codex", "Codex")
	long.ExpiresAt, long.LastUsedAt = noon.Add(52*time.Second), noon.Add(-12*time.Minute)
	personal := china(account("personal"))
	personal.RefreshingSince, personal.ExpiresAt, personal.LastUsedAt = noon.Add(-2*time.Second), noon.Add(48*time.Second), noon.Add(-3*time.Minute)
	team := china(account("北京团队"))
	team.ObtainedAt = noon.Add(-18 * time.Minute)
	team.ExpiresAt, team.LastUsedAt, team.Priority = noon.Add(-3*time.Minute), noon.Add(-5*time.Hour), 1
	nous := of(account("team-nous"), "nous", "Nous Portal", "Nous")
	nous.LastUsedAt = noon.Add(-time.Hour)
	nous.Cooldown = pool.Cooldown{At: noon.Add(-time.Minute), Until: noon.Add(41*time.Minute + 9*time.Second), Named: true, Status: 429}
	old := dead(account("old-laptop"))
	old.LastUsedAt = noon.AddDate(0, 0, -2)
	bot := of(account("ci-bot"), "xai-oauth", "xAI", "xAI")
	bot.Locked, bot.LastUsedAt = true, time.Time{}
	shared := of(account("borrowed"), "nous", "Nous Portal", "Nous")
	shared.Owner = "hermes-agent"
	spare := account("spare")
	spare.SignedOut, spare.LastUsedAt = true, noon.AddDate(0, 0, -8)
	return []core.Account{account("work"), long, personal, team, nous, old, bot, shared, spare}
}
