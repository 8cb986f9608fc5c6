package connect

import (
	"context"
	"encoding/json"
	"fmt"
	"os/exec"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/exit"
	"github.com/hermes-tui/hermes-tui/core/connect"
)

// How long a program has to say what it read, which takes opencode seconds of
// work, and to say its version, for which the person has to wait.
const (
	readingTime = 30 * time.Second
	versionTime = 5 * time.Second
)

// ask asks the program what it read from its files, and says where that is not
// what was written. The file is written already: nobody has to wait for the
// answer. A program that is not installed is not mentioned.
func (o *Options) ask(ctx context.Context, p connect.Program, f connect.Form, path string) {
	if p.Ask == nil || len(f.Wants) == 0 {
		return
	}
	if _, err := exec.LookPath(p.Command); err != nil {
		return
	}
	if o.TTY {
		fmt.Fprintf(o.Err, "# %s is asked what it read; Ctrl+C skips that\n", p.Name)
	}
	text, err := o.listen(ctx, readingTime, p, p.Ask...)
	if err != nil {
		fmt.Fprintf(o.Err, "# %s was asked what it read, and did not say: look whether it uses these settings\n", p.Name)
		return
	}
	var wrong []string
	for _, want := range f.Wants {
		if !says(text, want) {
			name := "the model"
			if len(want.Path) > 0 {
				name = strings.Join(want.Path, ".")
			}
			wrong = append(wrong, name)
		}
	}
	if len(wrong) == 0 {
		o.Line("%s was asked: it uses these settings.", p.Name)
		return
	}
	fmt.Fprintf(o.Err, "# %s was asked, and took from elsewhere than %s: %s\n", p.Name, path, strings.Join(wrong, ", "))
}

// says reports whether a program's answer names a value.
func says(text []byte, want connect.Want) bool {
	if len(want.Path) == 0 {
		return slices.Contains(strings.FieldsFunc(string(text), func(r rune) bool { return strings.ContainsRune(" \t\r\n\"'", r) }), want.Value)
	}
	var value any
	start := strings.IndexByte(string(text), '{')
	if start < 0 || json.NewDecoder(strings.NewReader(string(text[start:]))).Decode(&value) != nil {
		return false
	}
	for _, key := range want.Path {
		m, ok := value.(map[string]any)
		if !ok {
			return false
		}
		value = m[key]
	}
	return value == want.Value
}

// listen runs the program, in an environment in which it reaches nobody, and
// returns what it prints.
func (o *Options) listen(ctx context.Context, patience time.Duration, p connect.Program, args ...string) ([]byte, error) {
	path, err := exec.LookPath(p.Command)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, path, args...)
	cmd.WaitDelay = time.Second
	cmd.Env = append(slices.DeleteFunc(slices.Clone(o.Environ), func(entry string) bool {
		name, _, _ := strings.Cut(entry, "=")
		return strings.EqualFold(name, "no_proxy")
	}), "OPENCODE_DISABLE_AUTOUPDATE=1", "OPENCODE_DISABLE_MODELS_FETCH=1", "NO_COLOR=1")
	for _, name := range []string{"HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"} {
		cmd.Env = append(cmd.Env, name+"=http://127.0.0.1:9") // where nobody listens
	}
	return cmd.Output()
}

var day = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`\b(20\d\d)\.(\d{1,2})\.(\d{1,2})\b`) })

// understood returns an error when the program that is installed is too old for
// the form. One that is not found, or does not say its day, may be new enough.
func (o *Options) understood(ctx context.Context, p connect.Program, f connect.Form) error {
	if f.Since == "" {
		return nil
	}
	text, err := o.listen(ctx, versionTime, p, "--version")
	if err != nil {
		return nil
	}
	has := day().FindString(string(text))
	if has == "" || number(has) >= number(f.Since) {
		return nil
	}
	return exit.Usage(fmt.Sprintf("%s here is of %s, and understands this only from %s on", p.Name, has, f.Since), "update it, or add --form proxy; nothing was changed")
}

// number is a day that grows with time.
func number(text string) int {
	m := day().FindStringSubmatch(text)
	if m == nil {
		return 0
	}
	n := 0
	for _, part := range m[1:] {
		v, _ := strconv.Atoi(part)
		n = n*100 + v
	}
	return n
}
