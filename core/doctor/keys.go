package doctor

import (
	"context"
	"slices"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/clientkey"
	"github.com/hermes-tui/hermes-tui/core/connect"
)

// lookAtLocalKeys finds keys for the proxy, in a program's file, that open it no
// more. A keystore that does not tell is named by its own check. No key is shown.
func lookAtLocalKeys(ctx context.Context, p *Patient, program connect.Program, path string, text []byte) (found []Finding) {
	for _, key := range slices.Compact(slices.Sorted(slices.Values(clientkey.In(text)))) {
		_, err := p.Accounts.ClientKey(ctx, key)
		why := map[string]string{autherr.CodeKeyUnknown: "was revoked", autherr.CodeKeyExpired: "has expired"}[autherr.CodeOf(err)]
		if why != "" {
			found = append(found, bad(program.Name+": the key for the proxy in "+path+" "+why+", so that its requests are refused", "hermes-tui connect "+program.ID+" --form proxy --write"))
		}
	}
	return found
}
