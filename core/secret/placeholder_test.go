package secret

import "testing"

func TestPlaceholder(t *testing.T) {
	for _, s := range []string{
		"", " ", "\t\n", "...", "…", "***", "*", "•••", "xxx", "XXXXXXXX", "x", "0000", "-", "___", "null", "None", "undefined", "REDACTED", "[REDACTED]", "<redacted>",
		"${ACCESS_TOKEN}", "$ACCESS_TOKEN", "%TOKEN%", "{env:KEY}", "{{ token }}", "<your token>", "your_api_key", "YOUR-API-KEY-HERE", "changeme", "placeholder",
		"sk-xxxxxxxx", "sk-...", "sk-ant-api03-xxxx", "sk-ab...wxyz", "sk-ab***wxyz", "sk-proj-000", "access_token", "insert-your-key-here", "Bearer ${TOKEN}",
	} {
		if !Placeholder(s) {
			t.Errorf("%q counts as a secret", s)
		}
	}
	for _, s := range []string{
		"sk-proj-A1b2C3d4", "FAKE-mm-at-1", "eyJhbGciOiJub25lIn0.eyJzdWIiOiJhIn0.sig", "htui-test-key-0123456789", "sk-test-key-0000-abcdef", "abc", "token1", "x1y2", "sk-xxxxa9",
	} {
		if Placeholder(s) {
			t.Errorf("%q counts as a placeholder", s)
		}
	}
}
