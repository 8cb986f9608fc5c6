//go:build !linux

package keystore

func child([]string) int { return 2 }
