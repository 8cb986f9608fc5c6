package screen_test

import (
	"encoding/xml"
	"io"
	"strings"
	"testing"

	"github.com/hermes-tui/hermes-tui/internal/screen"
)

func TestScreen_ShowsCellsAsTheyWereWritten(t *testing.T) {
	s := screen.New(20, 3, nil)
	defer func() { _ = s.Close() }()
	changed := s.Changed()
	if _, err := io.WriteString(s, "\x1b[1;38;2;255;0;0mred\x1b[m \x1b[7m北京\x1b[m\r\n\x1b]8;;https://e.example\x1b\\link\x1b]8;;\x1b\\"); err != nil {
		t.Fatal(err)
	}
	<-changed
	if got, want := s.Text(), "red 北京\nlink\n"; got != want {
		t.Errorf("text %q, want %q", got, want)
	}
	if c := s.Cell(0, 0); c.Foreground != "#ff0000" || !c.Bold || c.Background != "" {
		t.Errorf("cell %+v", c)
	}
	if c := s.Cell(4, 0); c.Content != "北" || !c.Reverse {
		t.Errorf("cell %+v", c)
	}
	if c := s.Cell(0, 1); c.Link != "https://e.example" {
		t.Errorf("cell %+v", c)
	}
	if x, y, shown := s.Cursor(); x != 4 || y != 1 || !shown {
		t.Errorf("cursor %d %d %v", x, y, shown)
	}
}

func TestScreen_AnswersQueriesWithoutBlocking(t *testing.T) {
	r, w := io.Pipe()
	s := screen.New(10, 2, w)
	go func() { _, _ = io.WriteString(s, "ab\x1b[6n") }()
	answer := make([]byte, 16)
	n, err := r.Read(answer)
	if err != nil || string(answer[:n]) != "\x1b[1;3R" {
		t.Errorf("answered %q, %v", answer[:n], err)
	}
	_ = r.Close()
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

func TestScreen_DrawsWellFormedPictures(t *testing.T) {
	s := screen.New(12, 2, nil)
	defer func() { _ = s.Close() }()
	_, _ = io.WriteString(s, "a<b & █▀▄\r\n\x1b[44mblue")
	svg := s.SVG(screen.Dark)
	for d := xml.NewDecoder(strings.NewReader(svg)); ; {
		if _, err := d.Token(); err == io.EOF {
			break
		} else if err != nil {
			t.Fatal(err)
		}
	}
	for _, want := range []string{"&lt;", "&amp;", screen.Dark.Background} {
		if !strings.Contains(svg, want) {
			t.Errorf("no %q in the picture", want)
		}
	}
}
