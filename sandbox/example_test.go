package sandbox_test

import (
	"context"
	"fmt"
	"net/http"
	"net/url"

	"github.com/hermes-tui/hermes-tui/sandbox"
)

// A test starts a sandbox, makes its client's refreshes fail, and counts them.
func Example() {
	s := sandbox.New(sandbox.Options{})
	if err := s.Listen(""); err != nil {
		fmt.Println(err)
		return
	}
	defer s.Close(context.Background())

	fault, err := sandbox.ParseFault("503:1")
	if err != nil {
		fmt.Println(err)
		return
	}
	s.SetFaults(fault)
	for range 2 {
		answer, err := http.PostForm(s.URL()+"/oauth2/token", url.Values{
			"grant_type":    {"refresh_token"},
			"client_id":     {"78257093-7e40-4613-99e0-527b14b39113"},
			"refresh_token": {"never-issued"},
		})
		if err != nil {
			fmt.Println(err)
			return
		}
		answer.Body.Close()
		fmt.Println(answer.Status)
	}
	fmt.Println(s.Stats().Refreshes.Total, "refreshes")
	// Output:
	// 503 Service Unavailable
	// 400 Bad Request
	// 2 refreshes
}
