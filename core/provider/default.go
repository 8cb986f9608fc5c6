package provider

// Ids of the providers that are built in. They are hermes-agent's.
const (
	MiniMax = "minimax-oauth"
	Nous    = "nous"
	XAI     = "xai-oauth"
	Codex   = "openai-codex"
	Qwen    = "qwen-oauth"
)

// Default returns the providers as they are, in the order in which they are
// offered.
func Default() Table { return Table{miniMax(), nous(), xai(), codex(), qwen()} }

// everywhere is the region of a provider that has only one.
func everywhere(name, short string) Region {
	return Region{ID: "global", Name: "Global", ProviderName: name, Short: short}
}
