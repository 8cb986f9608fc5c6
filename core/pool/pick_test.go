package pool

import (
	"testing"
	"time"
)

var noon = time.Date(2026, 5, 20, 12, 0, 0, 0, time.UTC)

// cooling is a cool-down in force that ends after d.
func cooling(d time.Duration) Cooldown {
	return Cooldown{At: noon.Add(-time.Minute), Until: noon.Add(d)}
}

func TestPick_FillFirst(t *testing.T) {
	resting := func(id string, d time.Duration) Row { return Row{ID: id, Limits: Limits{Cooldown: cooling(d)}} }
	model := Row{ID: "m", Limits: Limits{Models: map[string]Cooldown{"big": cooling(time.Minute)}}}
	dead := Row{ID: "d", Out: NeedsSignIn}
	for name, tc := range map[string]struct {
		rows []Row
		want Want
		id   string
		none None
	}{
		"the first":                      {rows: []Row{{ID: "a"}, {ID: "b"}}, id: "a"},
		"not a dead one":                 {rows: []Row{dead, {ID: "b"}}, id: "b"},
		"not one that rests":             {rows: []Row{resting("a", time.Hour), {ID: "b"}}, id: "b"},
		"one whose rest is over":         {rows: []Row{resting("a", 0), {ID: "b"}}, id: "a"},
		"not one that refused":           {rows: []Row{{ID: "a"}, {ID: "b"}}, want: Want{Not: []string{"a"}}, id: "b"},
		"not with this model":            {rows: []Row{model, {ID: "b"}}, want: Want{Model: "big"}, id: "b"},
		"with another model":             {rows: []Row{model, {ID: "b"}}, want: Want{Model: "small"}, id: "m"},
		"with an unknown model":          {rows: []Row{model, {ID: "b"}}, id: "m"},
		"none: nobody there":             {none: None{Reason: NeedsSignIn, Again: -1}},
		"none: all dead":                 {rows: []Row{dead, {ID: "x", Out: NotIncluded}}, none: None{Reason: NeedsSignIn, Again: -1}},
		"none: the soonest rest counts":  {rows: []Row{resting("a", time.Hour), resting("b", time.Minute), resting("c", 2*time.Hour), dead}, none: None{CoolingDown, noon.Add(time.Minute), -1}},
		"none: a rest before a lock":     {rows: []Row{{ID: "l", Out: Locked}, resting("b", time.Minute)}, none: None{CoolingDown, noon.Add(time.Minute), -1}},
		"none: a lock before a sign-in":  {rows: []Row{dead, {ID: "l", Out: Locked}}, none: None{Reason: Locked, Again: 1}},
		"not one without a new token":    {rows: []Row{{ID: "a", Unrefreshed: true}, {ID: "b"}}, id: "b"},
		"none: no new token anywhere":    {rows: []Row{{ID: "a", Unrefreshed: true, RetryAt: noon.Add(time.Hour)}, {ID: "b", Unrefreshed: true, RetryAt: noon.Add(time.Minute)}, resting("c", time.Second)}, none: None{NotRefreshed, noon.Add(time.Minute), 0}},
		"none: no new token, tried":      {rows: []Row{{ID: "a", Unrefreshed: true}, {ID: "b", Unrefreshed: true}}, want: Want{Not: []string{"a"}}, none: None{Reason: NotRefreshed, Again: 1}},
		"none: it rests, too":            {rows: []Row{func() Row { r := resting("a", time.Hour); r.Unrefreshed = true; return r }()}, none: None{CoolingDown, noon.Add(time.Hour), -1}},
		"none: a lock that was met":      {rows: []Row{{ID: "l", Out: Locked}}, want: Want{Not: []string{"l"}}, none: None{Reason: Locked, Again: -1}},
		"none: all refused":              {rows: []Row{{ID: "a"}, dead}, want: Want{Not: []string{"a"}}, none: None{Reason: Refused, Again: -1}},
		"none: the model rests all over": {rows: []Row{model}, want: Want{Model: "big"}, none: None{CoolingDown, noon.Add(time.Minute), -1}},
	} {
		t.Run(name, func(t *testing.T) {
			i, none := Pick(tc.rows, noon, tc.want)
			id := ""
			if i >= 0 {
				id = tc.rows[i].ID
			}
			if id != tc.id || none != tc.none {
				t.Errorf("picked %q, none %+v; want %q, %+v", id, none, tc.id, tc.none)
			}
		})
	}
}
