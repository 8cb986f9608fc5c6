// Command bare is the least that a Bubble Tea program of the window's kind can
// be: a still page of the terminal's size with one countdown on it, as often as
// the window's frames and ticks come. The speed of the window is told in
// multiples of its own.
package main

import (
	"fmt"
	"os"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"
)

const framesPerSecond = 30

type page struct {
	lines []string
	end   time.Time
	now   time.Time
}

type tick time.Time

func next() tea.Cmd {
	return tea.Every(time.Second, func(t time.Time) tea.Msg { return tick(t) })
}

func (p page) Init() tea.Cmd { return tea.Batch(next(), tea.RequestBackgroundColor) }

func (p page) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		p.lines = make([]string, msg.Height-1)
		for i := range p.lines {
			p.lines[i] = strings.Repeat("·", msg.Width)
		}
	case tick:
		p.now = time.Time(msg)
		return p, next()
	case tea.KeyPressMsg:
		if msg.String() == "q" {
			return p, tea.Quit
		}
	}
	return p, nil
}

func (p page) View() tea.View {
	left := p.end.Sub(p.now).Round(time.Second)
	v := tea.NewView(fmt.Sprintf("bare in %v\n%s", left, strings.Join(p.lines, "\n")))
	v.AltScreen = true
	v.WindowTitle = "bare"
	v.Cursor = tea.NewCursor(0, 0)
	return v
}

func main() {
	now := time.Now()
	p := tea.NewProgram(page{now: now, end: now.Add(15 * time.Minute)}, tea.WithFPS(framesPerSecond))
	if _, err := p.Run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
