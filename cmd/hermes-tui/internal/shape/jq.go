package shape

import (
	"errors"
	"fmt"
	"io"
	"os/exec"
	"strings"

	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/exit"
)

// Jq writes what the jq of this machine makes of a JSON text, strings without their
// quotes. A jq of our own would cost every start a tenth of a millisecond and more.
func Jq(expression, text string, out, messages io.Writer) error {
	path, err := exec.LookPath("jq")
	if err != nil {
		return exit.Usage("--jq needs the program jq, and there is none on the PATH", "install jq, or read the output of --json with another program")
	}
	// What begins with a blank is no flag.
	cmd := exec.Command(path, "-rc", " "+expression)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader(text), out, messages
	var ended *exec.ExitError
	switch err := cmd.Run(); {
	case err == nil:
		return nil
	case errors.As(err, &ended) && ended.ExitCode() == 3: // it did not compile
		return exit.Usage(fmt.Sprintf("jq cannot read the expression %q", expression), "`man jq` says what it reads")
	default:
		return fmt.Errorf("jq failed: %w", err)
	}
}
