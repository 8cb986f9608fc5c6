package keystore

import (
	"os"
	"path/filepath"
	"testing"
	"time"
)

// A process that makes the key may be killed before it has its name, and after.
func TestAbandonedKeys_NeverTheOnlyCopyOfTheKey(t *testing.T) {
	later := time.Now().Add(2 * time.Hour)
	for name, tc := range map[string]struct {
		spoil func(t *testing.T, m *Manager)
		want  int
	}{
		"a copy of the key":       {func(*testing.T, *Manager) {}, 1},
		"the key is gone":         {func(t *testing.T, m *Manager) { remove(t, m.Key.Path) }, 0},
		"the key is damaged":      {func(t *testing.T, m *Manager) { put(t, m.Key.Path, "no key") }, 0},
		"the key is another one":  {func(t *testing.T, m *Manager) { put(t, m.Key.Path, otherKey(t)) }, 0},
		"a key that sealed never": {func(t *testing.T, m *Manager) { put(t, m.temp(), otherKey(t)) }, 1},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			m := &Manager{BlobDir: dir, Key: &Key{Path: filepath.Join(dir, "data", "key"), Create: true}}
			if err := OpenFile(m.BlobDir, m.Key).Put(t.Context(), "a1b2c3.00", []byte("secret")); err != nil {
				t.Fatal(err)
			}
			data, err := os.ReadFile(m.Key.Path)
			if err != nil {
				t.Fatal(err)
			}
			put(t, m.temp(), string(data))
			tc.spoil(t, m)
			m.Key = &Key{Path: m.Key.Path, Create: true} // another process
			if got := m.AbandonedKeys(t.Context(), later); len(got) != tc.want {
				t.Errorf("%v, want %d", got, tc.want)
			}
		})
	}
}

func (m *Manager) temp() string {
	return filepath.Join(filepath.Dir(m.Key.Path), ".key.0123456789abcdef.tmp")
}

func put(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func remove(t *testing.T, path string) {
	t.Helper()
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
}

// otherKey is the text of a key that sealed nothing here.
func otherKey(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "key")
	if _, err := (&Key{Path: path, Create: true}).Load(t.Context()); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}
