package sandbox

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
)

// What is counted of each account and model is what the answers told, to the token.
func TestUses(t *testing.T) {
	l := newLab(t, Options{})
	ask := func(key, path, body string) reply {
		r := l.formatRequest(key, path, body)
		r.Header.Set("Sandbox-Cached", "3")
		got := l.do(r)
		if got.status != http.StatusOK {
			t.Fatalf("%s: %d %s", path, got.status, got.body)
		}
		return got
	}
	const said = `,"messages":[{"role":"user","content":"hello"}]`
	whole := ask(keyOne, "/v1/chat/completions", `{"model":"m1"`+said+`}`)
	ask(keyOne, "/v1/chat/completions", `{"model":"m1","stream":true`+said+`}`)
	told := ask(keyOne, "/v1/chat/completions", `{"model":"m1","stream":true,"stream_options":{"include_usage":true}`+said+`}`)
	ask(keyTwo, "/v1/responses", `{"model":"m2","input":"hello"}`)
	ask(keyTwo, "/v1/embeddings", `{"model":"m3","input":"hello"}`)
	l.askAPI(keyTwo, "/v1/models", "")
	l.askAPI(keyTwo, "/v1/responses", `{"model":"no-such-model","input":"hello"}`)
	for _, text := range []string{string(whole.body), string(told.body)} {
		if !strings.Contains(text, `"prompt_tokens":34`) || !strings.Contains(text, `"cached_tokens":3`) || !strings.Contains(text, `"completion_tokens":4`) {
			t.Errorf("%s", text)
		}
	}
	all := l.Uses()
	if len(all) != 3 {
		t.Fatalf("%+v", all)
	}
	one, two, three := all[0], all[1], all[2]
	if one.Account == two.Account || two.Account != three.Account || one.Account == "" {
		t.Errorf("%+v", all)
	}
	one.Account, two.Account, three.Account = "", "", ""
	if want := (Use{"", "m1", 3, 1, 62, 6, 8}); one != want {
		t.Errorf("%+v, want %+v", one, want)
	}
	if two.Model != "m2" || two.Requests != 1 || two.CacheRead != 3 || two.Output != 4 || three != (Use{"", "m3", 1, 0, 2, 0, 0}) {
		t.Errorf("%+v, %+v", two, three)
	}
	if text := string(l.get("/stats").body); !strings.Contains(text, fmt.Sprintf(`"uses":[{"account":%q,"model":"m1","requests":3,"untold":1,"input":62,"cache_read":6,"output":8}`, all[0].Account)) {
		t.Error(text)
	}
}
