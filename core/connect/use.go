package connect

import (
	"maps"
	"slices"
	"strings"

	"github.com/hermes-tui/hermes-tui/core/oauth"
	"github.com/hermes-tui/hermes-tui/core/provider"
)

// What an account's API speaks, as core/oauth names it.
const (
	anthropicMessages = "anthropic_messages"
	codexResponses    = "codex_responses"
	chatCompletions   = "chat_completions"
)

// Use is what a program is to be connected to.
type Use struct {
	Account  string       // id of an account, or the name of a pool such as "minimax-oauth/global"
	Pool     bool         // Account names a pool
	Provider string       // provider id, such as "minimax-oauth"
	BaseURL  string       // of the model API, no trailing slash
	API      string       // what it speaks: "anthropic_messages", "codex_responses", …
	Also     []oauth.Wire // further formats, and where they are asked
	// Headers are further ones of a request to the model API.
	Headers map[string]string
	Model   string   // model to ask for; empty: the provider's usual one
	Command []string // how this program is called: "hermes-tui", or a path; never empty
	OS      string   // as runtime.GOOS has it: whose shell runs a command; empty: POSIX
	Proxy   string   // where `hermes-tui serve` listens: "http://127.0.0.1:8787"
	// LocalKey is the key that the program shows to the proxy, to be written into its
	// file where that can hold one; empty: the program takes it from its environment.
	LocalKey string
}

// localKey is the key as it stands in a program's file, where ref means the
// variable of the environment.
func (u Use) localKey(ref any) any {
	if u.LocalKey != "" {
		return u.LocalKey
	}
	return ref
}

// UsualModel returns the model that a program is told to ask a provider for when
// nobody said which; empty where none is known.
func UsualModel(id string) string { return provider.UsualModel(id) }

func (u Use) model() string {
	if u.Model != "" {
		return u.Model
	}
	return UsualModel(u.Provider)
}

// Entry is what the account is called in a program's file.
func (u Use) Entry() string {
	return "hermes-tui-" + strings.NewReplacer("/", "-", ".", "-").Replace(u.Account)
}

// headers are the further ones that a program has to send, in the order of
// their names; nil when there are none.
func (u Use) headers(except ...string) object {
	var o object
	for _, name := range slices.Sorted(maps.Keys(u.Headers)) {
		if !slices.Contains(except, name) {
			o = append(o, pair{name, u.Headers[name]})
		}
	}
	return o
}

// call is the command line that runs this program with args, for the shell of
// the system.
func (u Use) call(args ...string) string {
	return Line(u.OS, append(append([]string{}, u.Command...), args...)...)
}

// Where the proxy speaks as Anthropic's and as OpenAI's API do.
const (
	anthropicPath = "/anthropic"
	openAIPath    = "/openai/v1"
)

// proxyBase is the account's address at the proxy, for what it speaks.
func (u Use) proxyBase() string {
	return u.Proxy + u.path() + u.dialect(anthropicPath, openAIPath, openAIPath)
}

// path is where those of the account begin at the proxy; those of its pool begin at
// the root.
func (u Use) path() string {
	if u.Pool {
		return ""
	}
	return "/account/" + u.Account
}

// dialect is the program's word for what the account speaks, of those for Messages,
// Chat Completions and Responses.
func (u Use) dialect(messages, chat, responses string) string {
	switch u.API {
	case anthropicMessages:
		return messages
	case codexResponses:
		return responses
	default:
		return chat
	}
}
