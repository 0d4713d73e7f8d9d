package supervise

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// The variables by which systemd says how it wants to be told, see sd_notify(3),
// and which sockets it has kept, see sd_listen_fds(3). They are for this process
// and the build that it becomes, for no child.
const (
	notifyVariable        = "NOTIFY_SOCKET"
	watchdogVariable      = "WATCHDOG_USEC"
	watchdogPIDVariable   = "WATCHDOG_PID"
	listenPIDVariable     = "LISTEN_PID"
	listenVariable        = "LISTEN_FDS"
	listenNamesVariable   = "LISTEN_FDNAMES"
	reloadTime            = 30 * time.Second // how long a reload may take before the service counts as ready again
	tellTime              = time.Second      // how long it may take to be told something
	barrierTime           = 5 * time.Second  // how long systemd may take to do what it was told
	mostStatus            = 200              // bytes of a line of status
	firstListenDescriptor = 3
)

// A service is this process as systemd sees it: whether it is ready, that it lives, and
// the sockets that are kept for the process that comes after it. Without systemd
// nothing is told to anybody. It belongs to the goroutine of run.
type service struct {
	log     *slog.Logger
	address *net.UnixAddr // nil: nobody is told
	pulse   <-chan time.Time
	deaf    bool // it could not be told lately, which was said
	ready   bool
	kept    map[string]bool // the names of sockets that systemd keeps
	late    *time.Timer     // until a reload counts as done; nil if there is none
}

func newService(log *slog.Logger, getenv func(string) string) *service {
	v := &service{log: log, kept: map[string]bool{}}
	if name := getenv(notifyVariable); strings.HasPrefix(name, "/") || strings.HasPrefix(name, "@") {
		v.address = &net.UnixAddr{Name: name, Net: "unixgram"}
	}
	pid := getenv(watchdogPIDVariable)
	usec, err := strconv.ParseInt(getenv(watchdogVariable), 10, 64)
	if v.address != nil && err == nil && usec > 0 && (pid == "" || pid == strconv.Itoa(os.Getpid())) {
		every := time.Duration(usec) * time.Microsecond / 3
		v.pulse = time.Tick(max(every, time.Millisecond))
	}
	return v
}

// tell sends lines of NAME=VALUE, and files beside them.
func (v *service) tell(text string, files ...*os.File) {
	if v.address == nil {
		return
	}
	var descriptors []int
	var of func(rest []*os.File) error
	of = func(rest []*os.File) error { // each is held while the message is sent
		if len(rest) == 0 {
			return v.send(text, descriptors)
		}
		return withDescriptor(rest[0], func(fd int) error {
			descriptors = append(descriptors, fd)
			return of(rest[1:])
		})
	}
	err := of(files)
	if err != nil && !v.deaf {
		v.log.Warn("tell the service manager", "what", strings.SplitN(text, "\n", 2)[0], "error", err)
	}
	v.deaf = err != nil
}

func (v *service) send(text string, descriptors []int) error {
	conn, err := net.DialUnix("unixgram", nil, v.address)
	if err != nil {
		return err
	}
	var rights []byte
	if len(descriptors) > 0 {
		rights = unix.UnixRights(descriptors...)
	}
	defer conn.Close() // a datagram is sent or it is not
	_ = conn.SetWriteDeadline(time.Now().Add(tellTime))
	raw, err := conn.SyscallConn()
	if err != nil {
		return err
	}
	var sent error
	err = raw.Write(func(fd uintptr) bool {
		sent = unix.Sendmsg(int(fd), []byte(text), rights, nil, 0)
		return sent != unix.EAGAIN
	})
	return errors.Join(err, os.NewSyscallError("sendmsg", sent))
}

// isReady says that questions are answered and that what was told to be read again is
// in force, or was refused for a reason.
func (v *service) isReady(refusal string) {
	if v.late != nil {
		v.late.Stop()
		v.late = nil
	}
	status := "answering"
	if refusal != "" {
		refusal, _, _ = strings.Cut(refusal, "\n")
		status = "answering as before, a reload was refused: " + refusal[:min(len(refusal), mostStatus)]
	}
	if !v.ready || refusal != "" {
		v.tell("READY=1\nSTATUS=" + strings.ToValidUTF8(status, ""))
	}
	v.ready = true
}

// isReloading says that something is read again, or the program replaced, until
// isReady is called, at the latest after some time by events.
func (v *service) isReloading(events chan<- event) {
	if v.late != nil {
		v.late.Stop()
	}
	v.late = time.AfterFunc(reloadTime, func() { events <- event{lateReload: true} })
	v.ready = false
	var now unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_MONOTONIC, &now); err != nil {
		v.log.Warn("read the clock", "error", err)
	}
	v.tell(fmt.Sprintf("RELOADING=1\nMONOTONIC_USEC=%d", now.Nano()/1000))
}

// lives is the sign of life for which the watchdog waits: the loop of run turns.
func (v *service) lives() { v.tell("WATCHDOG=1") }

func (v *service) isStopping() {
	if v.late != nil {
		v.late.Stop()
	}
	v.tell("STOPPING=1")
}

// settled waits until systemd has done what it was told.
func (v *service) settled() {
	if v.address == nil {
		return
	}
	r, w, err := os.Pipe()
	if err != nil {
		v.log.Warn("wait for the service manager", "error", err)
		return
	}
	defer r.Close()
	v.tell("BARRIER=1", w)
	_ = w.Close() // its copy is closed when all is done
	_ = r.SetReadDeadline(time.Now().Add(barrierTime))
	if _, err := r.Read(make([]byte, 1)); errors.Is(err, os.ErrDeadlineExceeded) {
		v.log.Warn("the service manager does not do what it is told")
	}
}

// childEnvironment is the environment less what is meant for a supervisor.
func childEnvironment() []string {
	return environmentWithout(stateVariable, notifyVariable, watchdogVariable, watchdogPIDVariable,
		listenPIDVariable, listenVariable, listenNamesVariable)
}

// nextEnvironment is that of the build which this process becomes.
func nextEnvironment() []string {
	return environmentWithout(stateVariable, listenPIDVariable, listenVariable, listenNamesVariable)
}

func environmentWithout(names ...string) []string {
	return slices.DeleteFunc(os.Environ(), func(v string) bool {
		name, _, _ := strings.Cut(v, "=")
		return slices.Contains(names, name)
	})
}
