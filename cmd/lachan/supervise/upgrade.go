package supervise

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"os/exec"
	"strconv"
	"time"

	"lachan/internal/message"
)

// An upgrade replaces the program in place: this process becomes the new build
// by exec, with the sockets and its children as they are. The new build starts a
// new resolve beside the old one on the same sockets, then a new manage in place
// of the old one. When the new resolve is ready the old one finishes what it has
// read and ends. At every moment somebody reads the sockets.

// stateVariable names the descriptor in which the new build finds what the old
// one had.
const stateVariable = "SUPERVISOR_STATE_DESCRIPTOR" // not LACHAN_: those are keys of the configuration

// tryTime is how long a new build may take to say its version.
const tryTime = 10 * time.Second

// A state is what the old build hands to the new one. Both must understand it.
type state struct {
	Sockets  []heldEndpoint          `json:"sockets"`
	Children []heldChild             `json:"children"`
	Kept     map[message.Kind][]byte `json:"kept"`
	Deaths   []*message.Death        `json:"deaths"`
	Absent   []message.Endpoint      `json:"absent,omitempty"` // endpoints that wait for their address
}

type heldEndpoint struct {
	message.Endpoint
	Open []heldSocket `json:"open"`
}

type heldSocket struct {
	message.Socket
	Bound      netip.AddrPort `json:"bound"`
	Descriptor int            `json:"descriptor"`
}

type heldChild struct {
	Name       string    `json:"name"`
	Process    int       `json:"process"`
	Descriptor int       `json:"descriptor"` // of its connection
	Started    time.Time `json:"started"`
	Retiring   bool      `json:"retiring"`
}

// upgrade replaces the program. When that cannot be done all goes on as it was.
func (s *supervisor) upgrade() {
	if err := tryProgram(s.program); err != nil {
		s.log.Error("upgrade refused, the program in use stays", "program", s.program, "error", err)
		s.service.isReady("")
		return
	}
	s.log.Info("upgrading", "program", s.program)
	err := s.replace() // it returns only with an error
	s.log.Error("upgrade, the program in use stays", "program", s.program, "error", err)
	s.service.isReady("")
}

// tryProgram reports why a file is no build of this program that runs here.
func tryProgram(program string) error {
	ctx, cancel := context.WithTimeout(context.Background(), tryTime)
	defer cancel()
	c := exec.CommandContext(ctx, program, "version", "--json")
	c.WaitDelay = time.Second
	out, err := c.Output()
	if err != nil {
		return fmt.Errorf("ask it for its version: %w", err)
	}
	var build struct{ Version string }
	if json.Unmarshal(out, &build) != nil || build.Version == "" {
		return fmt.Errorf("ask it for its version: it says %.100q", out)
	}
	return nil
}

// replace is exec with the state of this process.
func (s *supervisor) replace() (err error) {
	var held []*os.File // to be open in the new build
	hold := func(f *os.File) (fd int, err error) {
		held = append(held, f)
		return inherit(f)
	}
	defer func() {
		for _, f := range held {
			_ = keepFromChildren(f) // as it was before
		}
	}()
	st := state{Kept: s.kept, Absent: s.absent.endpoints}
	for _, d := range s.deaths {
		st.Deaths = append(st.Deaths, d)
	}
	for _, e := range s.sockets.endpoints() {
		h := heldEndpoint{Endpoint: e}
		for _, o := range s.sockets[e] {
			fd, err := hold(o.file)
			if err != nil {
				return err
			}
			h.Open = append(h.Open, heldSocket{o.Socket, o.bound, fd})
		}
		st.Sockets = append(st.Sockets, h)
	}
	children := s.resolves()
	if s.manage != nil {
		children = append(children, s.manage)
	}
	for _, c := range children {
		f, err := c.conn.File()
		if err != nil {
			return err
		}
		defer f.Close()
		fd, err := hold(f)
		if err != nil {
			return err
		}
		st.Children = append(
			st.Children, heldChild{c.name, c.process.Pid, fd, c.started, c.name == resolve && c != s.resolve},
		)
	}
	text, err := json.Marshal(st)
	if err != nil {
		return err
	}
	f, err := inMemory(text)
	if err != nil {
		return err
	}
	defer f.Close()
	fd, err := hold(f)
	if err != nil {
		return err
	}
	return become(s.program, append(nextEnvironment(), stateVariable+"="+strconv.Itoa(fd)))
}

// takeOver takes what the build before this one had, if there was one.
func (s *supervisor) takeOver() (taken bool, err error) {
	text := os.Getenv(stateVariable)
	if text == "" {
		return false, nil
	}
	fd, err := strconv.Atoi(text)
	if err != nil {
		return false, fmt.Errorf("take over from the build before: %s=%q", stateVariable, text)
	}
	var st state
	if err := readState(fd, &st); err != nil {
		return false, fmt.Errorf("take over from the build before: %w", err)
	}
	s.kept, s.begun = st.Kept, true
	s.absent.await(st.Absent, s.events)
	for _, d := range st.Deaths {
		s.deaths[d.Process] = d
	}
	for _, h := range st.Sockets {
		for _, o := range h.Open {
			f := os.NewFile(uintptr(o.Descriptor), "socket")
			if err := keepFromChildren(f); err != nil {
				return false, err
			}
			s.sockets[h.Endpoint] = append(s.sockets[h.Endpoint], socket{o.Socket, o.Bound, f})
		}
	}
	for _, h := range st.Children {
		c, err := h.child()
		if err != nil {
			s.log.Error("take over a process", "process", h.Name, "error", err)
			continue
		}
		s.adopt(c)
		if h.Name == manage {
			s.manage = c
		} else {
			s.retiring = append(s.retiring, c)
		}
	}
	s.service.keep(s.sockets)
	s.log.Info("upgraded")
	s.start(resolve)
	if s.manage == nil {
		s.start(manage)
		return true, nil
	}
	// History belongs to one manage at a time: the new one is started when the old
	// one has ended.
	s.manage.replaced = true
	s.tell(s.manage, message.Message{Kind: message.Stop})
	old := s.manage.process
	time.AfterFunc(closeTime, func() { _ = old.Kill() }) // it has ended if all is well
	return true, nil
}

func (h *heldChild) child() (*child, error) {
	f := os.NewFile(uintptr(h.Descriptor), "message")
	if err := keepFromChildren(f); err != nil {
		return nil, err
	}
	conn, err := message.New(f)
	if err != nil {
		return nil, err
	}
	process, err := os.FindProcess(h.Process)
	if err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	return &child{name: h.Name, process: process, conn: conn, ready: true, started: h.Started, began: h.Started}, nil
}

func readState(fd int, st *state) error {
	f := os.NewFile(uintptr(fd), "state")
	defer f.Close()
	return json.NewDecoder(f).Decode(st)
}
