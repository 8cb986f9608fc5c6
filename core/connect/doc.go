// Package connect knows how programs are told to use an account: which file,
// which settings, which environment.
//
// [Programs] is the table. A [Program] gives one or more [Form] for a [Use]: the
// account, the command that prints its token, and the address of the loopback
// proxy. "helper" is the form of programs that run a command for a fresh token;
// "proxy" is the form of all others, which get an address on this machine and a
// local key. A provider's token never stands in a form.
//
// A form is data, settings under their paths. From the same data come the text
// that a person reads ([Form.Snippet]) and the edit of an existing file
// ([Form.Apply]), which keeps everything else in it, comments included, proves
// that by reading the result again, and refuses what it cannot prove.
//
// The package is pure: it reads no file, no environment and no clock. Accounts
// are named by id, never by a label, which a server could have chosen.
package connect
