package autherr

import (
	"errors"
	"fmt"
	"io"
	"testing"
)

func TestError_IsToldByCodeOrKind(t *testing.T) {
	e := &Error{Kind: SignIn, Code: CodeRefreshFailed, Message: "it was refused", Hint: "sign in", Err: io.ErrUnexpectedEOF}
	wrapped := fmt.Errorf("token: %w", e)
	for name, tc := range map[string]struct {
		target error
		want   bool
	}{
		"kind":                {NeedsSignIn, true},
		"code":                {&Error{Code: CodeRefreshFailed}, true},
		"another code":        {TimedOut, false},
		"code, not kind":      {&Error{Kind: Network, Code: CodeRefreshFailed}, true},
		"another kind":        {&Error{Kind: Network}, false},
		"its cause":           {io.ErrUnexpectedEOF, true},
		"itself":              {e, true},
		"one with a sentence": {&Error{Kind: SignIn, Message: "it was refused"}, false},
		"something else":      {io.EOF, false},
	} {
		if got := errors.Is(wrapped, tc.target); got != tc.want {
			t.Errorf("%s: %t", name, got)
		}
	}
	if wrapped.Error() != "token: it was refused" {
		t.Errorf("%q; the hint is no part of it", wrapped)
	}
	if got := (&Error{Err: io.EOF}).Error(); got != "EOF" {
		t.Errorf("without a sentence: %q", got)
	}
}

func TestKindOf(t *testing.T) {
	for _, tc := range []struct {
		err  error
		want Kind
	}{
		{nil, Failed}, {io.EOF, Failed}, {&Error{Kind: Keystore}, Keystore},
		{errors.Join(io.EOF, fmt.Errorf("x: %w", &Error{Kind: Network})), Network},
	} {
		if got := KindOf(tc.err); got != tc.want {
			t.Errorf("%v: %d", tc.err, got)
		}
	}
}

func TestCodeOf(t *testing.T) {
	for _, tc := range []struct {
		err  error
		want string
	}{
		{nil, ""}, {io.EOF, ""}, {&Error{Kind: Keystore}, ""},
		{errors.Join(io.EOF, fmt.Errorf("x: %w", &Error{Code: CodeTimeout})), CodeTimeout},
	} {
		if got := CodeOf(tc.err); got != tc.want {
			t.Errorf("%v: %s", tc.err, got)
		}
	}
}
