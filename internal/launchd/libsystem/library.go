//go:build darwin || linux

// Package libsystem calls the function of macOS's C library by which launchd hands
// sockets over. It compiles on Linux as well, where a stand-in of that library
// tests it; only programs for macOS are linked with it.
package libsystem

import (
	"errors"
	"os"
	"strconv"
	"syscall"
	"unsafe"

	"github.com/ebitengine/purego"
)

// Library is a C library that has launch_activate_socket.
type Library struct {
	activate func(name string, fds **int32, count *uintptr) int32
	free     func(unsafe.Pointer)
}

// Open loads the library at the path. It stays loaded.
func Open(path string) (*Library, error) {
	handle, err := purego.Dlopen(path, purego.RTLD_NOW|purego.RTLD_LOCAL)
	if err != nil {
		return nil, err
	}
	l := new(Library)
	for _, f := range []struct {
		name string
		is   any
	}{{"launch_activate_socket", &l.activate}, {"free", &l.free}} {
		at, err := purego.Dlsym(handle, f.name) // RegisterLibFunc panics where it is not there
		if err != nil {
			return nil, err
		}
		purego.RegisterFunc(f.is, at)
	}
	return l, nil
}

// Sockets returns the sockets that launchd holds for this process under a name,
// none where it knows no such name or no such process. No program that is started
// inherits them.
func (l *Library) Sockets(name string) ([]*os.File, error) {
	var fds *int32
	var count uintptr
	syscall.ForkLock.RLock() // launchd does not say close-on-exec
	errno := syscall.Errno(l.activate(name, &fds, &count))
	var files []*os.File
	if errno == 0 && fds != nil {
		for _, fd := range unsafe.Slice(fds, count) {
			syscall.CloseOnExec(int(fd))
			files = append(files, os.NewFile(uintptr(fd), "socket "+strconv.Itoa(int(fd))))
		}
		l.free(unsafe.Pointer(fds))
	}
	syscall.ForkLock.RUnlock()
	switch {
	case errno == syscall.ENOENT || errno == syscall.ESRCH:
		return nil, nil
	case errno == syscall.EALREADY:
		return nil, errors.New("this process has taken it before")
	case errno != 0:
		return nil, errno
	case len(files) == 0:
		return nil, errors.New("launchd could not open it")
	}
	return files, nil
}
