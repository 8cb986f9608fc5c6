package usage

import (
	"cmp"
	"encoding/json"
	"strconv"
	"strings"
	"time"
)

// Described is how a provider that a person has described tells of a plan: at one
// address, in fields of an object. A field is named by its path: a dot stands before
// what is in an inner object, and a number is a place in a list, from 0 on.
type Described struct {
	URL     string
	Plan    string // field with the plan's name
	Balance string // field with the credit that is left
	Unit    string // of the credit: a currency (ISO 4217); empty: credits
	Windows []DescribedWindow
}

// DescribedWindow is where the numbers of one window are. What is used stands in one of
// four fields, two of which need the limit beside them.
type DescribedWindow struct {
	Length           time.Duration `toml:"length"`            // how long it is; 0: nobody said
	Model            string        `toml:"model"`             // that it holds for; empty: for all
	Used             string        `toml:"used"`              // so much of Limit
	Remaining        string        `toml:"remaining"`         // the rest of Limit
	Limit            string        `toml:"limit"`             // how much the window has
	UsedPercent      string        `toml:"used_percent"`      // 0 to 100
	RemainingPercent string        `toml:"remaining_percent"` // 0 to 100
	ResetsAt         string        `toml:"resets_at"`         // seconds or milliseconds since 1970, or a date
	ResetsIn         string        `toml:"resets_in"`         // seconds
}

// Fields returns every path in a window, by the name of its setting.
func (d DescribedWindow) Fields() map[string]string {
	return map[string]string{
		"used": d.Used, "remaining": d.Remaining, "limit": d.Limit, "used_percent": d.UsedPercent,
		"remaining_percent": d.RemainingPercent, "resets_at": d.ResetsAt, "resets_in": d.ResetsIn,
	}
}

// Endpoints is [Teller.Endpoints] of a described provider.
func (d *Described) Endpoints() []Endpoint { return []Endpoint{{URL: d.URL, Parse: d.parse}} }

// parse reads an answer. A number that is not there, or is none, makes none.
func (d *Described) parse(body []byte, now time.Time) (Reading, error) {
	r := Reading{At: now, Source: FromEndpoint}
	if name := dig(body, d.Plan); d.Plan != "" {
		r.Plan = name.text(found)
	}
	if amount, ok := dig(body, d.Balance).number(found); ok && d.Balance != "" {
		r.Balances = []Balance{{Name: "credits", Amount: amount, Currency: d.Unit, Told: now}}
	}
	for _, window := range d.Windows {
		if w, ok := window.read(body, now); ok {
			r.Windows = append(r.Windows, w)
		}
	}
	if r.Empty() {
		return Reading{}, ErrNotTold
	}
	return r, nil
}

// LongestWindow is longer than any window of a plan is.
const LongestWindow = 400 * 24 * time.Hour

func (d DescribedWindow) read(body []byte, now time.Time) (Window, bool) {
	w := Window{Name: cmp.Or(nameOf(d.Length), "plan"), Scope: d.Model, Length: d.Length, Told: now}
	number := func(path string) (float64, bool) {
		n, ok := dig(body, path).number(found)
		return n, ok && path != "" && n >= 0
	}
	limit, limited := number(d.Limit)
	used, counted := number(d.Used)
	if left, ok := number(d.Remaining); !counted && ok && left <= limit { // more than there is is no gauge
		used, counted = limit-left, true
	}
	if limited && counted && limit > 0 {
		w.Count, w.Limit, w.Used = &used, &limit, share(used, limit)
	}
	if n, ok := number(d.UsedPercent); ok {
		w.Used = percent(n)
	} else if n, ok := number(d.RemainingPercent); ok {
		w.Used = percent(100 - n)
	}
	if d.ResetsAt != "" {
		w.Resets = dig(body, d.ResetsAt).moment(found)
	}
	if n, ok := number(d.ResetsIn); ok && w.Resets.IsZero() && n > 0 && n <= LongestWindow.Seconds() {
		w.Resets = now.Add(time.Duration(n * float64(time.Second)))
	}
	return w, w.Used != nil
}

// found is the name of the one field that [dig] returns.
const found = "found"

// dig returns what a path leads to, as the one field of an object; none where it leads
// nowhere.
func dig(raw json.RawMessage, path string) fields {
	if path == "" {
		return fields{found: raw}
	}
	name, rest, _ := strings.Cut(path, ".")
	var object map[string]json.RawMessage
	if json.Unmarshal(raw, &object) == nil {
		if inner, ok := object[name]; ok {
			return dig(inner, rest)
		}
		return nil
	}
	var list []json.RawMessage
	i, err := strconv.Atoi(name)
	if err != nil || json.Unmarshal(raw, &list) != nil || i < 0 || i >= len(list) {
		return nil
	}
	return dig(list[i], rest)
}
