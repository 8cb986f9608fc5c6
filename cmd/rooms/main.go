// Command rooms draws the packages of this module and who uses whom, from the
// imports of the code as it is. `task docs:rooms` runs it, and writes
// docs/rooms.svg.
//
// A floor is a layer of the house, and uses only floors below it; within a floor
// a room stands above those that it uses. An arrow that follows from others is
// left out.
package main

import (
	"flag"
	"fmt"
	"os"
)

func main() {
	out := flag.String("out", "docs/rooms.svg", "file of the picture")
	flag.Parse()
	if err := run(*out); err != nil {
		fmt.Fprintln(os.Stderr, "rooms:", err)
		os.Exit(1)
	}
}

func run(out string) error {
	house, err := read()
	if err != nil {
		return err
	}
	return os.WriteFile(out, draw(house), 0o644)
}
