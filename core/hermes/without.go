package hermes

import (
	"bytes"
	"encoding/json"
	"time"
)

// Without returns the file's bytes without the tokens of some rows, which are
// numbered as in Rows. Pool rows go as a whole; of a singleton only what
// hermes-agent itself clears when it gives a sign-in up, so that its address
// and its region stay. active_provider is not touched.
func (f *File) Without(rows []int, now time.Time) ([]byte, error) {
	gone := map[string]map[int]bool{} // indexes of pool rows, by provider
	top := f.top.copy()
	providers, pools := top.object(sectionProviders), top.object(sectionPool)
	for _, n := range rows {
		switch row := f.Rows[n]; row.Section {
		case sectionPool:
			if gone[row.Provider] == nil {
				gone[row.Provider] = map[int]bool{}
			}
			gone[row.Provider][row.Index] = true
		case sectionProviders:
			providers.set(row.Provider, cleared(providers.object(row.Provider)))
		case sectionLegacy:
			systems := top.object(sectionLegacy)
			systems.set("nous_portal", cleared(systems.object("nous_portal")))
			top.set(sectionLegacy, systems.bytes())
		case sectionShared:
			top.drop(tokenKeys...)
		}
	}
	for id := range gone {
		entries, _ := list(pools.values[id])
		left := make([]json.RawMessage, 0, len(entries))
		for i, raw := range entries {
			if !gone[id][i] {
				left = append(left, raw)
			}
		}
		pools.set(id, joined(left))
	}
	return f.rendered(top, providers, pools, now)
}

// tokenKeys are what a quarantine clears of a flat block (auth_minimax.py,
// auth_nous.py).
var tokenKeys = []string{
	"access_token", "refresh_token", "id_token", "expires_at", "expires_in", "obtained_at",
	"agent_key", "agent_key_id", "agent_key_expires_at", "agent_key_expires_in", "agent_key_reused", "agent_key_obtained_at",
}

// cleared is a singleton's block without its tokens.
func cleared(block object) json.RawMessage {
	block.drop(tokenKeys...)
	if block.has("tokens") {
		tokens := block.object("tokens")
		tokens.drop("access_token", "refresh_token", "id_token")
		block.set("tokens", tokens.bytes())
	}
	return block.bytes()
}

func joined(entries []json.RawMessage) json.RawMessage {
	var b bytes.Buffer
	b.WriteByte('[')
	for i, e := range entries {
		if i > 0 {
			b.WriteByte(',')
		}
		b.Write(e)
	}
	b.WriteByte(']')
	return b.Bytes()
}

// rendered puts the sections back and writes the file as hermes-agent does:
// indented by two, with the time of the change.
func (f *File) rendered(top, providers, pools object, now time.Time) ([]byte, error) {
	if len(providers.keys) > 0 {
		top.set(sectionProviders, providers.bytes())
	}
	if len(pools.keys) > 0 {
		top.set(sectionPool, pools.bytes())
	}
	top.put("updated_at", python(now))
	var b bytes.Buffer
	if err := json.Indent(&b, top.bytes(), "", "  "); err != nil {
		return nil, err
	}
	b.WriteByte('\n')
	return b.Bytes(), nil
}

// python writes a time as datetime.isoformat does.
func python(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000000-07:00") }

func (o object) copy() object {
	next := object{}
	for _, key := range o.keys {
		next.set(key, o.values[key])
	}
	return next
}
