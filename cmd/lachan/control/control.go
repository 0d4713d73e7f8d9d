// Package control is the door to a running server on its own machine: a socket in its
// state directory that its owner and root can open, and nobody else. The commands come in
// by it, and whoever opens it is known by the number of their user.
package control

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"time"

	"lachan/admin/account"
	"lachan/console/api"
)

// name is that of the socket in the state directory.
const name = "control.sock"

// Listen opens the socket of a state directory. One that a server before left is replaced
// at once, so that there is no moment without.
func Listen(stateDir string) (net.Listener, error) {
	path, done, err := short(stateDir)
	if err != nil {
		return nil, fmt.Errorf("open the control socket: %w", err)
	}
	defer done()
	fresh := name + "." + strconv.Itoa(os.Getpid())
	if err := os.Remove(filepath.Join(stateDir, fresh)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("open the control socket: %w", err)
	}
	l, err := net.ListenUnix("unix", &net.UnixAddr{Name: filepath.Join(path, fresh), Net: "unix"})
	if err != nil {
		return nil, fmt.Errorf("open the control socket: %w", err)
	}
	l.SetUnlinkOnClose(false) // by then it may be another server's
	err = os.Chmod(filepath.Join(stateDir, fresh), 0o600)
	if err == nil {
		err = os.Rename(filepath.Join(stateDir, fresh), filepath.Join(stateDir, name))
	}
	if err != nil {
		return nil, fmt.Errorf("open the control socket: %w", errors.Join(err, l.Close()))
	}
	return l, nil
}

// Bounds of those who come in: few people call commands, and a report may take a while.
const (
	mostHeader = 16 << 10
	headerTime = 5 * time.Second
	bodyTime   = 10 * time.Second
	answerTime = 2 * time.Minute
	idleTime   = 30 * time.Second
)

// NewServer serves an API to those whom the system lets in.
func NewServer(handler http.Handler) *http.Server {
	return &http.Server{
		Handler: handler, ReadHeaderTimeout: headerTime, ReadTimeout: bodyTime, WriteTimeout: answerTime,
		IdleTimeout: idleTime, MaxHeaderBytes: mostHeader,
		ConnContext: func(ctx context.Context, c net.Conn) context.Context {
			if uid, known := peer(c); known && (uid == 0 || uid == os.Geteuid()) {
				return api.WithActor(ctx, actor(uid))
			}
			return ctx // it is asked who it is
		},
	}
}

// actor is the user of the machine who may do everything, by number: names change.
func actor(uid int) account.Actor {
	a := account.Actor{ID: "uid:" + strconv.Itoa(uid), Name: "uid:" + strconv.Itoa(uid), Via: "cli", Machine: true}
	if u, err := user.LookupId(strconv.Itoa(uid)); err == nil {
		a.Name = u.Username
	}
	return a
}
