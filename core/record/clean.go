package record

import (
	"github.com/hermes-tui/hermes-tui/core/pool"
	"github.com/hermes-tui/hermes-tui/core/secret"
)

// Bounds of the texts of a record, in characters. They are wider than what is
// ever written: only a file that somebody else wrote meets them.
const (
	maxName   = 200  // a label, a provider, a program
	maxCode   = 80   // a code
	maxSaid   = 1000 // a sentence
	maxScopes = 4000
)

// Whoever can write the files that are not sealed could make a listing, a log or
// a completion control the terminal, or show a token that a server once said. So
// what is read of them is cleaned here, before anybody sees it. What our own
// program wrote stays as it is.

func clean(limit int, texts ...*string) {
	for _, text := range texts {
		*text = secret.Clean(*text, limit)
	}
}

func (p *PoolFile) clean() {
	for i := range p.Rows {
		row := &p.Rows[i]
		row.Public.clean()
		clean(maxName, &row.Label, &row.Keystore, &row.Secret)
		cleanLimits(&row.Limits)
	}
	clean(2*maxName, &p.Default)
	for id, s := range p.Strategies {
		to := id
		clean(maxName, &to.Provider, &to.Region, (*string)(&s))
		delete(p.Strategies, id)
		p.Strategies[to] = s
	}
}

func cleanLimits(l *pool.Limits) {
	cleanCooldown(&l.Cooldown)
	for model, c := range l.Models {
		cleanCooldown(&c)
		delete(l.Models, model)
		l.Models[secret.Clean(model, maxName)] = c
	}
}

func cleanCooldown(c *pool.Cooldown) {
	clean(maxName, (*string)(&c.Means))
	c.Code, c.Message = secret.Words(c.Code, maxCode), secret.Words(c.Message, maxSaid)
}

func (h *Head) clean() {
	h.Public.clean()
	clean(maxName, &h.Label)
	if h.Ref != nil {
		clean(maxName, &h.Ref.Kind)
	}
	if h.Origin != nil {
		clean(maxName, &h.Origin.Format, &h.Origin.Provider)
	}
	if h.Intent != nil {
		clean(maxName, (*string)(&h.Intent.Why), &h.Intent.Blob.Kind)
	}
	for i := range h.Trash {
		clean(maxName, &h.Trash[i].Kind)
	}
}

func (p *Public) clean() {
	clean(maxName, &p.ID, &p.Provider, &p.Region, &p.API, &p.AuthType, &p.Source, &p.Owner, (*string)(&p.Status))
	for i := range p.Also {
		clean(maxName, &p.Also[i])
	}
	clean(maxScopes, &p.Scope)
	clean(maxSaid, &p.Identity.Label, &p.Identity.Subject, &p.Identity.Account)
	for _, note := range []*Note{p.Marker, p.LastError} {
		if note != nil {
			clean(maxName, &note.Provider)
			note.Code, note.Message, note.Reason = secret.Words(note.Code, maxCode), secret.Words(note.Message, maxSaid), secret.Words(note.Reason, maxSaid)
		}
	}
}
