package keystore

import "os"

// checkKeyFile refuses nothing: on Windows the profile that the key lies in is
// closed to other users by its access list.
func checkKeyFile(*os.File, string) error { return nil }
