package etcd

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// server is an endpoint that answers as a test wants it.
type server struct {
	*httptest.Server
	asked, proofs atomic.Int32
}

// serve is a server by HTTP/2 without TLS. The request's message has been read
// when answer is called. A client that proves its connection is answered well.
func serve(t *testing.T, answer http.HandlerFunc) *server {
	t.Helper()
	s := &server{}
	s.Server = httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/Status") {
			s.proofs.Add(1)
			say(w, frame(nil), 0, "")
			return
		}
		if r.ContentLength > 0 {
			if _, err := io.ReadAll(r.Body); err != nil {
				return // it has not left
			}
		}
		s.asked.Add(1)
		answer(w, r)
	}))
	s.Config.Protocols = new(http.Protocols)
	s.Config.Protocols.SetUnencryptedHTTP2(true)
	s.Start()
	t.Cleanup(s.Close)
	return s
}

func open(t *testing.T, change func(*Config), endpoints ...string) *Client {
	t.Helper()
	config := Config{Endpoints: endpoints, Timeout: 20 * time.Second}
	if change != nil {
		change(&config)
	}
	c, err := New(config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

// say answers with a message and a status.
func say(w http.ResponseWriter, body []byte, code int, text string) {
	w.Header().Set("Content-Type", "application/grpc")
	_, _ = w.Write(body)
	w.Header().Set(http.TrailerPrefix+"Grpc-Status", fmt.Sprint(code))
	w.Header().Set(http.TrailerPrefix+"Grpc-Message", text)
}

// well answers every transaction.
func well(w http.ResponseWriter, _ *http.Request) {
	say(w, frame(readingOf(9, true, pageOf(1, false, "k"))), 0, "")
}

func refuse(code int, text string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { say(w, nil, code, text) }
}

// lose reads the request and ends the stream.
func lose(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }

// hang answers never.
func hang(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }

var txn = Txn{Then: []Op{Put("k", nil, 0)}}

func is(t *testing.T, what string, err error, kinds ...Kind) {
	t.Helper()
	for kind := Unreachable; kind <= Refused; kind++ {
		if want := slices.Contains(kinds, kind); errors.Is(err, kind) != want {
			t.Errorf("%s: %q is %q: %v", what, err, kind, !want)
		}
	}
	var e *Error
	if !errors.As(err, &e) {
		t.Errorf("%s: %T is no *Error", what, err)
	}
}

// Each answer that a server may give: what a write and a read make of it.
func TestAnswers_AndWhatTheyMean(t *testing.T) {
	body := func(s string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) { say(w, []byte(s), 0, "") }
	}
	good := string(frame(readingOf(9, true, pageOf(1, false, "k"))))
	both := func(k Kind) [2][]Kind { return [2][]Kind{{k}, {k}} }
	lost := [2][]Kind{{Unclear}, {Unreachable}}
	for name, c := range map[string]struct {
		answer http.HandlerFunc
		kinds  [2][]Kind // of a write, of a read
	}{
		"no leader":        {refuse(14, "etcdserver: no leader"), both(NoLeader)},
		"leader changed":   {refuse(14, "etcdserver: leader changed"), lost},
		"timed out":        {refuse(14, "etcdserver: request timed out"), lost},
		"timed out 2":      {refuse(14, "etcdserver: request timed out, possibly due to connection lost"), lost},
		"stopped":          {refuse(14, "etcdserver: server stopped"), lost},
		"not etcd's words": {refuse(14, "no leader"), lost},
		"full":             {refuse(8, "etcdserver: mvcc: database space exceeded"), [2][]Kind{{NoSpace, Unclear}, {NoSpace}}},
		"too many":         {refuse(8, "etcdserver: too many requests"), both(Refused)},
		"too large":        {refuse(8, "grpc: received message larger than max (2097173 vs. 2097152)"), both(Refused)},
		"too large to say": {refuse(8, "trying to send message larger than max"), lost},
		"denied":           {refuse(7, "etcdserver: permission denied"), both(Denied)},
		"a bad token":      {refuse(16, "etcdserver: invalid auth token"), both(Denied)},
		"no user":          {refuse(3, "etcdserver: user name is empty"), both(Denied)},
		"old users":        {refuse(3, "etcdserver: revision of auth store is old"), both(Denied)},
		"a bad request":    {refuse(3, "etcdserver: too many operations in txn request"), both(Refused)},
		"a proxy's no":     {refuse(3, "what?"), lost},
		"compacted":        {refuse(11, "etcdserver: mvcc: required revision has been compacted"), both(Compacted)},
		"no such lease":    {refuse(5, "etcdserver: requested lease not found"), both(LeaseGone)},
		"no such thing":    {refuse(5, "etcdserver: member not found"), both(Refused)},
		"precondition":     {refuse(9, "etcdserver: not capable"), both(Refused)},
		"no such method":   {refuse(12, "unknown method"), both(Refused)},
		"canceled":         {refuse(1, "context canceled"), lost},
		"unknown":          {refuse(2, "etcdserver: raft: proposal dropped"), lost},
		"too late":         {refuse(4, "context deadline exceeded"), lost},
		"corrupt":          {refuse(15, "etcdserver: corrupt cluster"), lost},
		"code 99":          {refuse(99, ""), lost},

		"the stream is lost": {lose, lost},
		"the answer is lost": {func(w http.ResponseWriter, r *http.Request) {
			say(w, []byte(good[:9]), 0, "")
			w.(http.Flusher).Flush()
			lose(w, r)
		}, lost},
		"no message":           {body(""), lost},
		"half a message":       {body(good[:len(good)-1]), lost},
		"two messages":         {body(good + good), lost},
		"a message and a half": {body(good + "\x00"), lost},
		"compressed":           {body("\x01" + good[1:]), lost},
		"no transaction's":     {body("\x00\x00\x00\x00\x02hi"), lost},
		"an empty message":     {body("\x00\x00\x00\x00\x00"), lost},
		"more than is taken":   {body("\x00\x7f\xff\xff\xff" + strings.Repeat("x", 1<<20)), [2][]Kind{{Unclear}, {Refused}}},
		"no status": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/grpc")
			_, _ = io.WriteString(w, good)
		}, lost},
		"a status of no number": {func(w http.ResponseWriter, _ *http.Request) {
			say(w, []byte(good), 0, "")
			w.Header().Set(http.TrailerPrefix+"Grpc-Status", "ok")
		}, lost},
		"HTTP 503":               {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(503) }, lost},
		"a page for people":      {func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "<html>") }, lost},
		"a status of a megabyte": {refuse(14, strings.Repeat("x", 1<<20)), lost},
		"a redirect":             {func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/", http.StatusTemporaryRedirect) }, lost},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := serve(t, c.answer)
			client := open(t, nil, s.URL)
			_, err := client.Commit(t.Context(), txn)
			is(t, "write", err, c.kinds[0]...)
			if n := s.asked.Load(); n != 1 {
				t.Errorf("a write was sent %d times", n)
			}
			_, err = client.Get(t.Context(), "k")
			is(t, "read", err, c.kinds[1]...)
		})
	}
}

