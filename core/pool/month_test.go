package pool

import (
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"
)

// month is a simulated month of a pool: accounts whose plans have a window of five
// hours, which begins with its first request, and a week; programs whose people
// sleep; and a provider that refuses what is used up and tells in whole percent.
type month struct {
	strategy Strategy
	dice     *rand.Rand // of the strategy
	now      time.Time
	plans    []simPlan
	rows     []Row
	turn     uint64

	asked, refused, lost, unjust int // requests; refusals of the provider; 429s at the client, and of those wrong ones
	begun, moved, third          int // conversations; their moves, and those to a third account
	needless                     int // of those, where one that it had before could have served
	held, used                   float64
}

// simPlan is a plan of one account at the provider.
type simPlan struct {
	five, week         float64 // used
	fiveEnds, weekEnds time.Time
}

const (
	perFive = 1500.0
	perWeek = 12000.0
	days    = 30
	length  = 30 // requests of a conversation, on average
)

// talk is a conversation: requests at these times and costs, by one account as long
// as that can serve.
type talk struct {
	at      []time.Time
	cost    []float64
	account int
	prefer  []string // its home, and who stands in for it
}

// sits makes the account that served the conversation its home, or, beside a home
// that cannot serve, its stand-in.
func (t *talk) sits(account string) {
	switch {
	case slices.Contains(t.prefer, account):
	case len(t.prefer) == 0:
		t.prefer = []string{account}
	default:
		t.prefer = []string{t.prefer[0], account}
	}
}

// demand is what the programs ask for in a month.
func demand(load float64, seed uint64) (all []*talk) {
	dice := rand.New(rand.NewPCG(seed, 2))
	start := noon.Truncate(24 * time.Hour)
	for now := start; now.Before(start.Add(days * 24 * time.Hour)); now = now.Add(time.Minute) {
		for program := range 3 {
			if dice.Float64() >= rate(load, now, program) {
				continue
			}
			t, at := &talk{account: -1}, now
			for range 1 + int(dice.ExpFloat64()*(length-1)) {
				t.at, t.cost = append(t.at, at), append(t.cost, dice.ExpFloat64())
				at = at.Add(time.Duration(10+dice.IntN(50)) * time.Second)
			}
			all = append(all, t)
		}
	}
	return all
}

// rate is how probable it is that a program begins a conversation in a minute: one
// works by day, one in the evening, one at night as well.
func rate(load float64, now time.Time, program int) float64 {
	hour := float64(now.Hour()) + float64(now.Minute())/60
	peak := []float64{14, 20, 3}[program]
	deep := []float64{0.95, 0.8, 0.4}[program]
	perMinute := load * 5 * perWeek / (7 * 24 * 60) / 3 / length
	return perMinute * (1 + deep*math.Cos((hour-peak)/24*2*math.Pi))
}

func newMonth(s Strategy, seed uint64) *month {
	dice := rand.New(rand.NewPCG(seed, 1))
	m := &month{strategy: s, dice: dice, now: noon.Truncate(24 * time.Hour)}
	for i := range 5 {
		m.rows = append(m.rows, Row{ID: fmt.Sprint(i)})
		m.plans = append(m.plans, simPlan{weekEnds: m.now.Add(time.Duration(dice.IntN(7*24*60)) * time.Minute)})
	}
	return m
}

// run lets a month pass, request by request.
func (m *month) run(talks []*talk) {
	start := m.now
	going := []*talk{}
	for ; m.now.Before(start.Add(days * 24 * time.Hour)); m.now = m.now.Add(10 * time.Second) {
		m.beginAnew(start)
		for len(talks) > 0 && !talks[0].at[0].After(m.now) {
			c := *talks[0]
			going, talks = append(going, &c), talks[1:]
		}
		for _, t := range going {
			if !t.at[0].After(m.now) {
				m.request(t)
			}
		}
		going = slices.DeleteFunc(going, func(t *talk) bool { return len(t.at) == 0 })
	}
}

// beginAnew begins windows that are over.
func (m *month) beginAnew(start time.Time) {
	for i := range m.plans {
		p := &m.plans[i]
		if !p.fiveEnds.IsZero() && !m.now.Before(p.fiveEnds) {
			p.five, p.fiveEnds = 0, time.Time{}
		}
		if !m.now.Before(p.weekEnds) {
			if !p.weekEnds.Add(-7 * 24 * time.Hour).Before(start) { // it was seen as a whole
				m.held, m.used = m.held+perWeek, m.used+min(p.week, perWeek)
			}
			p.week, p.weekEnds = 0, p.weekEnds.Add(7*24*time.Hour)
		}
	}
}

