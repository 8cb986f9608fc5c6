package provider

import "slices"

// Ids of the providers that are built in. They are hermes-agent's.
const (
	MiniMax = "minimax-oauth"
	Nous    = "nous"
	XAI     = "xai-oauth"
	Codex   = "openai-codex"
	Qwen    = "qwen-oauth"
	Copilot = "copilot"
	Kimi    = "kimi-code"
)

// Default returns the providers as they are, in the order in which they are
// offered.
//
// Providers that take API keys and nothing else come last; they are found by
// their ids and are no place to sign in.
func Default() Table {
	return slices.Concat(Table{miniMax(), nous(), xai(), codex(), copilot(), kimi(), qwen()}, keyProviders())
}

// everywhere is the region of a provider that has only one.
func everywhere(name, short string) Region {
	return Region{ID: "global", Name: "Global", ProviderName: name, Short: short}
}
