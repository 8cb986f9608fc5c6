//go:build unix

package private

import (
	"io/fs"
	"os"
	"os/user"
	"strconv"
	"syscall"
)

func owner(info fs.FileInfo) (uid, gid int) {
	if stat, ok := info.Sys().(*syscall.Stat_t); ok {
		return int(stat.Uid), int(stat.Gid)
	}
	return os.Geteuid(), os.Getegid()
}

func ours(info fs.FileInfo) bool {
	uid, _ := owner(info)
	return uid == os.Geteuid()
}

// owned judges whose a folder is: ours, or root's where something of ours is
// still to be made in it.
func owned(path string, info fs.FileInfo, itself bool) error {
	uid, _ := owner(info)
	if uid == os.Geteuid() || uid == 0 && !itself {
		return nil
	}
	return &Fault{Path: path, UID: uid}
}

// judge returns what is wrong with a folder at or above target.
func judge(path, target string) *Fault {
	info, err := os.Stat(path)
	if err != nil {
		return nil
	}
	uid, gid := owner(info)
	mode := info.Mode().Perm()
	switch {
	case uid != os.Geteuid() && uid != 0:
		return &Fault{Path: path, UID: uid}
	case mode&0o022 == 0, info.Mode()&fs.ModeSticky != 0:
		return nil
	case mode&0o002 == 0 && trusted(uid, gid):
		return nil
	case keepsNoModes(info, target):
		return nil
	}
	return &Fault{Path: path, Mode: mode, UID: uid}
}

// wheel and admin are the groups of people who can become root anyway; the
// second is that of macOS, which may write /Applications.
const wheel, admin = 0, 80

// trusted reports whether nobody but the owner, or root, is in the group that may
// write: many systems give each person a group of their own and a umask of 002.
func trusted(uid, gid int) bool {
	if uid == 0 {
		return gid == wheel || gid == admin
	}
	who, err := user.LookupId(strconv.Itoa(uid))
	if err != nil {
		return uid == gid
	}
	group, err := user.LookupGroupId(strconv.Itoa(gid))
	return err == nil && who.Gid == group.Gid && who.Username == group.Name
}

// keepsNoModes reports whether a folder is on a file system that shows the same
// mode whatever is set, such as a Windows disk under WSL or a memory stick: it
// is the one that target is on, and a mode set there has no effect.
func keepsNoModes(above fs.FileInfo, target string) bool {
	target = existing(target)
	info, err := os.Stat(target)
	if err != nil || !ours(info) || !sameDisk(above, info) || info.Mode().Perm()&0o022 == 0 {
		return false
	}
	probe, err := os.MkdirTemp(target, ".modes-")
	if err != nil {
		return false
	}
	defer func() { _ = os.Remove(probe) }()
	made, err := os.Stat(probe)
	return err == nil && made.Mode().Perm()&0o022 != 0
}

func sameDisk(a, b fs.FileInfo) bool {
	x, ok := a.Sys().(*syscall.Stat_t)
	y, known := b.Sys().(*syscall.Stat_t)
	return ok && known && x.Dev == y.Dev
}
