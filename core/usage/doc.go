// Package usage knows what is left of a plan: how much of which window is used,
// when it begins anew, what credit remains. It reads what providers tell in the
// headers of their answers and at the endpoints that they have for it, keeps the
// last [Reading] of each account in a file of its own without secrets, and says
// from several readings when a window will be empty.
//
//   - reading.go and window.go are the model. Whatever a provider did not tell is
//     absent, never zero: nothing here is made up.
//   - minimax.go, codex.go, nous.go and header.go read the providers, each in its
//     own way. They are pure functions of an answer and of the time.
//   - runway.go extrapolates; room.go says what contradicts that an account is used
//     up; news.go says what a person is to be told; file.go keeps.
//   - meter.go takes in headers, and ask.go asks an [Endpoint]. Neither knows a
//     token: who has it signs the request ([Question]).
package usage
