// Command ask lists the accounts of hermes-tui and asks a model of a pool a
// question:
//
//	go run ./examples/ask minimax "Why is the sky blue?"
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"os"
	"strings"

	"github.com/hermes-tui/hermes-tui"
)

func main() {
	ctx := context.Background()
	accounts, err := hermestui.Open(ctx)
	check(err)
	defer func() { check(accounts.Close()) }()

	list, err := accounts.List(ctx)
	check(err)
	for _, a := range list {
		fmt.Printf("%-20s %-16s %s\n", a.Label, a.ProviderName, a.State)
	}
	if len(os.Args) < 3 {
		return
	}
	token, err := accounts.Token(ctx, os.Args[1])
	check(err)
	question, err := json.Marshal(os.Args[2])
	check(err)
	body := fmt.Sprintf(`{"model": "MiniMax-M3", "max_tokens": 500, "messages": [{"role": "user", "content": %s}]}`, question)
	answer, err := accounts.Client(os.Args[1]).Post(token.BaseURL+"/v1/messages", "application/json", strings.NewReader(body))
	check(err)
	defer func() { _ = answer.Body.Close() }()
	_, err = io.Copy(os.Stdout, answer.Body)
	check(err)
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
