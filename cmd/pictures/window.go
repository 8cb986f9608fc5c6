package main

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"time"

	"github.com/creack/pty"

	"github.com/hermes-tui/hermes-tui/internal/screen"
)

const (
	patience = 20 * time.Second       // for anything
	quiet    = 150 * time.Millisecond // after this a frame is whole
)

// window is the program in a terminal emulator. After the first error nothing
// happens any more, and close returns it.
type window struct {
	stage  *stage
	cmd    *exec.Cmd
	pty    *os.File
	screen *screen.Screen
	look   screen.Look
	done   chan struct{}
	err    error
}

// open starts the program.
func (s *stage) open(columns, rows int, look screen.Look, args ...string) (*window, error) {
	cmd := exec.Command(s.program, args...)
	cmd.Env, cmd.Dir = s.env, s.home
	return s.start(cmd, columns, rows, look)
}

// start starts a program in a terminal of its own.
func (s *stage) start(cmd *exec.Cmd, columns, rows int, look screen.Look) (*window, error) {
	file, err := pty.StartWithSize(cmd, &pty.Winsize{Cols: uint16(columns), Rows: uint16(rows)})
	if err != nil {
		return nil, err
	}
	w := &window{stage: s, cmd: cmd, pty: file, screen: screen.New(columns, rows, file), look: look, done: make(chan struct{})}
	go func() {
		defer close(w.done)
		_, _ = io.Copy(w.screen, file)
	}()
	return w, nil
}

// close ends the program.
func (w *window) close() error {
	_ = w.cmd.Process.Signal(os.Interrupt)
	late := time.AfterFunc(patience, func() { _ = w.cmd.Process.Kill() })
	_ = w.cmd.Wait()
	late.Stop()
	_ = w.pty.Close()
	<-w.done
	_ = w.screen.Close()
	return w.err
}

// press types keys, one after the other.
func (w *window) press(keys ...string) {
	for _, key := range keys {
		if w.err != nil {
			return
		}
		_, w.err = io.WriteString(w.pty, key)
		w.rest()
	}
}

// rest waits until a frame is whole.
func (w *window) rest() {
	for range 10 { // something may move all the time
		select {
		case <-w.screen.Changed():
		case <-time.After(quiet):
			return
		}
	}
}

// sees waits until the screen matches.
func (w *window) sees(pattern string) {
	want, late := regexp.MustCompile(pattern), time.After(patience)
	for w.err == nil {
		changed := w.screen.Changed()
		if want.MatchString(w.screen.Text()) {
			w.rest()
			return
		}
		select {
		case <-changed:
		case <-late:
			w.err = fmt.Errorf("the screen never showed %q:\n%s", pattern, w.screen.Text())
		}
	}
}

// want presses a key if the screen does not match yet.
func (w *window) want(key, pattern string) {
	if !regexp.MustCompile(pattern).MatchString(w.screen.Text()) {
		w.press(key)
	}
	w.sees(pattern)
}

// picture writes what is on the screen.
func (w *window) picture(name string) {
	if w.err == nil {
		w.err = w.stage.write(name, w.screen.SVG(w.look))
	}
}

func (s *stage) write(name, svg string) error {
	return os.WriteFile(filepath.Join(s.out, name+".svg"), []byte(svg), 0o644)
}
