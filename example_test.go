package hermestui_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/hermes-tui/hermes-tui"
	"github.com/hermes-tui/hermes-tui/sandbox"
)

// A program lists the accounts and calls a model. Outside this example it opens
// them with hermestui.Open(ctx) alone.
func Example() {
	m, err := newMachine(sandbox.Options{}, "work")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer m.close()

	ctx := context.Background()
	accounts, err := hermestui.Open(ctx, hermestui.WithEnv(m.env))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer accounts.Close()

	list, err := accounts.List(ctx)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, account := range list {
		fmt.Println(account.Label, account.ProviderName, account.State)
	}
	token, err := accounts.Token(ctx, "minimax")
	if err != nil {
		fmt.Println(err)
		return
	}
	const question = `{"model": "MiniMax-M3", "max_tokens": 16, "messages": [{"role": "user", "content": "hi"}]}`
	answer, err := accounts.Client("minimax").Post(token.BaseURL+"/v1/messages", "application/json", strings.NewReader(question))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer answer.Body.Close()
	_, _ = io.Copy(io.Discard, answer.Body)
	fmt.Println(answer.Status)
	// Output:
	// work MiniMax ok
	// 200 OK
}

// What failed is told apart by its kind; Hint says what a person can do.
func ExampleError() {
	m, err := newMachine(sandbox.Options{}, "work")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer m.close()
	accounts, err := m.open()
	if err != nil {
		fmt.Println(err)
		return
	}
	defer accounts.Close()

	_, err = accounts.Token(context.Background(), "home")
	var e *hermestui.Error
	if errors.Is(err, hermestui.ErrUsage) && errors.As(err, &e) {
		fmt.Println(e)
	}

	_, err = accounts.Client("work").Get("https://example.com/v1/models")
	fmt.Println(errors.Is(err, hermestui.ErrUsage))

	// Output:
	// there is no account "home"
	// true
}

// A round tripper of one's own lies below: it sees requests as they are sent.
func ExampleAccounts_Transport() {
	m, err := newMachine(sandbox.Options{}, "work")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer m.close()
	accounts, err := m.open()
	if err != nil {
		fmt.Println(err)
		return
	}
	defer accounts.Close()

	client := http.Client{Transport: accounts.Transport("work", counting{})}
	m.portal.ExpireAllAccess() // the API refuses a token that has not ended yet
	answer, err := client.Get(m.portal.URL() + "/anthropic/v1/models")
	if err != nil {
		fmt.Println(err)
		return
	}
	answer.Body.Close()
	// Output:
	// GET /anthropic/v1/models: 401
	// GET /anthropic/v1/models: 200
}

type counting struct{}

func (counting) RoundTrip(r *http.Request) (*http.Response, error) {
	answer, err := http.DefaultTransport.RoundTrip(r)
	if err == nil {
		fmt.Printf("%s %s: %d\n", r.Method, r.URL.Path, answer.StatusCode)
	}
	return answer, err
}