// request is one request of a conversation, with all that the proxy does for it.
func (m *month) request(t *talk) {
	m.asked++
	cost := t.cost[0]
	t.at, t.cost = t.at[1:], t.cost[1:]
	var not []string
	for {
		m.look()
		i := m.pick(t, not)
		if i < 0 {
			m.lost++
			if m.anyHasRoom() {
				m.unjust++
			}
			t.at = nil // the person gives up
			return
		}
		if until := m.serve(i, cost); !until.IsZero() {
			m.refused++
			not = append(not, m.rows[i].ID)
			m.rows[i].Limits, _ = m.rows[i].Limits.With(Refusal{Status: 429, Code: "usage_limit_reached", ResetAt: until}, Odds{Now: m.now})
			continue
		}
		if t.account >= 0 && t.account != i {
			m.moved++
			if len(t.prefer) == 2 && !slices.Contains(t.prefer, m.rows[i].ID) {
				m.third++
				if slices.ContainsFunc(t.prefer, m.hasRoom) {
					m.needless++
				}
			}
		}
		t.account = i
		t.sits(m.rows[i].ID)
		m.rows[i].Requests++
		return
	}
}

// pick stays with the conversation's account, else goes by the strategy.
func (m *month) pick(t *talk, not []string) int {
	want := Want{Strategy: m.strategy, Not: not, Prefer: t.prefer, Random: m.dice.IntN}
	i, _ := Pick(m.rows, m.now, want)
	if i >= 0 && want.takesTurn(m.rows, i, latest(m.rows)) {
		m.turn++
		m.rows[i].Turn = m.turn
	}
	return i
}

// serve uses an account's plan, or returns until when it is used up.
func (m *month) serve(i int, cost float64) (until time.Time) {
	p := &m.plans[i]
	switch {
	case p.week >= perWeek:
		return p.weekEnds
	case p.five >= perFive:
		return p.fiveEnds
	}
	if p.fiveEnds.IsZero() {
		p.fiveEnds = m.now.Add(5 * time.Hour)
	}
	p.five, p.week = p.five+cost, p.week+cost
	return time.Time{}
}

func (m *month) anyHasRoom() bool {
	return slices.ContainsFunc(m.rows, func(r Row) bool { return m.hasRoom(r.ID) })
}

// hasRoom reports whether the provider would serve an account.
func (m *month) hasRoom(id string) bool {
	p := m.plans[IndexOf(m.rows, id)]
	return p.week < perWeek && p.five < perFive
}

// look puts what the provider told into the rows.
func (m *month) look() {
	for i, p := range m.plans {
		used := min(100, math.Floor(max(p.five/perFive, p.week/perWeek)*100))
		m.rows[i].Plan = Plan{Used: used, Told: true, Resets: p.weekEnds}
	}
}

// months is what came of some months with one strategy.
func months(s Strategy, load float64) (sum month) {
	for seed := range uint64(2) {
		talks, m := demand(load, seed+1), newMonth(s, seed+1)
		m.run(talks)
		sum.held, sum.used = sum.held+m.held, sum.used+m.used
		sum.begun, sum.asked, sum.refused = sum.begun+len(talks), sum.asked+m.asked, sum.refused+m.refused
		sum.lost, sum.unjust = sum.lost+m.lost, sum.unjust+m.unjust
		sum.moved, sum.third, sum.needless = sum.moved+m.moved, sum.third+m.third, sum.needless+m.needless
	}
	return sum
}

// What a pool makes of its plans in a month, where programs ask for less than they
// hold, and for more. docs/pool.md has the figures.
func TestMonth(t *testing.T) {
	if testing.Short() {
		t.Skip("it counts millions of requests, and -short is set")
	}
	of1000 := func(n, all int) string { return fmt.Sprintf("%.1f", 1000*float64(n)/float64(all)) }
	table := ""
	for _, s := range Strategies() {
		calm, busy := months(s, 0.95), months(s, 1.2)
		if calm.unjust+busy.unjust > 0 {
			t.Errorf("%s: %d requests were refused that another account could have served", s, calm.unjust+busy.unjust)
		}
		if calm.needless+busy.needless > 0 {
			t.Errorf("%s: %d conversations moved to a third account although one of theirs could have served", s, calm.needless+busy.needless)
		}
		t.Logf("%s: of %d conversations %d moved to a third account where enough was there for all, of %d where not %d", s, calm.begun, calm.third, busy.begun, busy.third)
		share := 100 * busy.used / busy.held
		if s == SoonestReset && (share < 99 || calm.third > 0 || calm.lost > 0) {
			t.Errorf("%s: used %.2f %%; %d conversations moved to a third account, %d ended while there was enough for all", s, share, calm.third, calm.lost)
		}
		table += fmt.Sprintf("| `%s` | %s | %s | %.1f %% | %s | %s |\n", s,
			of1000(calm.lost, calm.begun), of1000(calm.moved, calm.begun),
			share, of1000(busy.lost, busy.begun), of1000(busy.moved, busy.begun))
	}
	if runtime.GOARCH != "amd64" {
		t.Skip("the last digit depends on how this processor rounds")
	}
	if page, err := os.ReadFile("../../docs/pool.md"); err != nil || !strings.Contains(string(page), table) {
		t.Errorf("docs/pool.md does not say (%v):\n%s", err, table)
	}
}