func TestAnswer_IsOneLineWithoutControl(t *testing.T) {
	s := serve(t, refuse(3, "etcdserver: %1b[31m%0a"+strings.Repeat("x", 1000)))
	_, err := open(t, nil, s.URL).Commit(t.Context(), txn)
	if text := err.Error(); strings.ContainsAny(text, "\x1b\n") || len(text) > 400 {
		t.Errorf("%q", text)
	}
}

func TestRequest_IsGRPC(t *testing.T) {
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		h := r.Header
		if r.ProtoMajor != 2 || r.Method != "POST" || r.URL.Path != "/etcdserverpb.KV/Txn" || h.Get("Te") != "trailers" || h.Get("Content-Type") != "application/grpc" ||
			h.Get("Hasleader") != "true" || h.Get("Grpc-Timeout") != "20000m" || h.Get("Accept-Encoding") != "" || len(h["Token"]) != 0 {
			t.Errorf("%s %s %s %v", r.Proto, r.Method, r.URL, h)
		}
		well(w, r)
	})
	got, err := open(t, nil, s.URL).Get(t.Context(), "k")
	if err != nil || got.Revision != 9 || !got.KVs[0].Found() {
		t.Errorf("%+v, %v", got, err)
	}
}

// nobody is an address where nobody listens.
func nobody(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return "http://" + l.Addr().String()
}

