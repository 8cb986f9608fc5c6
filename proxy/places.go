package proxy

import (
	"net/url"
	"sync"
)

// mostPlaces is far more than accounts have addresses.
const mostPlaces = 256

// places are the addresses of model APIs, each read once. It is safe for concurrent use.
type places struct {
	mu   sync.RWMutex
	read map[string]*url.URL
}

// at returns a base URL, which is its caller's to change.
func (p *places) at(base string) (*url.URL, error) {
	p.mu.RLock()
	have := p.read[base]
	p.mu.RUnlock()
	if have == nil {
		var err error
		if have, err = url.Parse(base); err != nil {
			return nil, err
		}
		p.keep(base, have)
	}
	own := *have
	return &own, nil
}

func (p *places) keep(base string, at *url.URL) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.read == nil || len(p.read) >= mostPlaces {
		p.read = map[string]*url.URL{}
	}
	p.read[base] = at
}
