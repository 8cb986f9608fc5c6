package house

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"testing"
)

// The pictures are well-formed, small enough to load with a page, and tell
// nothing of the machine on which they were made.
func TestPicturesCanBePublished(t *testing.T) {
	paths, err := filepath.Glob(filepath.Join(root, "docs", "screens", "*.svg"))
	if err != nil || len(paths) < 20 {
		t.Fatalf("found only %d pictures, %v", len(paths), err)
	}
	private := regexp.MustCompile(`/tmp/|/home/|/root/|/Users/|pictures[0-9]|<script|https?://[^"< ]*`)
	shown := regexp.MustCompile(`^http://(www\.w3\.org/2000/svg|127\.0\.0\.1:(43210|8787))`)
	for _, path := range append(paths, filepath.Join(root, "docs", "token-life.svg"), filepath.Join(root, "docs", "request.svg"), filepath.Join(root, "docs", "fleet.svg")) {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if len(data) > 400_000 {
			t.Errorf("%s has %d bytes", path, len(data))
		}
		for d := xml.NewDecoder(bytes.NewReader(data)); ; {
			if _, err := d.Token(); errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				t.Errorf("%s: %v", path, err)
				break
			}
		}
		for _, found := range private.FindAllString(string(data), -1) {
			if !shown.MatchString(found) {
				t.Errorf("%s shows %s", path, found)
			}
		}
	}
}