// silent is an address where connections are taken and nothing is said.
func silent(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return "http://" + l.Addr().String()
}

// Which endpoint is asked after one that failed, and with which endpoint the next
// call begins.
func TestEndpoints(t *testing.T) {
	short := func(c *Config) { c.Timeout = 1200 * time.Millisecond }
	for name, c := range map[string]struct {
		first       func(t *testing.T) string
		change      func(*Config)
		write, read bool // whether the second endpoint is asked in the same call
	}{
		"nobody listens":      {nobody, nil, true, true},
		"it has no leader":    {func(t *testing.T) string { return serve(t, refuse(14, "etcdserver: no leader")).URL }, nil, true, true},
		"it loses the stream": {func(t *testing.T) string { return serve(t, lose).URL }, nil, false, true},
		"its leader changed":  {func(t *testing.T) string { return serve(t, refuse(14, "etcdserver: leader changed")).URL }, nil, false, true},
		"it hangs":            {func(t *testing.T) string { return serve(t, hang).URL }, short, false, true},
		"it says nothing":     {silent, short, true, true},
		"it denies":           {func(t *testing.T) string { return serve(t, refuse(7, "etcdserver: permission denied")).URL }, nil, false, false},
		"it refuses":          {func(t *testing.T) string { return serve(t, refuse(3, "etcdserver: key is not provided")).URL }, nil, false, false},
		"it speaks TLS":       {func(t *testing.T) string { return httptest.NewTLSServer(nil).URL }, nil, true, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			second := serve(t, well)
			for _, write := range []bool{true, false} {
				client := open(t, c.change, c.first(t), second.URL)
				second.asked.Store(0)
				ask := func() (err error) {
					if write {
						_, err = client.Commit(t.Context(), txn)
					} else {
						_, err = client.Get(t.Context(), "k")
					}
					return err
				}
				want := int32(0)
				if write && c.write || !write && c.read {
					want = 1
				}
				if err := ask(); (err == nil) != (want == 1) || second.asked.Load() != want {
					t.Errorf("write %v: the second was asked %d times: %v", write, second.asked.Load(), err)
				}
				if clear := name == "it denies" || name == "it refuses"; !clear {
					if err := ask(); err != nil || second.asked.Load() != want+1 {
						t.Errorf("write %v: the next call does not begin with the second: %v", write, err)
					}
				}
			}
		})
	}
}

func TestEndpoints_NoneIsThere(t *testing.T) {
	client := open(t, nil, nobody(t), nobody(t))
	_, err := client.Commit(t.Context(), txn)
	is(t, "commit", err, Unreachable)
	_, err = client.Range(t.Context(), "k")
	is(t, "range", err, Unreachable)
	for _, err = range client.Watch(t.Context(), "k", 1) {
		is(t, "watch", err, Unreachable)
	}
	for _, m := range client.Status(t.Context()) {
		is(t, "status", m.Err, Unreachable)
	}
	if client.Close(); true {
		_, err = client.Get(t.Context(), "k")
		is(t, "closed", err, Unreachable)
	}
}

// A call that waits ends with its time, with its context, and with the client. A
// write that waits has left by then.
func TestCall_EndsInTime(t *testing.T) {
	for name, c := range map[string]struct {
		timeout time.Duration
		end     func(client *Client, cancel func())
		cause   error
	}{
		"time":    {50 * time.Millisecond, func(*Client, func()) {}, errNoAnswer},
		"context": {time.Hour, func(_ *Client, cancel func()) { cancel() }, context.Canceled},
		"client":  {time.Hour, func(client *Client, _ func()) { client.Close() }, errClosed},
	} {
		t.Run(name, func(t *testing.T) {
			came := make(chan bool, 10)
			s := serve(t, func(w http.ResponseWriter, r *http.Request) {
				came <- true
				hang(w, r)
			})
			client := open(t, func(config *Config) { config.Timeout = c.timeout }, s.URL)
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			for sent := false; !sent; {
				failed := make(chan error, 1)
				go func() {
					_, err := client.Commit(ctx, txn)
					failed <- err
				}()
				select {
				case <-came:
					sent = true
				case <-failed: // its time was over before it had left
					continue
				}
				c.end(client, cancel)
				err := <-failed
				is(t, "commit", err, Unclear)
				if !errors.Is(err, c.cause) {
					t.Errorf("%v is not %v", err, c.cause)
				}
			}
		})
	}
}

