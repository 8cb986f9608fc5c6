package keystore

import (
	"bytes"
	"context"
	"sync"
)

// Memory keeps blobs until the process ends. It is for tests.
type Memory struct {
	mu    sync.Mutex
	blobs map[string][]byte
}

// NewMemory returns an empty store.
func NewMemory() *Memory { return &Memory{blobs: map[string][]byte{}} }

// Kind implements [Store].
func (m *Memory) Kind() Kind { return KindMemory }

// Name implements [Store].
func (m *Memory) Name() string { return "memory" }

// Probe implements [Store].
func (m *Memory) Probe(ctx context.Context, _ string) error { return ctx.Err() }

// Prepare implements [Store].
func (m *Memory) Prepare(ctx context.Context, name string) error { return m.begin(ctx, "put", name) }

// begin looks whether a call can be made at all.
func (m *Memory) begin(ctx context.Context, op, name string) error {
	if err := checkName(op, name); err != nil {
		return err
	}
	return gaveUp(op, ctx.Err())
}

// Put implements [Store].
func (m *Memory) Put(ctx context.Context, name string, blob []byte) error {
	if err := m.begin(ctx, "put", name); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if have, ok := m.blobs[name]; ok && !bytes.Equal(have, blob) {
		return writtenAlready(name)
	}
	m.blobs[name] = bytes.Clone(blob)
	return nil
}

// Get implements [Store].
func (m *Memory) Get(ctx context.Context, name string) ([]byte, error) {
	if err := m.begin(ctx, "get", name); err != nil {
		return nil, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	blob, ok := m.blobs[name]
	if !ok {
		return nil, notFound("get")
	}
	return bytes.Clone(blob), nil
}

// Delete implements [Store].
func (m *Memory) Delete(ctx context.Context, name string) error {
	if err := m.begin(ctx, "delete", name); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.blobs, name)
	return nil
}

// List implements [Lister].
func (m *Memory) List(ctx context.Context) ([]string, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	names := make([]string, 0, len(m.blobs))
	for name := range m.blobs {
		names = append(names, name)
	}
	return names, nil
}

func notFound(op string) error {
	return &Error{Condition: NotFound, Op: op, Message: "there is no such secret"}
}

func writtenAlready(string) error {
	return &Error{Condition: Damaged, Op: "put", Message: "a secret of this name is stored already, with other content"}
}

// maxName is the longest name of a blob.
const maxName = 120

// checkName refuses names that could reach outside a folder or a keyring's
// name space. Names are lower-case letters, digits, dots and dashes.
func checkName(op, name string) error {
	ok := name != "" && len(name) <= maxName && name[0] != '.' && name[0] != '-'
	for _, c := range name {
		ok = ok && (c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '.' || c == '-')
	}
	if !ok {
		return &Error{Condition: Misused, Op: op, Message: "not a name of a secret"}
	}
	return nil
}
