package oauth

import (
	"net/url"
	"strings"
	"testing"
)

func TestRepairPage(t *testing.T) {
	for name, pair := range map[string][2]string{
		"stale host":         {"https://www.minimax.io/oauth-authorize?user_code=A&client=OpenClaw", "https://platform.minimax.io/oauth-authorize?user_code=A&client=OpenClaw"},
		"stale host, newer":  {"https://www.minimax.cn/oauth-authorize?x=1", "https://platform.minimax.cn/oauth-authorize?x=1"},
		"stale host, China":  {"https://www.minimaxi.com/oauth-authorize?x=1", "https://platform.minimaxi.com/oauth-authorize?x=1"},
		"the other domain":   {"https://www.minimaxi.io/oauth-authorize", "https://platform.minimaxi.io/oauth-authorize"},
		"a path below":       {"https://www.minimax.io/oauth-authorize/x?y", "https://platform.minimax.io/oauth-authorize/x?y"},
		"a port stays":       {"https://www.minimax.io:8443/oauth-authorize?b=2&a=1#f", "https://platform.minimax.io:8443/oauth-authorize?b=2&a=1#f"},
		"order and spelling": {"https://WWW.MiniMax.io/oauth-authorize?b=%7e&a=%2F+", "https://platform.minimax.io/oauth-authorize?b=%7e&a=%2F+"},
	} {
		if got := repairPage(pair[0]); got != pair[1] {
			t.Errorf("%s: got %s", name, got)
		}
	}
	for _, same := range []string{
		"https://platform.minimax.io/oauth-authorize?user_code=A", "https://www.minimax.io/", "https://www.minimax.io/login?to=/oauth-authorize",
		"https://minimaxi.com/oauth-authorize", "https://www.example.com/oauth-authorize", "https://u:p@www.minimax.io/oauth-authorize",
		"https://www.minimax.io:port/oauth-authorize", "http://[::1", "://", "", "www.minimax.io/oauth-authorize", "https://evil.example/?www.minimax.io/oauth-authorize",
	} {
		if got := repairPage(same); got != same {
			t.Errorf("%s became %s", same, got)
		}
	}
}

func miniMaxTarget() Target {
	return Target{
		Binding:   Binding{TokenHosts: []string{"account.minimax.io"}},
		DeviceURL: "https://account.minimax.io/oauth2/device/code",
		PageHosts: []string{"minimax.io", "minimaxi.com", "minimaxi.io"},
	}
}

func sandboxTarget() Target {
	return Target{DeviceURL: "http://127.0.0.1:8080/oauth2/device/code", PageHosts: []string{"127.0.0.1:8080"}}
}

// A host is one by the letter, or the page is a foreign one.
func TestNewPage_OddHosts(t *testing.T) {
	for _, host := range []string{
		`evil.com".minimax.io`, `evil.com;.minimax.io`, `evil.com'.minimax.io`, `evil.com&.minimax.io`, `evil.com$(x).minimax.io`,
		`evil.com|.minimax.io`, `evil.com,.minimax.io`, `evil.com!.minimax.io`, `evil.com~.minimax.io`, `evil.com_.minimax.io`,
		`evil.com*.minimax.io`, `evil.com=.minimax.io`, `evil.com(.minimax.io`, `evil.com<.minimax.io`, "evil.com`.minimax.io",
		`evil.com\.minimax.io`, `evil.com%2f.minimax.io`, `evil.com%5c.minimax.io`, `evil.com%00.minimax.io`, `evil.com%23.minimax.io`,
		`platform%2eminimax.io`, `%70latform.minimax.io`, `user@platform.minimax.io`, `user:pw@platform.minimax.io`, `@platform.minimax.io`,
		`platform.minimax.io.`, `platform..minimax.io`, `.minimax.io`, `-x.minimax.io`, `x-.minimax.io`, `platform.minimax.io:`,
		`platform.minimax.io:443:443`, `platform.minimax.io:0443`, `platform.minimax.io:8443`, `[::1%25eth0]`, `[fe80::1%25minimax.io]`, `[minimax.io]`,
		"platform\u3002minimax.io", "platform\uff0eminimax.io", "\uff4dinimax.io", "evil.com\t.minimax.io", "evil.com\n.minimax.io", "evil.com .minimax.io",
		strings.Repeat("a", 64) + ".minimax.io",
	} {
		for _, scheme := range []string{"https://", "HTTPS://", `https:\\`, "https:///", "https:/"} {
			if p := newPage(miniMaxTarget(), scheme+host+"/x", "A"); p.trusted {
				t.Errorf("%s%s/x counts as MiniMax's page", scheme, host)
			}
		}
	}
	if !newPage(miniMaxTarget(), "https://xn--mnchen-3ya.minimax.io/x", "A").trusted {
		t.Error("punycode below minimax.io is a foreign host")
	}
}

