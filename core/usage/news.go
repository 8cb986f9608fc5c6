package usage

import (
	"context"
	"maps"
	"time"
)

// Voice is one of the ways in which a person is told what is new of their plans.
type Voice string

// The voices. What one has told, the other may tell as well: a window is not looked at
// where the command's message is read.
const (
	ByWindow  Voice = "window"
	ByCommand Voice = "command"
)

// Tightening and Tight are from how many percent of its tightest window on a person is
// told of a plan.
const (
	Tightening = 75
	Tight      = 90
)

// News is what a person is told of an account's plan.
type News struct {
	Account string
	Level   int     // Tightening or Tight: so much of the window is used, or more; 0: there is room again
	Window  *Window // the tightest one; nil: nobody told, and there is room again
}

// Words says it of an account: "has used 76 % of 5h", "has room again".
func (n News) Words() string {
	if n.Level == 0 {
		return "has room again"
	}
	return "has used " + Percent(*n.Window.Used) + " of " + n.Window.Name
}

// Standing is how an account stands, when it is looked for news of it.
type Standing struct {
	Account string
	Plan    *Known // nil: nothing is known
	UsedUp  bool   // it does not serve, because nothing is left
}

// telling is what one voice has told of an account.
type telling struct {
	UsedUp  bool           `json:"used_up,omitempty"` // when it was looked last
	Windows map[string]run `json:"windows,omitempty"` // by their keys
}

// run is the time between two beginnings of a window.
type run struct {
	Level int       `json:"level"` // that was told
	Until time.Time `json:"until"` // when it ends, as far as was known then
}

// of reports whether a window, as it is told now, is in that run still. Its end may move
// a little, or slide: it has begun anew early if it moves by half its length.
func (r run) of(w Window, now time.Time) bool {
	return now.Before(r.Until) && (w.Resets.IsZero() || w.Resets.Sub(r.Until) < max(w.Length/2, apart))
}

func (t telling) equal(o telling) bool {
	return t.UsedUp == o.UsedUp && maps.Equal(t.Windows, o.Windows)
}

// next returns what is to be told of an account after what was said, if anything, and
// what is said by then.
func (t telling) next(of Standing, now time.Time) (next telling, news *News) {
	var tight *Window
	if of.Plan != nil {
		if w, told := of.Plan.Reading.Tightest(now); told {
			tight = &w
		}
	}
	next = telling{UsedUp: of.UsedUp, Windows: t.Windows}
	again := t.UsedUp && !of.UsedUp
	if again && tight != nil && *tight.Used >= Tight { // that is hardly any
		again, next.UsedUp = false, true
	}
	if again {
		news = &News{Account: of.Account, Window: tight}
	}
	if tight == nil {
		return next, news
	}
	level := 0
	switch {
	case *tight.Used >= Tight:
		level = Tight
	case *tight.Used >= Tightening:
		level = Tightening
	}
	before := t.Windows[tight.key()]
	switch {
	case again: // what is used by now was told with that, and what will be is news
	case !before.of(*tight, now) && level > 0, before.of(*tight, now) && level > before.Level:
		news = &News{Account: of.Account, Level: level, Window: tight}
	default:
		return next, news
	}
	next.Windows = map[string]run{}
	for key, r := range t.Windows {
		if now.Before(r.Until) {
			next.Windows[key] = r
		}
	}
	next.Windows[tight.key()] = run{Level: level, Until: tight.ends()}
	return next, news
}

// News returns what a person is to be told of accounts by one voice, and notes that it
// is told: once in each run of a window, whichever process asks first, also after it
// has started anew. What cannot be noted is not told.
func (m *Meter) News(ctx context.Context, by Voice, accounts []Standing) ([]News, error) {
	now := m.clock.Now()
	if !anything(by, accounts, now) {
		return nil, nil
	}
	var all []News
	err := m.file.change(ctx, func(known map[string]Known) {
		for _, one := range accounts {
			k := known[one.Account]
			one.Plan = &k
			next, news := k.Said[by].next(one, now)
			if next.equal(k.Said[by]) {
				continue
			}
			k.Said = maps.Clone(k.Said)
			if k.Said == nil {
				k.Said = map[Voice]telling{}
			}
			k.Said[by] = next
			known[one.Account] = k
			if news != nil {
				all = append(all, *news)
			}
		}
	})
	if err != nil {
		return nil, err
	}
	return all, nil
}

// anything reports whether there is anything to note, as far as is known without the
// file's lock.
func anything(by Voice, accounts []Standing, now time.Time) bool {
	for _, one := range accounts {
		var before telling
		if one.Plan != nil {
			before = one.Plan.Said[by]
		}
		if next, _ := before.next(one, now); !next.equal(before) {
			return true
		}
	}
	return false
}