// A write waits until somebody has answered by its connection, once.
func TestWrite_NeedsAProvedConnection(t *testing.T) {
	s := serve(t, well)
	for _, readFirst := range []bool{false, true} {
		client := open(t, nil, s.URL)
		s.asked.Store(0)
		s.proofs.Store(0)
		want := int32(1)
		if readFirst {
			want = 0
			_, _ = client.Get(t.Context(), "k")
		}
		for range 3 {
			if _, err := client.Commit(t.Context(), txn); err != nil {
				t.Error(err)
			}
		}
		if got := s.proofs.Load(); got != want || s.asked.Load() != 4-want {
			t.Errorf("read first %v: proved %d times, asked %d times", readFirst, got, s.asked.Load())
		}
	}
}

func TestNew_TakesEndpointsOnly(t *testing.T) {
	for endpoint, ok := range map[string]bool{
		"http://a:2379": true, "https://[::1]:2379/": true, "https://a": true,
		"a:2379": false, "unix://x": false, "ftp://a": false, "http://": false, "http://u:p@a": false, "http://a/x": false, "http://a?b": false, "http://a#b": false, "http://a b": false, "": false,
	} {
		c, err := New(Config{Endpoints: []string{endpoint}})
		if (err == nil) != ok || err != nil && !errors.Is(err, Refused) {
			t.Errorf("%q: %v", endpoint, err)
		}
		if err == nil {
			c.Close()
		}
	}
	if _, err := New(Config{Endpoints: []string{"https://me:hunter2@a:2379"}}); err == nil || strings.Contains(err.Error(), "hunter2") {
		t.Error(err)
	}
	if _, err := New(Config{}); !errors.Is(err, Refused) {
		t.Errorf("no endpoint: %v", err)
	}
}

// guard is a server that wants a token.
type guard struct {
	mu        sync.Mutex
	token     string // that is good now
	given     int
	forgets   bool   // gives tokens that are not good
	off       bool   // asks nobody
	complains string // about a bad token
}

func (g *guard) serve(w http.ResponseWriter, r *http.Request) {
	g.mu.Lock()
	defer g.mu.Unlock()
	switch {
	case strings.HasSuffix(r.URL.Path, "/Authenticate") && g.off:
		say(w, nil, 9, "etcdserver: authentication is not enabled")
	case strings.HasSuffix(r.URL.Path, "/Authenticate"):
		g.given++
		token := fmt.Sprint("token.", g.given)
		if !g.forgets {
			g.token = token
		}
		say(w, frame(message{}.sub(1, headerOf(9)).text(2, token)), 0, "")
	case !g.off && (g.token == "" || r.Header.Get("Token") != g.token):
		say(w, nil, 16, g.complains)
	default:
		well(w, r)
	}
}

func TestToken(t *testing.T) {
	user := func(c *Config) { c.User, c.Password = "u", "very secret" }
	for _, complaint := range []string{"invalid auth token", "user name is empty", "revision of auth store is old"} {
		g := &guard{complains: "etcdserver: " + complaint}
		s := serve(t, g.serve)
		client := open(t, user, s.URL)
		asks := func(want int, kinds ...Kind) {
			t.Helper()
			for range 2 {
				if _, err := client.Commit(t.Context(), txn); err == nil != (kinds == nil) {
					t.Error(err)
				} else if err != nil {
					is(t, complaint, err, kinds...)
					if strings.Contains(err.Error(), "secret") {
						t.Error(err)
					}
				}
			}
			if g.mu.Lock(); g.given != want {
				t.Errorf("%s: asked for a token %d times, not %d", complaint, g.given, want)
			}
			g.mu.Unlock()
		}
		asks(1) // and both calls show it
		g.token = "another"
		asks(2) // a new one, and the write once more
		g.forgets, g.token = true, "another"
		asks(4, Denied) // once for each call, and no more
		g.off = true
		asks(4)
	}
	g := &guard{off: true}
	s := serve(t, g.serve)
	client := open(t, user, s.URL)
	for range 3 {
		if _, err := client.Commit(t.Context(), txn); err != nil {
			t.Error(err)
		}
	}
	if n := s.asked.Load(); n != 4 {
		t.Errorf("%d requests for 3 calls of an etcd that asks nobody", n)
	}
	g.off, g.complains = false, "etcdserver: user name is empty"
	if _, err := client.Commit(t.Context(), txn); err != nil || g.given != 1 {
		t.Errorf("now it asks: %v", err)
	}
}

