package core

// RefreshResult is what a refresh that was asked for came to.
type RefreshResult struct {
	Account Account
	Rotated bool   // this call, or one it waited for, brought a new token
	Note    string // why nothing was done, a sentence; empty when Rotated
}
