package doctor

import "context"

// Files and folders are protected by the ACL of the user's profile on Windows,
// which this program neither sets nor judges.
func lookAtFiles(context.Context, *Patient) []Finding   { return nil }
func lookAtFolders(context.Context, *Patient) []Finding { return nil }
