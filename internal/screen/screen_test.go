package screen_test

import (
	"encoding/xml"
	"io"
	"strings"
	"testing"
	"time"

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

// parse fails unless a picture is well-formed, and returns its texts with their
// lengths.
func parse(t *testing.T, svg string) map[string]string {
	t.Helper()
	texts := map[string]string{}
	long := ""
	for d := xml.NewDecoder(strings.NewReader(svg)); ; {
		token, err := d.Token()
		if err == io.EOF {
			return texts
		} else if err != nil {
			t.Fatal(err)
		}
		switch token := token.(type) {
		case xml.StartElement:
			long = ""
			for _, a := range token.Attr {
				if a.Name.Local == "textLength" {
					long = a.Value
				}
			}
		case xml.CharData:
			texts[string(token)] = long
		}
	}
}

func TestScreen_DrawsPictures(t *testing.T) {
	s := screen.New(30, 3, nil)
	defer func() { _ = s.Close() }()
	_, _ = io.WriteString(s, "a<b & c  apart ● 北 ██▄\r\n\x1b[44mblue\x1b[m \x1b[1;38;2;255;0;0mbold\x1b[m\r\n")
	svg := s.SVG(screen.Dark)
	texts := parse(t, svg)
	for text, long := range map[string]string{"a<b & c": "63", "apart": "45", "●": "", "北": "", "blue": "36", "bold": "36"} {
		if got, drawn := texts[text]; !drawn || got != long {
			t.Errorf("%q: drawn %v with the length %q, want %q", text, drawn, got, long)
		}
	}
	for _, want := range []string{screen.Dark.Background, `fill="#ff0000" font-weight="bold"`, "M180 0h18v20h-18z" /* two blocks in one */} {
		if !strings.Contains(svg, want) {
			t.Errorf("no %q in the picture:\n%s", want, svg)
		}
	}
}

func TestFilm_DrawsEveryRowOnce(t *testing.T) {
	s := screen.New(12, 2, nil)
	defer func() { _ = s.Close() }()
	f := screen.NewFilm(screen.Dark)
	_, _ = io.WriteString(s, "same\r\none")
	f.Take(s, "first", time.Second)
	f.Take(s, "first", time.Second) // nothing changed
	_, _ = io.WriteString(s, "\rtwo")
	f.Take(s, "second", 2*time.Second)
	if f.Frames() != 2 || f.Long() != 4*time.Second {
		t.Errorf("%d frames, %v", f.Frames(), f.Long())
	}
	svg := f.SVG(1)
	texts := parse(t, svg)
	for _, want := range []string{"same", "one", "two", "first", "second"} {
		if _, drawn := texts[want]; !drawn {
			t.Errorf("no %q in the film", want)
		}
	}
	if n := strings.Count(svg, ">same<"); n != 1 {
		t.Errorf("a row that stays is drawn %d times", n)
	}
	if !strings.Contains(svg, "50.000%{transform:translateY(-") || !strings.Contains(svg, "prefers-reduced-motion") {
		t.Errorf("the film does not play:\n%s", svg)
	}
}

func TestScreen_SurvivesWhatWasDrawnForATallerOne(t *testing.T) {
	s := screen.New(80, 30, nil)
	defer func() { _ = s.Close() }()
	_, _ = io.WriteString(s, "\x1b[4;26r\x1b[14;1H")
	s.Resize(80, 20)
	_, _ = io.WriteString(s, "\x1b[2T\x1b[4;26r\x1b[14;1H\x1b[2T\x1b[r\x1b[H\x1b[2Jhere")
	if got := s.Lines()[0]; got != "here" {
		t.Errorf("it shows %q", got)
	}
}
