package provider_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/provider"
)

// TestWith_NoLookalike: a provider of the configuration cannot be taken for one
// that is built in, by its id, an alias or the name that is shown.
func TestWith_NoLookalike(t *testing.T) {
	for _, name := range []string{
		"MiniMax", "minimax", "MINIMAX", "Mini Max", "mini-max", "Mini.Max.", " MiniMax", "MiniMax\u200b", "Mini\u00adMax", "MiniMax\u202e",
		"ＭｉｎｉＭａｘ", "𝐌𝐢𝐧𝐢𝐌𝐚𝐱", "MíniMàx", "Min\u0131Max", "M1n1Max", "MlnlMax", "M|n|Max", "rninimax", "RNiniMax", "MiniМax", "МіnіМах", "ΜΙΝΙΜΑΧ", "ᴍɪɴɪᴍᴀx",
		"MiniMax China", "MiniMax CN", "MiniMax Global", "minimaxcn", "MiniMax (China)",
		"xAI", "XAI", "x A I", "хАІ", "xA1", "ΧΑΙ", "OpenAI Codex", "0penAI-C0dex", "Codex", "codex", "Nous Portal", "N0us", "Qwen", "Qvven",
		"Anthropic", "ANTHR0PIC", "OpenRouter", "DeepSeek", "Deep-Seek", "\x1b[31mAcme", "Acme\nMiniMax", "Асme", strings.Repeat("a", 61),
	} {
		c := acme()
		c.Name = name
		_, err := provider.Default().With("acme", c)
		var e *autherr.Error
		if !errors.As(err, &e) || e.Kind != autherr.Usage || !strings.Contains(e.Message, "acme") || strings.ContainsAny(e.Error(), "\x1b\n\u202e") {
			t.Errorf("%q: %v", name, err)
		}
	}
	for _, name := range []string{"mini-max", "rninimax", "mini.max", "m1n1max", "x-ai", "minimax-0auth", "qvven", "n0us"} {
		if _, err := provider.Default().With(name, acme()); err == nil {
			t.Errorf("the id %q is taken", name)
		}
		c := acme()
		c.Aliases = []string{name}
		if _, err := provider.Default().With("acme", c); err == nil {
			t.Errorf("the alias %q is taken", name)
		}
	}
}

// Names of others are theirs, in whichever alphabet.
func TestWith_NamesOfOthers(t *testing.T) {
	for _, name := range []string{
		"", "Acme", "The Hub", "Müller & Söhne", "Łódź AI", "智谱 AI", "サクラ Cloud", "Сбер", "Яндекс", "Ελλάδα", "MiniMax gateway of Acme", "Maxi", "Mistral", "שלום",
		"Groq", "Together AI", "Bedrock (eu-west-1)", "Fireworks",
	} {
		c := acme()
		c.Name = name
		if _, err := provider.Default().With("acme", c); err != nil {
			t.Errorf("%q: %v", name, err)
		}
	}
	// What is known for its keys only may be described under its own id, and two
	// descriptions may have one name.
	c := acme()
	c.Name = "DeepSeek"
	table, err := provider.Default().With("deepseek", c)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := table.With("deepseek-2", acme()); err != nil {
		t.Error(err)
	}
	table, err = table.With("acme", acme())
	if err == nil {
		_, err = table.With("acme-2", acme())
	}
	if err != nil {
		t.Error(err)
	}
}
