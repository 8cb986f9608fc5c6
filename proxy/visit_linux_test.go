package proxy

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/consent"
)

// The program at the other end of a connection is known by its process, over TCP
// and over a unix socket.
func TestPeer_IsAProgram(t *testing.T) {
	for network, at := range map[string]string{"tcp": "127.0.0.1:0", "unix": filepath.Join(t.TempDir(), "s")} {
		l, err := net.Listen(network, at)
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		client, err := net.Dial(network, l.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer client.Close()
		conn, err := l.Accept()
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		p, _ := withPeer(context.Background(), conn).Value(peerKey{}).(*peer)
		if got := p.program(); got != consent.Process(os.Getpid()) || got.Key == "" {
			t.Errorf("%s: %+v", network, got)
		}
	}
}

// Only where each request is one of its own the connection says who asks.
func TestServer_Visited(t *testing.T) {
	usual := consent.NewVisit(consent.Own)
	r := httptest.NewRequest(http.MethodPost, "/anthropic/v1/messages", nil)
	one := &Server{}
	if consent.Of(one.visited(r.Context()), usual) != usual {
		t.Error("a request of the one program is a visit of its own")
	}
	each := &Server{options: Options{Each: true}}
	first, second := consent.Of(each.visited(r.Context()), usual), consent.Of(each.visited(r.Context()), usual)
	if first == usual || first == second {
		t.Error("two requests are one visit")
	}
	if who := first.Asker(); who.Key != "" || who.Name == "" {
		t.Errorf("a program of which nothing is known is %+v", who)
	}
}

// In every format the refusal is a 403, after which no client asks again.
func TestExplain_NotConfirmed(t *testing.T) {
	why := explain(&autherr.Error{Code: autherr.CodeNotConfirmed, Message: "claude has to be confirmed", Hint: "open the window"})
	for _, in := range wires() {
		w := httptest.NewRecorder()
		why.write(w, &in)
		if w.Code != http.StatusForbidden || w.Header().Get("X-Should-Retry") != "false" {
			t.Errorf("%s: %d, %v", in.prefix, w.Code, w.Header())
		}
	}
}