func TestToken_IsFetchedOnceForAll(t *testing.T) {
	g := &guard{complains: "etcdserver: invalid auth token"}
	client := open(t, func(c *Config) { c.User, c.Password = "u", "p" }, serve(t, g.serve).URL)
	for round := 1; round < 3; round++ {
		var all sync.WaitGroup
		for range 20 {
			all.Go(func() {
				if _, err := client.Get(t.Context(), "k"); err != nil {
					t.Error(err)
				}
			})
		}
		if all.Wait(); g.given != round {
			t.Errorf("%d tokens in round %d", g.given, round)
		}
		g.token = "another"
	}
}

// A range that is answered with what was not asked for, or without end.
func TestRange_TrustsNothing(t *testing.T) {
	var n atomic.Int64
	for name, page := range map[string]func() message{
		"another prefix":  func() message { return pageOf(9, false, "k/1", "l") },
		"backwards":       func() message { return pageOf(9, false, "k/2", "k/1") },
		"twice":           func() message { return pageOf(9, false, "k/1", "k/1") },
		"the same again":  func() message { return pageOf(9, true, "k/1") },
		"more of nothing": func() message { return pageOf(9, true) },
		"no revision":     func() message { return pageOf(0, false) },
		"without end": func() message {
			return pageOf(9, true, fmt.Sprintf("k/%09d%s", n.Add(1), strings.Repeat("x", 100<<10)))
		},
	} {
		s := serve(t, func(w http.ResponseWriter, _ *http.Request) { say(w, frame(page()), 0, "") })
		client := open(t, nil, s.URL)
		client.most = 1 << 20
		got, err := client.Range(t.Context(), "k/")
		if !errors.Is(err, Unreachable) && !errors.Is(err, Refused) || got.KVs != nil {
			t.Errorf("%s: %d keys, %v", name, len(got.KVs), err)
		}
	}
}

// play is a watch that says these, and then what is asked.
func play(after http.HandlerFunc, said ...message) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/grpc")
		for _, m := range said {
			_, _ = w.Write(frame(m))
		}
		w.(http.Flusher).Flush()
		after(w, r)
	}
}

