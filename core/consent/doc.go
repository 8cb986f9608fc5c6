// Package consent asks a person before a program gets a token of an account that
// is marked for it: which program it is, whether the person knows it already, the
// question that travels to an open window through a file, and the answer, of which
// the first counts. It is a nod and no wall: a program that runs as the person can
// write the answer itself.
package consent