func TestNewPage_Trust(t *testing.T) {
	for _, tc := range []struct {
		target  Target
		uri     string
		trusted bool
	}{
		{miniMaxTarget(), "https://platform.minimax.io/oauth-authorize?user_code=A", true},
		{miniMaxTarget(), "https://PLATFORM.minimax.io:443/x", true},
		{miniMaxTarget(), "https://minimax.io/x", true},
		{miniMaxTarget(), "https://a.b.minimaxi.com/x", true},
		{miniMaxTarget(), "https://platform.minimaxi.io/x", true},
		{miniMaxTarget(), "http://platform.minimax.io/x", false},
		{miniMaxTarget(), "https://platform.minimax.io:8443/x", false},
		{miniMaxTarget(), "https://platform.minimax.io.evil.example/x", false},
		{miniMaxTarget(), "https://evilminimax.io/x", false},
		{miniMaxTarget(), "https://platform.minimax.io@evil.example/x", false},
		{miniMaxTarget(), "https://user@platform.minimax.io/x", false},
		{miniMaxTarget(), "https://m\u0456nimax.io/x", false},
		{miniMaxTarget(), "https://platform.minimax.io/\u202ex", false},
		{miniMaxTarget(), "https://platform.minimax.io/\x1b[2Jx", false},
		{miniMaxTarget(), "https://platform.minimax.io/a b", false},
		{miniMaxTarget(), "https://platform.minimax.io/\u00e4", false},
		{miniMaxTarget(), "https://platform.minimax.io/" + strings.Repeat("x", 3000), false},
		{miniMaxTarget(), "javascript:alert(1)", false},
		{miniMaxTarget(), "file:///etc/passwd", false},
		{miniMaxTarget(), "//platform.minimax.io/x", false},
		{miniMaxTarget(), "https:platform.minimax.io/x", false},
		{miniMaxTarget(), "https:///x", false},
		{miniMaxTarget(), "", false},
		{miniMaxTarget(), "http://127.0.0.1:8080/x", false},
		{miniMaxTarget(), "http://localhost/x", false},
		{sandboxTarget(), "http://127.0.0.1:8080/x", true},
		{sandboxTarget(), "http://localhost:8080/x", true},
		{sandboxTarget(), "http://[::1]:8080/x", true},
		{sandboxTarget(), "http://10.0.0.1:8080/x", false},
		{sandboxTarget(), "http://127.0.0.1.evil.example:8080/x", false},
		{sandboxTarget(), "http://user@127.0.0.1:8080/x", false},
		{sandboxTarget(), "https://platform.minimax.io/x", false},
	} {
		if got := newPage(tc.target, tc.uri, "A"); got.trusted != tc.trusted {
			t.Errorf("%.80q: trusted is %v", tc.uri, got.trusted)
		}
	}
}

func TestNewPage_Complete(t *testing.T) {
	for uri, want := range map[string]bool{
		"https://platform.minimax.io/x?user_code=AB-12":     true,
		"https://platform.minimax.io/x?user_code=other":     false,
		"https://platform.minimax.io/x?code=AB-12":          false,
		"https://platform.minimax.io/x?a=1&user_code=AB-12": true,
	} {
		if got := newPage(miniMaxTarget(), uri, "AB-12"); got.complete != want {
			t.Errorf("%s: complete is %v", uri, got.complete)
		}
	}
}

func FuzzNewPage(f *testing.F) {
	f.Add("https://www.minimax.io/oauth-authorize?user_code=A", "A")
	f.Add("http://127.0.0.1:8080/x", "A")
	f.Add("https://platform.minimax.io\\@evil.example/", "")
	f.Add("HTTPS://www.MINIMAX.io/oauth-authorize//", "\x00")
	f.Fuzz(func(t *testing.T, raw, code string) {
		p := newPage(miniMaxTarget(), raw, code)
		if strings.ContainsAny(p.uri, "\x00\x07\x1b\r\n\u202e\u009b") || len([]rune(p.uri)) > maxPageURL {
			t.Fatalf("shown as %q", p.uri)
		}
		if !p.trusted {
			return
		}
		u, err := url.Parse(p.uri)
		if err != nil || u.Scheme != "https" || u.User != nil || strings.ContainsAny(p.uri, "\\") && strings.Contains(u.Host, "\\") {
			t.Fatalf("%q is trusted (%v)", p.uri, err)
		}
		host := strings.ToLower(u.Hostname())
		for _, domain := range miniMaxTarget().PageHosts {
			if host == domain || strings.HasSuffix(host, "."+domain) {
				return
			}
		}
		t.Fatalf("%q is trusted", p.uri)
	})
}

// What has the shape of a secret is cut out of an address, unless it stands in
// the provider's own: a tenant's id is none.
func TestNewPage_TheProvidersOwnPath(t *testing.T) {
	const tenant, secret = "9f8e7d6c5b4a39281706abcdef012345", "c0ffee9f8e7d6c5b4a39281706abcdef"
	target := Target{DeviceURL: "https://login.example/" + tenant + "/device", PageHosts: []string{"login.example"}}
	own := "https://login.example/" + tenant + "/approve?user_code=A"
	if p := newPage(target, own, "A"); p.uri != own || !p.trusted || !p.complete {
		t.Errorf("the own path: %+v", p)
	}
	for _, raw := range []string{
		"https://login.example/" + secret + "/approve?user_code=A", own + "&state=" + secret,
	} {
		if p := newPage(target, raw, "A"); strings.Contains(p.uri, secret) || p.trusted {
			t.Errorf("%s: %+v", raw, p)
		}
	}
}