func TestWatch_Batches(t *testing.T) {
	head := message{}.sub(1, headerOf(50)).num(2, 7)
	created := head.flag(3, true)
	put := func(key string, mod int64) message {
		return message{}.sub(2, kvOf(KV{Key: key, Mod: mod, Create: 1, Version: 1}))
	}
	gone := func(key string, mod int64) message {
		return message{}.num(1, 1).sub(2, message{}.text(1, key).num(3, mod))
	}
	with := func(m message, events ...message) message {
		m = slices.Clone(m)
		for _, e := range events {
			m = m.sub(11, e)
		}
		return m
	}
	none := message{}
	for name, c := range map[string]struct {
		after http.HandlerFunc
		said  []message
		want  string // of each batch its events and what is next
		kind  Kind
	}{
		"catching up":                        {lose, []message{created, with(head, put("k1", 3), gone("k2", 3)), with(head, put("k1", 5))}, "0>2 2>4 1>6", Unreachable},
		"its notice is behind what happened": {lose, []message{created, head}, "0>2 0>51", Unreachable},
		"an answer to us is not":             {lose, []message{created, message{}.sub(1, headerOf(50)).num(2, -1)}, "0>2 0>2", Unreachable},
		"in pieces":                          {lose, []message{created, with(slices.Clone(head).flag(7, true), put("k1", 3)), with(head, put("k2", 3))}, "0>2 2>4", Unreachable},
		"half of the pieces":                 {lose, []message{created, with(slices.Clone(head).flag(7, true), put("k1", 3))}, "0>2", Unreachable},
		"compacted":                          {hang, []message{created, slices.Clone(head).flag(4, true).num(5, 30)}, "0>2", Compacted},
		"denied":                             {hang, []message{slices.Clone(created).flag(4, true).text(6, "etcdserver: permission denied")}, "", Denied},
		"canceled for no reason":             {hang, []message{created, slices.Clone(head).flag(4, true)}, "0>2", Refused},
		"the leader went":                    {refuse(14, "etcdserver: no leader"), []message{created}, "0>2", NoLeader},
		"the server stopped":                 {refuse(14, "etcdserver: server stopped"), []message{created}, "0>2", Unreachable},
		"it ended well":                      {refuse(0, ""), []message{created}, "0>2", Unreachable},
		"not created":                        {hang, []message{with(head, put("k", 3))}, "", Unreachable},
		"another prefix":                     {hang, []message{created, with(head, put("l", 3))}, "0>2", Unreachable},
		"the past":                           {hang, []message{created, with(head, put("k", 3)), with(head, put("k", 3))}, "0>2 1>4", Unreachable},
		"backwards":                          {hang, []message{created, with(head, put("k", 4), put("k", 3))}, "0>2", Unreachable},
		"no revision":                        {hang, []message{created, none.num(2, 7)}, "0>2", Unreachable},
		"not a message":                      {hang, []message{created, message("\xff")}, "0>2", Unreachable},
	} {
		t.Run(name, func(t *testing.T) {
			s := serve(t, play(c.after, c.said...))
			var got []string
			var err error
			var batch Batch
			for batch, err = range open(t, nil, s.URL).Watch(t.Context(), "k", 2) {
				if err == nil {
					got = append(got, fmt.Sprintf("%d>%d", len(batch.Events), batch.Next))
				}
			}
			if is(t, name, err, c.kind); strings.Join(got, " ") != c.want {
				t.Errorf("%q instead of %q", got, c.want)
			}
			var e *Error
			if errors.As(err, &e) && c.kind == Compacted && e.Revision != 30 {
				t.Errorf("kept from %d on", e.Revision)
			}
		})
	}
}

// Pieces are put together only up to a bound.
func TestWatch_PiecesWithoutEnd(t *testing.T) {
	head := message{}.sub(1, headerOf(50)).num(2, 7)
	piece := slices.Clone(head).flag(7, true).sub(11, message{}.sub(2, kvOf(KV{Key: "k", Mod: 3, Version: 1, Value: make([]byte, 1<<20)})))
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		play(func(w http.ResponseWriter, r *http.Request) {
			for r.Context().Err() == nil {
				if _, err := w.Write(frame(piece)); err != nil {
					return
				}
			}
		}, slices.Clone(head).flag(3, true))(w, r)
	})
	for _, err := range open(t, nil, s.URL).Watch(t.Context(), "k", 2) {
		if err != nil {
			is(t, "watch", err, Refused)
		}
	}
}

// A watch asks how far it is.
func TestWatch_AsksForNotices(t *testing.T) {
	head := message{}.sub(1, headerOf(50))
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/grpc")
		for m := slices.Clone(head).flag(3, true); ; m = slices.Clone(head).num(2, -1) {
			if _, err := unframe(r.Body); err != nil {
				return
			}
			_, _ = w.Write(frame(m))
			w.(http.Flusher).Flush()
		}
	})
	n := 0
	for _, err := range open(t, func(c *Config) { c.Notice = time.Millisecond }, s.URL).Watch(t.Context(), "k", 2) {
		if err != nil {
			t.Fatal(err)
		}
		if n++; n == 5 {
			break
		}
	}
}

// A watch goes to the next endpoint until it stands, and renews a token that is
// old, of which etcd 3.4 says only that it is denied.
func TestWatch_Opens(t *testing.T) {
	head := message{}.sub(1, headerOf(50))
	created := slices.Clone(head).flag(3, true)
	denied := slices.Clone(created).flag(4, true).text(6, "etcdserver: permission denied")
	g := &guard{token: "t"}
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		switch {
		case strings.HasSuffix(r.URL.Path, "/Authenticate"):
			g.serve(w, r)
		case r.Header.Get("Token") == "token.2":
			play(lose, created)(w, r)
		default:
			play(hang, denied)(w, r)
		}
	})
	stood, errs := 0, 0
	client := open(t, func(c *Config) { c.User, c.Password, c.Timeout = "u", "p", 2*time.Second }, nobody(t), silent(t), s.URL)
	for _, err := range client.Watch(t.Context(), "k", 2) {
		if err == nil {
			stood++
			continue
		}
		errs++
		is(t, "watch", err, Unreachable)
	}
	if stood != 1 || errs != 1 || g.given != 2 {
		t.Errorf("stood %d times, %d errors, %d tokens", stood, errs, g.given)
	}
}

