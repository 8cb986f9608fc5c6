package tui

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hermes-tui/hermes-tui/internal/screen"
)

// The QR as it stands on the screen, among everything else, is read by a
// scanner that is not ours.
func TestQR_IsReadByAScanner(t *testing.T) {
	zbar, err := exec.LookPath("zbarimg")
	if err != nil {
		if os.Getenv("HERMES_TUI_TEST_REQUIRE_ZBAR") != "" {
			t.Fatal("zbarimg is not installed, and this machine is meant to have it")
		}
		t.Skip("zbarimg is not installed (Debian: zbar-tools)")
	}
	for name, tc := range map[string]struct {
		w, h   int
		ground color.Gray
		change func(*Options)
	}{
		"dark":     {80, 24, color.Gray{0x16}, inColour},
		"light":    {100, 30, color.Gray{0xff}, func(o *Options) { o.NoColor = false; o.Theme = "light" }},
		"NO_COLOR": {80, 24, color.Gray{0}, func(*Options) {}},
		"ASCII":    {120, 46, color.Gray{0}, ascii},
	} {
		t.Run(name, func(t *testing.T) {
			var content string
			in(t, newBackend(), func(d *driver) {
				d.send(windowSize(tc.w, tc.h))
				d.press("a", "enter", "enter")
				d.event(0, code())
				content = d.m.View().Content
			}, tc.change, remote)
			file := filepath.Join(t.TempDir(), "screen.png")
			if err := os.WriteFile(file, picture(t, content, tc.w, tc.h, tc.ground), 0o600); err != nil {
				t.Fatal(err)
			}
			out, err := exec.CommandContext(t.Context(), zbar, "--quiet", "--raw", file).Output()
			if got := strings.TrimSpace(string(out)); err != nil || got != approvalLink {
				t.Errorf("scanned %q, %v; want %q", got, err, approvalLink)
			}
		})
	}
}

// picture draws what a frame paints: backgrounds and blocks, four by eight
// pixels a cell.
func picture(t *testing.T, content string, w, h int, ground color.Gray) []byte {
	t.Helper()
	s := screen.New(w, h, nil)
	defer func() { _ = s.Close() }()
	_, _ = s.Write([]byte(strings.ReplaceAll(content, "\n", "\r\n")))
	img := image.NewGray(image.Rect(0, 0, 4*w, 8*h))
	for y := range h {
		for x := range w {
			c := s.Cell(x, y)
			fg, bg := gray(c.Foreground, color.Gray{0x80}), gray(c.Background, ground)
			if c.Reverse {
				fg, bg = bg, fg
			}
			top, bottom := bg, bg
			if strings.Contains("█▀", c.Content) && c.Content != " " {
				top = fg
			}
			if strings.Contains("█▄", c.Content) && c.Content != " " {
				bottom = fg
			}
			for i := range 32 {
				ink := top
				if i/4 >= 4 {
					ink = bottom
				}
				img.SetGray(4*x+i%4, 8*y+i/4, ink)
			}
		}
	}
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func gray(hex string, otherwise color.Gray) color.Gray {
	var r, g, b uint8
	if _, err := fmt.Sscanf(hex, "#%02x%02x%02x", &r, &g, &b); err != nil {
		return otherwise
	}
	return color.GrayModel.Convert(color.RGBA{r, g, b, 255}).(color.Gray)
}
