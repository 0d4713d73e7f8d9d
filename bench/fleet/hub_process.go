package main

import (
	"errors"
	"net/rpc"
	"os"
	"os/exec"
	"time"

	"lachan/admin/ledger"
	"lachan/fleet"
)

// A hubProcess is the hub, seen from the nodes.
type hubProcess struct {
	command *exec.Cmd
	calls   *rpc.Client
}

// start starts the hub, at the same address again.
func (s *simulation) start() error {
	program, err := os.Executable()
	if err != nil {
		return err
	}
	h := &hubProcess{command: exec.Command(program, hubFlag, s.dir)}
	h.command.Stderr = os.Stderr
	in, err := h.command.StdinPipe()
	if err != nil {
		return err
	}
	out, err := h.command.StdoutPipe()
	if err != nil {
		return err
	}
	if err := h.command.Start(); err != nil {
		return err
	}
	h.calls = rpc.NewClient(pipes{out, in})
	var is Started
	if err := h.calls.Call("Hub.Start", Start{s.address, s.members}, &is); err != nil {
		return errors.Join(err, h.stop())
	}
	s.hub, s.address = h, is.Address
	s.trust = fleet.Trust{Serial: 1, Hubs: []fleet.HubKey{{
		Name: "hub", Key: fleet.PublicKey(is.Key), Until: time.Now().Add(24 * time.Hour),
	}}}
	return nil
}

// stop ends the hub, as it ends when its input does.
func (h *hubProcess) stop() error {
	return errors.Join(h.calls.Close(), h.command.Wait())
}

// kill ends it as a power cut does.
func (h *hubProcess) kill() error {
	if err := h.command.Process.Kill(); err != nil {
		return err
	}
	_, _ = h.calls.Close(), h.command.Wait() // which say that it was killed
	return nil
}

func (h *hubProcess) admit(m Member) error { return h.calls.Call("Hub.Admit", m, &None{}) }

func (h *hubProcess) append(drafts ...ledger.Draft) (seq uint64, err error) {
	err = h.calls.Call("Hub.Append", drafts, &seq)
	return seq, err
}

func (h *hubProcess) putOrder() (l fleet.List, err error) {
	err = h.calls.Call("Hub.PutOrder", None{}, &l)
	return l, err
}

func (h *hubProcess) confirmed(nodes []string) (n int, err error) {
	err = h.calls.Call("Hub.Confirmed", nodes, &n)
	return n, err
}

func (h *hubProcess) consumers() (n int, err error) {
	err = h.calls.Call("Hub.Consumers", None{}, &n)
	return n, err
}

func (h *hubProcess) used(anew bool) (is Use, err error) {
	err = h.calls.Call("Hub.Used", anew, &is)
	return is, err
}
