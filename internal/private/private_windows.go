package private

import "io/fs"

func ours(fs.FileInfo) bool                 { return false } // there is no mode to close
func owned(string, fs.FileInfo, bool) error { return nil }
func judge(string, string) *Fault           { return nil }
