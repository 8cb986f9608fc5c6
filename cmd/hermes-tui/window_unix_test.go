//go:build unix

package main_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"
	"time"
)

// TestWindow is the life of an account as a person sees it: sign-in, countdown,
// a token for a second terminal, a grant that dies, and the sign-in that repairs
// it.
func TestWindow(t *testing.T) {
	for _, size := range [][2]int{{100, 30}, {80, 24}, {50, 16}} {
		t.Run(fmt.Sprintf("%dx%d", size[0], size[1]), func(t *testing.T) {
			t.Parallel()
			x, env := window(t, size[0], size[1], "--access-ttl", "14m")
			x.match(`No accounts yet`)
			dir, portal := throwaway(t, env)

			x.press("a")
			x.match(`Where is the account`)
			x.press("\r")
			x.match(`Which MiniMax`)
			x.press("\r")
			x.match(`shall it be called`)
			x.press("\r")
			code := x.match(codeOnScreen)[1]
			submit(t, portal, "/oauth-authorize?user_code="+code, "approve")

			first := x.match(`ok +(?:in )?(13m \d\ds)`)[1]
			x.matchOther(`ok +(?:in )?(13m \d\ds)`, first)

			x.press("?")
			x.match(`SECOND TERMINAL`)
			if token := second(t, x, env); !strings.HasPrefix(token, "HOME:"+dir) || len(token) < 40+len(dir) {
				t.Errorf("a second terminal got %d bytes from another folder than %s", len(token), dir)
			}
			x.press("q")
			x.match(`ok +(?:in )?1\dm`)

			submit(t, portal, "/", "revoke")
			x.press("r")
			x.match(`needs? (you to )?sign.in|sign in again`)
			x.match(`sign in now`)
			x.pressUntil("\r", codeOnScreen) // a sheet that has just opened ignores keys for a moment
			again := x.match(codeOnScreen)[1]
			if again == code {
				t.Errorf("the second sign-in shows the old code %s", code)
			}
			submit(t, portal, "/oauth-authorize?user_code="+again, "approve")
			x.match(`ok +(?:in )?1[34]m`)

			x.resize(72, 20)
			x.match(`ok +(?:in )?1[34]m`)
			x.press("q")
			x.match(`ended with 0`)
			x.restored()
			if _, err := os.Stat(dir); !os.IsNotExist(err) {
				t.Errorf("the throw-away folder stays behind: %v", err)
			}
		})
	}
}

// second runs the line for a second terminal that the screen shows, and says
// which folder it names and which token it got.
func second(t *testing.T, x *terminal, env []string) string {
	t.Helper()
	flat := strings.Join(strings.Fields(x.screen.Text()), "")
	home := regexp.MustCompile(`hermes-tui--home(\S+?)token`).FindStringSubmatch(flat)
	if home == nil {
		t.Fatalf("the help shows no line for a second terminal:\n%s", x.screen.Text())
	}
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	cmd := exec.CommandContext(ctx, "sh", "-c", "hermes-tui --home "+home[1]+" token")
	cmd.Env = env
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return "HOME:" + home[1] + " " + string(out)
}

// pressUntil presses a key until the screen shows a pattern: a question that has
// just opened ignores keys for a moment. It gives every press its time, because
// one escape too many makes an alt key of the next key.
func (x *terminal) pressUntil(key, pattern string) {
	x.t.Helper()
	wanted := regexp.MustCompile(pattern)
	for range 20 {
		x.press(key)
		if x.showsWithin(wanted, 2*time.Second) {
			return
		}
	}
	x.t.Fatalf("%q does not lead to %s:\n%s", key, pattern, x.screen.Text())
}

// showsWithin reports whether the screen shows a pattern before the time is over.
func (x *terminal) showsWithin(wanted *regexp.Regexp, patience time.Duration) bool {
	timeout := time.After(patience)
	for {
		changed := x.screen.Changed()
		if wanted.MatchString(x.screen.Text()) {
			return true
		}
		select {
		case <-changed:
		case <-timeout:
			return false
		}
	}
}

// changesFrom waits until the screen shows something else.
func (x *terminal) changesFrom(before string) {
	x.t.Helper()
	timeout := time.After(limit)
	for {
		changed := x.screen.Changed()
		if x.screen.Text() != before {
			return
		}
		select {
		case <-changed:
		case <-timeout:
			x.t.Fatalf("the screen stays:\n%s", before)
		}
	}
}

// matchOther waits until a pattern's group is another than before.
func (x *terminal) matchOther(pattern, before string) {
	x.t.Helper()
	for {
		text := x.screen.Text()
		if x.match(pattern)[1] != before {
			return
		}
		x.changesFrom(text)
	}
}

// TestWindowRefreshesByItself: nobody presses a key.
func TestWindowRefreshesByItself(t *testing.T) {
	t.Parallel()
	x, env := window(t, 100, 30, "--access-ttl", "3s", "--auto-approve", "1ms")
	x.match(`No accounts yet`)
	_, portal := throwaway(t, env)
	x.press("a")
	x.match(`Where is the account`)
	x.press("\r")
	x.match(`Which MiniMax`)
	x.press("\r")
	x.match(`shall it be called`)
	x.press("\r")
	x.match(`● ok`)
	x.match(`last refresh +\d\d:\d\d:\d\d`)
	if page := get(t, portal); !regexp.MustCompile(`Refreshed [1-9]`).MatchString(page) {
		t.Errorf("the portal knows of no refresh:\n%s", page)
	}
	x.press("q")
	x.match(`ended with 0`)
	x.restored()
}
