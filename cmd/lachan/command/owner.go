package command

import (
	"errors"
	"io/fs"
	"os"
	"os/user"
	"strconv"
	"strings"

	"lachan/cmd/lachan/config"
	"lachan/internal/confine"
)

// AsServer makes this process work as the user that serves, to whom the state
// belongs, before it opens any of it: what root writes the server could not read.
// Another user is told how to call the command. Then it sees to it that the state
// can be written to.
func AsServer(cfg *config.Config) error {
	if _, err := os.Stat(cfg.StateDir); errors.Is(err, fs.ErrPermission) {
		return Fail(textNoWayIn.With(cfg.StateDir, "sudo "+line()))
	}
	owner, there := config.StateOwner(cfg)
	if !there || owner.UID == os.Geteuid() {
		return cfg.MakeStateDir()
	}
	User() // the name of the person is asked for once, and remembered
	switch {
	case os.Geteuid() == 0:
		if err := confine.Become(owner); err != nil {
			return Fail(textNotOwner.With(cfg.StateDir, nameOf(owner), err, asUser(owner)))
		}
	case owner.UID != 0: // a folder of root's may be one that a group writes to
		return Fail(textOtherOwner.With(cfg.StateDir, nameOf(owner), "sudo "+line()))
	}
	return cfg.MakeStateDir()
}

// ReadAsServer makes a process of root's read as the user to whom the state belongs, with no
// privilege, so that it finds what a service of that user could not read. It returns the name
// of that user; "" if this process is not root's, or cannot be another's.
func ReadAsServer(cfg *config.Config) (name string) {
	owner, there := config.StateOwner(cfg)
	if !there || os.Geteuid() != 0 || owner.UID == 0 {
		return ""
	}
	User() // the name of the person is asked for once, and remembered
	if confine.Become(owner) != nil || confine.Privileges(0) != nil {
		return ""
	}
	return nameOf(owner)
}

// nameOf is the name of a user, or its number if it has none.
func nameOf(o confine.Owner) string {
	if u, err := user.LookupId(strconv.Itoa(o.UID)); err == nil {
		return u.Username
	}
	return strconv.Itoa(o.UID)
}

// asUser is the line that calls this command as another user.
func asUser(o confine.Owner) string {
	return "setpriv --reuid=" + strconv.Itoa(o.UID) + " --regid=" + strconv.Itoa(o.GID) + " --clear-groups " + line()
}

// line is how this program was called, as a shell takes it.
func line() string {
	words := make([]string, len(os.Args))
	for i, word := range os.Args {
		if word == "" || strings.ContainsAny(word, " \t\n'\"\\$`&|;<>()*?[]#~!{}") {
			word = "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
		}
		words[i] = word
	}
	return strings.Join(words, " ")
}
