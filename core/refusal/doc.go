// Package refusal reads what a model API answered instead of serving a request:
// whom it blames, and until when. It is a pure function of the answer, of the
// provider's own [pool.Rule]s and of the time.
//
//   - page.go tells answers of the API from those of whatever stands before it.
//   - body.go reads the shapes in which providers write errors.
//   - reset.go, header.go and sentence.go find the time at which an account
//     serves again.
//
// The order in which times count is: retry-after-ms, Retry-After, the body's
// fields, the providers' own headers, the sentence. Where a plan's quota is used
// up the latest of them counts: a short Retry-After beside it is a gateway's.
package refusal
