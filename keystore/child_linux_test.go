package keystore

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// child is the test binary run as a process of its own, because go-keyring
// keeps to the bus that its process met first. It does what args say with the
// keyring of its environment, and prints "ok" or the error's condition.
func child(args []string) int {
	ctx, cancel := context.WithTimeout(context.Background(), 60*time.Second)
	defer cancel()
	size, _ := strconv.Atoi(args[2])
	if err := act(ctx, args[0], args[1], bytes.Repeat([]byte("0123456789"), size/10+1)[:size]); err != nil {
		fmt.Println(conditionName(err), err)
		return 1
	}
	fmt.Println("ok")
	return 0
}

func act(ctx context.Context, what, name string, blob []byte) error {
	s, err := childStore(ctx)
	if err != nil {
		return err
	}
	switch what {
	case "put":
		return s.Put(ctx, name, blob)
	case "get":
		return same(ctx, s, name, blob)
	case "delete":
		return s.Delete(ctx, name)
	case "list":
		names, err := s.List(ctx)
		if len(names) > 0 {
			fmt.Print(strings.Join(names, ","), " ")
		}
		return err
	case "probe":
		return s.Probe(ctx, "probe.a")
	case "slowly": // says when each item is to be written
		s.o.Backend = announcing{s.o.Backend}
		return s.Put(ctx, name, blob)
	case "twice": // reads before and after the parent did something
		if err := same(ctx, s, name, blob); err != nil {
			return err
		}
		fmt.Println("read once")
		_, _ = bufio.NewReader(os.Stdin).ReadString('\n')
		return same(ctx, s, name, blob)
	case "race":
		return race(ctx, s, name, blob)
	case "time":
		return clockCalls(ctx, s, name, blob)
	}
	return errors.New("no such thing to do: " + what)
}

// childStore opens the keyring as the program does.
func childStore(ctx context.Context) (*Keyring, error) {
	m := &Manager{
		LockPath: filepath.Join(os.Getenv("HOME"), "keyring.lock"), Getenv: os.Getenv, Backend: System{},
	}
	s, err := m.Open(ctx, KindKeyring, "store")
	if err != nil {
		return nil, err
	}
	ring := s.(*Keyring)
	if os.Getenv("KEYSTORE_TEST_HURRY") != "" {
		ring.calls.limit = 300 * time.Millisecond
	}
	return ring, nil
}

func same(ctx context.Context, s Store, name string, want []byte) error {
	got, err := s.Get(ctx, name)
	if err == nil && !bytes.Equal(got, want) {
		err = errors.New("other bytes came back")
	}
	return err
}

// announcing prints a line before each item is written.
type announcing struct{ Backend }

func (a announcing) Set(service, user, text string) error {
	fmt.Println("writing", user)
	return a.Backend.Set(service, user, text)
}

// race reads without pause what is written and deleted meanwhile: the blob is
// there or it is not, and nothing else may be said of it.
func race(ctx context.Context, writer *Keyring, name string, blob []byte) error {
	reader := OpenKeyring(writer.o)
	written := make(chan error, 1)
	go func() {
		for range 100 {
			err := writer.Put(ctx, name, blob)
			if err == nil {
				err = writer.Delete(ctx, name)
			}
			if err != nil {
				written <- err
				return
			}
		}
		written <- nil
	}()
	for {
		select {
		case err := <-written:
			return err
		default:
		}
		if err := same(ctx, reader, name, blob); err != nil && !errors.Is(err, ErrNotFound) {
			return err
		}
	}
}

// clockCalls prints the mean time of a Put, a Get and a Delete in nanoseconds.
func clockCalls(ctx context.Context, s Store, name string, blob []byte) error {
	const rounds = 20
	for _, c := range []struct {
		what string
		call func(name string) error
	}{
		{"put", func(name string) error { return s.Put(ctx, name, blob) }},
		{"get", func(name string) error { return same(ctx, s, name, blob) }},
		{"delete", func(name string) error { return s.Delete(ctx, name) }},
	} {
		begin := time.Now()
		for i := range rounds {
			if err := c.call(fmt.Sprintf("%s%d", name, i)); err != nil {
				return err
			}
		}
		fmt.Println(c.what, time.Since(begin).Nanoseconds()/rounds)
	}
	return nil
}

func conditionName(err error) string {
	return map[Condition]string{
		NotFound: "not-found", Locked: "locked", Unavailable: "unavailable",
		TooLarge: "too-large", Damaged: "damaged", Misused: "misused",
	}[ConditionOf(err)]
}
