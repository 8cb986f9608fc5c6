package keystore

import (
	"testing"
	"testing/synctest"
	"time"
)

// Of two calls at once the second has its turn when the first has come back.
func TestCaller_OneAfterTheOther(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCaller(time.Hour)
		busy, done := make(chan struct{}), make(chan error, 2)
		go func() { done <- c.do(t.Context(), func() error { <-busy; return nil }) }()
		synctest.Wait()
		go func() { done <- c.do(t.Context(), func() error { return nil }) }()
		synctest.Wait() // it waits for the first
		close(busy)
		for range 2 {
			select {
			case err := <-done:
				if err != nil {
					t.Error(err)
				}
			case <-time.After(time.Minute):
				t.Fatal("it never had its turn")
			}
		}
	})
}
