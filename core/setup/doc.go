// Package setup finds a person's accounts, the same for every program: the
// folders that they lie in, the configuration file, the keystore and its key,
// the providers with the endpoints of new sign-ins, and the way to the network.
//
// A [Setup] is filled from the environment that is handed in ([Find]), or by hand;
// [Setup.Open] returns the accounts. The command line, the window and the proxy
// open them here, and so does the library's front door, package hermestui.
package setup
