package secret_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/hermes-tui/hermes-tui/core/secret"
)

func TestHandler_LogsNoSecret(t *testing.T) {
	known := secret.NewScrubber()
	for name, make := range map[string]func(*bytes.Buffer) slog.Handler{
		"text": func(b *bytes.Buffer) slog.Handler { return slog.NewTextHandler(b, nil) },
		"json": func(b *bytes.Buffer) slog.Handler { return slog.NewJSONHandler(b, nil) },
	} {
		t.Run(name, func(t *testing.T) {
			var out bytes.Buffer
			log := slog.New(secret.NewHandler(make(&out), known))
			known.Add(secret.New(long)) // learnt after the logger was made
			type body struct{ Token string }
			log.With("with", long).WithGroup("g").Info("sent "+long,
				"text", "Bearer "+long, "error", errors.New("bad token "+long),
				"struct", body{long}, "pointer", &body{long}, "list", []string{long},
				"bytes", []byte(long), "secret", secret.New(long),
				slog.Group("inner", "deep", long), "n", 42, "took", time.Second)
			if strings.Contains(out.String(), "fake-refresh") || strings.Contains(out.String(), "102 97 107 101") {
				t.Errorf("a secret was logged: %s", out.String())
			}
			if !strings.Contains(out.String(), "42") {
				t.Errorf("numbers are gone: %s", out.String())
			}
		})
	}
}

func TestReplaceAttr(t *testing.T) {
	var out bytes.Buffer
	h := slog.NewJSONHandler(&out, &slog.HandlerOptions{
		AddSource: true, ReplaceAttr: secret.ReplaceAttr(secret.NewScrubber(secret.New(long))),
	})
	slog.New(h).Warn("got "+long, "token", long, "holder", holder{hidden: secret.New(long)})
	if strings.Contains(out.String(), "fake-refresh") {
		t.Errorf("a secret was logged: %s", out.String())
	}
	var line map[string]any
	if err := json.Unmarshal(out.Bytes(), &line); err != nil || line["level"] != "WARN" || line["msg"] != "got [secret]" {
		t.Errorf("the line is %s (%v)", out.String(), err)
	}
	if source, ok := line["source"].(map[string]any); !ok || source["line"] == nil {
		t.Errorf("the source is %v", line["source"])
	}
}
