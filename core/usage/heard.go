package usage

import (
	"context"
	"time"
)

// heardOf is for how long other hosts are told what was told here.
const heardOf = 24 * time.Hour

// Own returns what was told to this host within a day, for the other hosts of its fleet:
// what one of them has told is left out.
func (m *Meter) Own() map[string]Known {
	own, now := map[string]Known{}, m.clock.Now()
	for id, k := range m.Known() {
		if k.From != "" || now.Sub(k.Asked).Abs() > heardOf && now.Sub(k.Reading.At).Abs() > heardOf {
			continue
		}
		k.Points, k.Said = nil, nil
		own[id] = k
	}
	return own
}

// Heard takes what another host was told, where that is newer. A provider that was asked
// there is not asked here for as long.
func (m *Meter) Heard(ctx context.Context, host string, told map[string]Known) error {
	newer := func(have, k Known) bool {
		return k.Asked.After(have.Asked) || k.Reading.At.After(have.Reading.At) && !k.Reading.Empty()
	}
	known, some := m.Known(), false
	for id, k := range told {
		some = some || newer(known[id], k)
	}
	if !some { // nothing is written
		return nil
	}
	return m.file.change(ctx, func(all map[string]Known) {
		for id, k := range told {
			have := all[id]
			if !newer(have, k) {
				continue
			}
			if k.Reading.At.After(have.Reading.At) && !k.Reading.Empty() {
				have = have.with(k.Reading)
				have.From = host
			}
			if k.Asked.After(have.Asked) {
				have.Asked, have.NotBefore, have.Silent, have.Late = k.Asked, k.NotBefore, k.Silent, k.Late
			}
			all[id] = have
		}
	})
}
