package manual

import (
	"strings"
	"testing"
	"time"

	"github.com/spf13/cobra"
)

func TestManPage(t *testing.T) {
	root := &cobra.Command{Use: "top", Short: "Do things"}
	cmd := &cobra.Command{
		Use: "sub [FILE] -- CMD", Short: "Do a thing", Aliases: []string{"also"}, Run: func(*cobra.Command, []string) {},
		Long: "First line with `top sub` in it\n.and a second, with a \\ in it.\n\n  /account/<id>/x    kept as it is\n  and this\n\nA last one.",
	}
	cmd.Flags().StringP("file", "f", "", "read this `path`")
	cmd.Flags().Duration("wait", time.Second, "wait so long")
	cmd.Flags().Bool("hidden", false, "")
	_ = cmd.Flags().MarkHidden("hidden")
	root.AddCommand(cmd)

	page := manPage(cmd, time.Date(2026, 5, 20, 0, 0, 0, 0, time.UTC), "v1")
	for _, want := range []string{
		".TH TOP\\-SUB 1 \"May 2026\" \"hermes-tui v1\"", "top\\-sub \\- do a thing\n",
		"\\fBtop sub\\fR [\\fIflags\\fR] [FILE] \\-\\- CMD\n",
		"First line with \\fBtop sub\\fR in it\n\\&.and a second, with a \\e in it.\n.PP\n.RS 4\n.EX\n/account/<id>/x    kept as it is\nand this\n",
		".EE\n.RE\nA last one.\n", "\\fBtop also\\fR is the same.",
		".TP\n\\fB\\-f\\fR, \\fB\\-\\-file\\fR \\fIpath\\fR\nread this path\n", "wait so long (default 1s)\n", "SEE ALSO\ntop(1)\n",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("no %q in the page:\n%s", want, page)
		}
	}
	if strings.Contains(page, "hidden") {
		t.Errorf("the page names a hidden flag:\n%s", page)
	}
	if top := manPage(root, time.Time{}, "v1"); !strings.Contains(top, ".TP\n\\fBtop\\-sub\\fR(1)\nDo a thing.\n") || !strings.Contains(top, "EXIT STATUS") {
		t.Errorf("the page of the program is\n%s", top)
	}
}
