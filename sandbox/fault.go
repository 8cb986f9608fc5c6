package sandbox

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// Fault makes requests go wrong in one way.
type Fault struct {
	Name  string // see [FaultNames]
	On    string // "code", "poll", "refresh", "revoke", "model", "openai" or "all"; empty is the fault's own default
	Count int    // how many requests it spoils; 0 is every one
}

// faultSpec is what there is to know about a fault without sending anything.
type faultSpec struct {
	name  string
	on    []Kind // default
	issue bool   // it changes answers that carry tokens, and counts only those
	model bool   // it can spoil a request for a message, too
	help  string
}

// faultSpecs is the table of all faults. Only "lost" spends a refresh token
// without delivering the new one; the others leave the account as it was or
// answer in full.
func faultSpecs() []faultSpec {
	all := []Kind{KindCode, KindPoll, KindRefresh}
	token := []Kind{KindPoll, KindRefresh}
	poll := []Kind{KindPoll}
	refresh := []Kind{KindRefresh}
	model := []Kind{KindModel, KindOpenAI}
	return append([]faultSpec{
		{"503", token, false, true, "503 with a JSON body"},
		{"503-invalid-grant", refresh, false, false, "503 whose body says invalid_grant"},
		{"429", token, false, true, "429 with Retry-After"},
		{"html", token, false, true, "502 with the HTML page of a gateway"},
		{"cut", refresh, false, true, "200 whose JSON breaks off, then the connection is closed; nothing was rotated"},
		{"reset", refresh, false, true, "the connection is reset before an answer; nothing was rotated"},
		{"hang", refresh, false, true, "no answer until the client leaves; nothing was rotated"},
		{"slow", refresh, false, true, "the right answer after 3 s; a client that leaves before has changed nothing"},
		{"lost", refresh, true, false, "the token is rotated, the answer dropped"},
		{"slow_down", poll, false, false, "400 with error slow_down"},
		{"redirect", token, false, true, "307 to a foreign host"},
		{"ansi", all, false, false, "terminal control sequences in every text for people"},
		{"status-error", refresh, false, false, "200 with status error"},
		{"no-status", token, true, false, "tokens, but no status"},
		{"bad-expiry", token, true, false, "tokens with an absurd expired_in"},
		{"no-refresh-token", refresh, true, false, "an access token only; the old refresh token stays good"},
		{"no-copilot", refresh, false, false, "GitHub: 403, the account's plan has no Copilot"},
		{"big-token", token, true, false, "an access token of 20 kB"},
		{"401", model, false, true, "a good access token is refused"},
		{"402", model, false, true, "the account's balance is used up"},
		{"529", model, false, true, "the model is overloaded"},
		{"stream-error", model, false, true, "an error event in the middle of a stream; the model is overloaded where there is none"},
	}, formatFaults()...)
}

// FaultNames returns the names of all faults with a line of help for each, in
// the order of the documentation.
func FaultNames() (names, help []string) {
	for _, spec := range faultSpecs() {
		names, help = append(names, spec.name), append(help, spec.help)
	}
	return names, help
}

// ParseFault reads NAME[@WHERE][:COUNT], such as "503", "429:3" or
// "hang@poll:1". WHERE is code, poll, refresh, revoke, model, openai or all, which is
// the first three: revocations and requests to the model endpoint are spoilt only
// by faults that are on them.
func ParseFault(s string) (Fault, error) {
	rest, count, counted := strings.Cut(s, ":")
	name, on, placed := strings.Cut(rest, "@")
	f := Fault{Name: name, On: on}
	spec, ok := f.spec()
	if !ok {
		names, _ := FaultNames()
		return Fault{}, fmt.Errorf("unknown fault %q: use one of %s", name, strings.Join(names, ", "))
	}
	places := spec.places()
	if placed && !slices.Contains(places, on) {
		return Fault{}, fmt.Errorf("fault %q cannot be on requests %q: use %s", name, on, strings.Join(places, ", "))
	}
	if counted {
		n, err := strconv.Atoi(count)
		if err != nil || n < 1 || n > 1_000_000 || count != strconv.Itoa(n) {
			return Fault{}, fmt.Errorf("fault %q has the count %q: use a number from 1 to 1000000", name, count)
		}
		f.Count = n
	}
	return f, nil
}

// String is the inverse of [ParseFault].
func (f Fault) String() string {
	s := f.Name
	if f.On != "" {
		s += "@" + f.On
	}
	if f.Count > 0 {
		s += ":" + strconv.Itoa(f.Count)
	}
	return s
}

func (f Fault) spec() (faultSpec, bool) {
	specs := faultSpecs()
	i := slices.IndexFunc(specs, func(s faultSpec) bool { return s.name == f.Name })
	if i < 0 {
		return faultSpec{}, false
	}
	return specs[i], true
}

// places is where the fault can be put.
func (s faultSpec) places() []string {
	portal := []string{"code", "poll", "refresh", "all"}
	switch {
	case slices.Contains(s.on, KindModel):
		return []string{"model", "openai"}
	case slices.Contains(s.on, KindOpenAI):
		return []string{"openai"}
	case s.model:
		return append(portal, "model", "openai", "revoke")
	}
	return portal
}

// hits reports whether the fault concerns a request of this kind, at this
// point: when tokens are issued, or before.
func (f Fault) hits(k Kind, issuing bool) bool {
	spec, ok := f.spec()
	if !ok || spec.issue != issuing {
		return false
	}
	switch f.On {
	case "":
		return slices.Contains(spec.on, k)
	case "all":
		return k == KindCode || k == KindPoll || k == KindRefresh
	}
	return f.On == string(k)
}

// faultQueue hands out faults to requests until their counts are used up.
type faultQueue struct {
	mu   sync.Mutex
	list []Fault
}

func (q *faultQueue) set(faults []Fault) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.list = slices.Clone(faults)
}

// take returns the name of the first fault for this request, or "".
func (q *faultQueue) take(k Kind, issuing bool) string {
	q.mu.Lock()
	defer q.mu.Unlock()
	i := slices.IndexFunc(q.list, func(f Fault) bool { return f.hits(k, issuing) })
	if i < 0 {
		return ""
	}
	name := q.list[i].Name
	switch q.list[i].Count {
	case 0:
	case 1:
		q.list = slices.Delete(q.list, i, i+1)
	default:
		q.list[i].Count--
	}
	return name
}
