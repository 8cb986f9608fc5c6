// Package proxies tells which proxies run: each leaves a note in a folder that the
// processes of one person share, and holds a lock as long as it lives, so that of one
// that was killed nothing is shown. There is no secret in it.
//
//   - proxy.go is the note, and reads it.
//   - board.go is the folder: who is in it, and what the killed left behind.
//   - entry.go is a proxy that runs in this process. minute.go counts its requests.
package proxies

import (
	"encoding/json"
	"errors"
	"net"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/hermes-tui/hermes-tui/core/secret"
)

// Proxy is one that runs.
type Proxy struct {
	ID        string    `json:"id"`         // random
	Listens   []string  `json:"listens"`    // host and port, or the path of a socket
	PID       int       `json:"pid"`        // of its process
	Began     time.Time `json:"began"`      // UTC
	PerMinute int       `json:"per_minute"` // requests of the last minute, some seconds ago at most
}

// Bounds of what is taken from a note.
const (
	version     = 1
	maxNote     = 16 << 10
	maxAddress  = 300 // characters
	mostListens = 8
	mostMinute  = 1_000_000_000
)

// note is the file's form.
type note struct {
	Version int `json:"version"`
	Proxy
}

// decode reads a note. What is not understood is nobody's.
func decode(id string, data []byte) (Proxy, error) {
	var n note
	if err := json.Unmarshal(data, &n); err != nil {
		return Proxy{}, err
	}
	if n.Version != version || n.ID != id || len(n.Listens) == 0 || n.PID < 0 || n.PerMinute < 0 {
		return Proxy{}, errors.New("it is not a note of this version")
	}
	n.Listens, n.PerMinute = n.Listens[:min(len(n.Listens), mostListens)], min(n.PerMinute, mostMinute)
	for i, at := range n.Listens {
		if n.Listens[i] = secret.Clean(at, maxAddress); n.Listens[i] == "" {
			return Proxy{}, errors.New("it names no address")
		}
	}
	return n.Proxy, nil
}

// Equal reports whether nothing is told otherwise.
func (p Proxy) Equal(o Proxy) bool {
	return p.ID == o.ID && p.PID == o.PID && p.Began.Equal(o.Began) && p.PerMinute == o.PerMinute && slices.Equal(p.Listens, o.Listens)
}

// Ports are its ports, and the names of its sockets: the short form of where it
// listens.
func (p Proxy) Ports() (all []string) {
	for _, at := range p.Listens {
		if _, port, err := net.SplitHostPort(at); err == nil && !strings.ContainsAny(at, `/\`) {
			all = append(all, port)
		} else {
			all = append(all, filepath.Base(at))
		}
	}
	return all
}
