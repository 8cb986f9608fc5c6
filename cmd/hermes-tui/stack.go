package main

// room is what the stack of `token` needs less than: 16 KiB are not enough for it.
const room = 20 << 10

// stretch makes the stack large enough at once, while there is next to nothing on it.
// It would grow to that in steps, and for each copy the runtime looks up every function
// that is under way: a twentieth of the time that `token` takes. A stack only becomes
// smaller again when garbage is collected.
//
//go:noinline
func stretch(never int) byte {
	if never == 0 {
		return 0 // the room was asked for before this line
	}
	var unused [room]byte
	fill(unused[:])
	return unused[never]
}

//go:noinline
func fill(b []byte) { b[0] = 1 }