// What is told only to root is not missed by others; what is denied altogether is
// said to be.
func TestStatus_OfWhatMayBeAsked(t *testing.T) {
	list := message{}.sub(1, headerOf(0)).sub(2, message{}.num(1, 1).text(2, "other")).sub(2, message{}.num(1, 2).text(2, "m0"))
	full := message{}.sub(1, headerOf(9)).text(2, "3.6.0").num(3, 5).num(4, 1).num(9, 4)
	deny, garbage := refuse(7, "etcdserver: permission denied"), func(w http.ResponseWriter, _ *http.Request) { say(w, frame(message("\xff")), 0, "") }
	ok := func(m message) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) { say(w, frame(m), 0, "") }
	}
	for name, c := range map[string]struct {
		status, list http.HandlerFunc
		want         string
		kind         error
	}{
		"all":                {ok(full), ok(list), "m0 2 9 3.6.0 1 5 4", nil},
		"only the list":      {deny, ok(list), "m0 2 0  0 0 0", nil},
		"only the status":    {ok(full), deny, " 2 9 3.6.0 1 5 4", nil},
		"nothing":            {deny, deny, " 0 0  0 0 0", Denied},
		"a broken status":    {garbage, ok(list), " 0 0  0 0 0", Unreachable},
		"a broken list":      {ok(full), garbage, " 2 9 3.6.0 1 5 4", Unreachable},
		"the stream is lost": {lose, ok(list), " 0 0  0 0 0", Unreachable},
	} {
		s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if strings.HasSuffix(r.URL.Path, "/Status") {
				c.status(w, r)
			} else {
				c.list(w, r)
			}
		}))
		s.Config.Protocols = new(http.Protocols)
		s.Config.Protocols.SetUnencryptedHTTP2(true)
		s.Start()
		t.Cleanup(s.Close)
		m := open(t, nil, s.URL).Status(t.Context())[0]
		if got := fmt.Sprint(m.Name, " ", m.Member, m.Revision, " ", m.Version, " ", m.Leader, m.Size, m.Used); got != c.want || !errors.Is(m.Err, c.kind) || m.Endpoint != s.URL {
			t.Errorf("%s: %q, %v", name, got, m.Err)
		}
	}
}

func TestErrors_Say(t *testing.T) {
	var all []string
	for kind := Unreachable; kind <= Refused+1; kind++ {
		all = append(all, kind.Error())
	}
	if slices.Sort(all); len(slices.Compact(all)) != int(Refused)+1 {
		t.Error(all)
	}
	e := &Error{Kind: NoSpace, Maybe: true, Op: "commit", Endpoint: "a:1", Text: "text", Err: io.EOF}
	if got := e.Error(); got != "etcd is full, and what was sent may or may not be applied (commit at a:1): text: EOF" || !errors.Is(e, io.EOF) || errors.Is(e, errBroken) {
		t.Error(got)
	}
}

func TestGrant_AndTimeToLive(t *testing.T) {
	said := map[string]message{"ok": message{}.num(2, 7).num(3, 90), "no id": message{}.num(3, 1), "text": message{}.num(2, 7).text(4, "no"), "gone": message{}.num(3, -1), "for ever": message{}.num(2, 7).num(3, 1<<40)}
	for _, name := range slices.Sorted(maps.Keys(said)) {
		s := serve(t, func(w http.ResponseWriter, _ *http.Request) { say(w, frame(said[name]), 0, "") })
		client := open(t, nil, s.URL)
		id, granted := client.Grant(t.Context(), time.Second)
		if want := name == "ok" || name == "for ever"; (granted == nil && id == 7) != want {
			t.Errorf("%s: lease %d, %v", name, id, granted)
		}
		left, err := client.TimeToLive(t.Context(), 7)
		if errors.Is(err, LeaseGone) != (name == "gone") || (err == nil && left == 90*time.Second) != (name == "ok") {
			t.Errorf("%s: %s left, %v", name, left, err)
		}
	}
}
