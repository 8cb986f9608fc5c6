package anthropicauth_test

import (
	"context"
	"fmt"
	"os"

	"github.com/anthropics/anthropic-sdk-go"

	"github.com/hermes-tui/hermes-tui/anthropicauth"
)

// A client asks for as long as it likes, and each request has a fresh token.
// Here the sandbox stands in for the provider; openAccounts, in rig_test.go,
// shows how the accounts of a folder are opened.
func ExampleWithAccount() {
	ctx := context.Background()
	dir, err := os.MkdirTemp("", "example-")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	r, err := newRig(ctx, dir)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer r.close()

	account, err := r.accounts.SelectOne("minimax/work")
	if err != nil {
		fmt.Println(err)
		return
	}
	client := anthropic.NewClient(anthropicauth.WithAccount(r.accounts, account))
	for _, text := range []string{"good morning", "good evening"} {
		answer, err := client.Messages.New(ctx, anthropic.MessageNewParams{
			Model: "MiniMax-M2.7", MaxTokens: 100,
			Messages: []anthropic.MessageParam{anthropic.NewUserMessage(anthropic.NewTextBlock(text))},
		})
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(answer.Content[0].Text)
		r.clock.Advance(life) // its token expires
	}
	fmt.Println(r.sandbox.Grants()[0].Rotations, "refresh")
	// Output:
	// The sandbox read: good morning
	// The sandbox read: good evening
	// 1 refresh
}

// An answer comes word by word.
func ExampleWithAccount_streaming() {
	ctx := context.Background()
	dir, err := os.MkdirTemp("", "example-")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	r, err := newRig(ctx, dir)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer r.close()

	client := anthropic.NewClient(anthropicauth.WithAccount(r.accounts, r.account))
	stream := client.Messages.NewStreaming(ctx, anthropic.MessageNewParams{
		Model: "MiniMax-M2.7", MaxTokens: 100,
		Messages: []anthropic.MessageParam{anthropic.NewUserMessage(anthropic.NewTextBlock("hello"))},
	})
	for stream.Next() {
		if delta, ok := stream.Current().AsAny().(anthropic.ContentBlockDeltaEvent); ok {
			fmt.Printf("%q ", delta.Delta.Text)
		}
	}
	fmt.Println(stream.Err())
	// Output:
	// "The " "sandbox " "read: " "hello" <nil>
}
