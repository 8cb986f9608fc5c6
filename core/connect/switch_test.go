package connect

import (
	"strings"
	"testing"
)

// TestForm_TakesThePlaceOfTheOther: a program that is connected by one form and then
// by the other has one way to a key in its file, and nothing of a person's is lost.
func TestForm_TakesThePlaceOfTheOther(t *testing.T) {
	key := "htui_key_" + strings.Repeat("0123456789abcdef", 4)
	for _, c := range []struct {
		program string
		use     Use
		text    string
		ways    map[string]string // what stands in the file, by the form
	}{
		{"codex", xAI(), "# mine\nmodel = \"gpt-5\"\n\n[model_providers.mine]\nname = \"mine\" # theirs\n", map[string]string{
			"helper": "args = [\"token\"", "proxy, a variable": "env_key = ", "proxy, a key": "experimental_bearer_token = ",
		}},
		{"codex", codex(), "[model_providers]\n[model_providers.mine]\nname = \"mine\"\n", map[string]string{
			"helper": "args = [\"token\"", "proxy, a variable": "env_key = ", "proxy, a key": "experimental_bearer_token = ",
		}},
		{"claude-code", miniMax(), "{\n  \"permissions\": {\"mine\": []},\n  \"env\": {\"MINE\": \"1\"}\n}\n", map[string]string{
			"helper": "token a1b2c3d4e5 --min-ttl", "proxy, a variable": "serve --show-key", "proxy, a key": "ANTHROPIC_AUTH_TOKEN",
		}},
	} {
		p, err := Find(c.program)
		if err != nil {
			t.Fatal(err)
		}
		text := []byte(c.text)
		for _, name := range []string{"helper", "proxy, a variable", "helper", "proxy, a key", "proxy, a variable", "proxy, a key", "helper"} {
			form, rest, _ := strings.Cut(name, ", ")
			use := c.use
			if rest == "a key" {
				use.LocalKey = key
			}
			f, err := p.Form(use, form)
			if err != nil {
				t.Fatal(err)
			}
			if text, err = f.Apply(text); err != nil {
				t.Fatalf("%s, %s: %v", p.ID, name, err)
			}
			for other, mark := range c.ways {
				if strings.Contains(string(text), mark) != (other == name) {
					t.Errorf("%s, %s: %q\n%s", p.ID, name, mark, text)
				}
			}
			if !strings.Contains(string(text), "mine") {
				t.Errorf("%s, %s: lost\n%s", p.ID, name, text)
			}
		}
	}
}
