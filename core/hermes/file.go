package hermes

import (
	"bytes"
	"encoding/json"
	"time"

	"github.com/hermes-tui/hermes-tui/core/provider"
	"github.com/hermes-tui/hermes-tui/core/record"
	"github.com/hermes-tui/hermes-tui/internal/mark"
)

// Format is the kind of file.
type Format string

// The formats.
const (
	AuthJSON   Format = "auth_json"   // hermes-agent's auth.json, of the root or a profile
	NousShared Format = "nous_shared" // hermes-agent's copy of the Nous sign-in for all profiles
	Qwen       Format = "qwen"        // Qwen Code's oauth_creds.json
	Codex      Format = "codex"       // the Codex CLI's auth.json
	CodexMulti Format = "codex_multi" // codex-multi-auth's list of accounts
	OpenCode   Format = "opencode"    // opencode's auth.json
	CLIProxy   Format = "cliproxy"    // one file of CLIProxyAPI's auth folder
	Claude     Format = "claude"      // Claude Code's .credentials.json
)

// Owner is the program that keeps its sign-ins in files of this format.
func (f Format) Owner() string {
	switch f {
	case Qwen:
		return "Qwen Code"
	case Codex:
		return "Codex CLI"
	case CodexMulti:
		return "codex-multi-auth"
	case OpenCode:
		return "opencode"
	case CLIProxy:
		return "CLIProxyAPI"
	case Claude:
		return "Claude Code"
	default:
		return record.HermesAgent
	}
}

// File is one file, read.
type File struct {
	Format  Format
	Path    string // as it was named; empty when parsed from bytes
	Profile string // hermes-agent's profile; empty: the root's file
	Rows    []Row  // in the order of the file, singletons first

	top object
}

// Sections of auth.json in which rows stand.
const (
	sectionProviders = "providers"
	sectionPool      = "credential_pool"
	sectionLegacy    = "systems"
	sectionShared    = "shared"
)

// Parse reads a file's bytes. Rows that cannot be read are rows all the same,
// with Odd set; a file whose frame is wrong is a [*Damage]. now is the moment
// up to which cool-downs and lives are counted.
func Parse(format Format, data []byte, now time.Time) (*File, error) {
	data = mark.Trim(data)
	f := &File{Format: format}
	if err := checkText(data); err != nil {
		return nil, err
	}
	top, err := parseObject(data)
	if err != nil {
		return nil, &Damage{Why: "its content " + err.Error()}
	}
	f.top = top
	switch format {
	case Qwen:
		f.Rows = qwenRows(top, now)
	case Codex:
		f.Rows = codexRows(top, now)
	case NousShared:
		f.Rows = sharedRows(top, now)
	case CodexMulti:
		f.Rows = codexMultiRows(top, now)
	case OpenCode:
		f.Rows = openCodeRows(top, now)
	case CLIProxy:
		f.Rows = cliProxyRows(top, now)
	case Claude:
		f.Rows = []Row{{Position: Position{Provider: provider.Anthropic}, AuthType: record.OAuth}}
	default:
		if err := f.authRows(now); err != nil {
			return nil, err
		}
	}
	return f, nil
}

// checkText tells a file that is no JSON text from one that was cut.
func checkText(data []byte) error {
	switch {
	case len(bytes.TrimSpace(data)) == 0:
		return &Damage{Why: "it is empty"}
	case bytes.IndexByte(data, 0) >= 0:
		return &Damage{Why: "it is not a text file"}
	case json.Valid(data):
		return nil
	}
	var syntax *json.SyntaxError
	err := json.Unmarshal(data, new(json.RawMessage))
	if asSyntax(err, &syntax) && syntax.Offset >= int64(len(data)) {
		return &Damage{Why: "it ends in the middle"}
	}
	return &Damage{Why: "it is not JSON"}
}

// authRows reads both sections of auth.json. A section of a wrong kind is
// damage: rows may be hidden in it, and it could not be written back.
func (f *File) authRows(now time.Time) error {
	blocks, err := f.section(sectionProviders)
	if err != nil {
		return err
	}
	for _, id := range blocks.keys {
		if row, ok := singleton(id, blocks.values[id], now); ok {
			f.Rows = append(f.Rows, row)
		}
	}
	if legacy, ok := f.legacyNous(blocks, now); ok {
		f.Rows = append(f.Rows, legacy)
	}
	pools, err := f.section(sectionPool)
	if err != nil {
		return err
	}
	for _, id := range pools.keys {
		entries, ok := list(pools.values[id])
		if !ok {
			return &Damage{Why: sectionPool + "." + shown(id) + " is not a list"}
		}
		alone := alive(entries) <= 1
		for i, raw := range entries {
			f.Rows = append(f.Rows, poolRow(id, i, raw, alone, now))
		}
	}
	return nil
}

// alive counts the rows of a pool that hermes-agent has not given up for good.
func alive(entries []json.RawMessage) (n int) {
	for _, raw := range entries {
		if row, err := parseObject(raw); err == nil && row.text("last_status") != "dead" {
			n++
		}
	}
	return n
}

// section returns an object of the top level, empty when it is not there.
func (f *File) section(name string) (object, error) {
	if !f.top.has(name) {
		return object{}, nil
	}
	o, err := parseObject(f.top.values[name])
	if err != nil {
		return o, &Damage{Why: name + " " + err.Error()}
	}
	return o, nil
}

// legacyNous is the block that older versions kept under "systems"; a newer one
// under "providers" goes first.
func (f *File) legacyNous(blocks object, now time.Time) (Row, bool) {
	raw := f.top.object(sectionLegacy).values["nous_portal"]
	if blocks.has("nous") || isNull(raw) {
		return Row{}, false
	}
	row, ok := singleton("nous", raw, now)
	row.Section = sectionLegacy
	return row, ok
}
