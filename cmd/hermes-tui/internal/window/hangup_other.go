//go:build !linux

package window

import "os"

// watchHangup does nothing here: poll does not know terminals on macOS, and a
// console that is closed ends its programs on Windows.
func watchHangup(*os.File) {}
