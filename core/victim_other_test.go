//go:build !unix

package core

func victim() int { return 2 }
