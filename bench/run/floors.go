//go:build linux

package main

import (
	"errors"
	"fmt"
	"os/exec"
)

// floors are the programs that only echo: in C where there is a compiler, and
// in Go.
func (r *rivals) floors() ([]*subject, error) {
	inC, err := r.floorC()
	if err != nil {
		return nil, err
	}
	addr, err := freeAddr()
	if err != nil {
		return nil, err
	}
	return []*subject{inC, {name: "floor, Go", addr: addr, program: r.bin("floor"), args: []string{addr.String()}, echo: true}}, nil
}

func (r *rivals) floorC() (*subject, error) {
	addr, err := freeAddr()
	if err != nil {
		return nil, err
	}
	s := &subject{
		name: "floor, C", addr: addr, program: r.bin("floor-c"), echo: true,
		args: []string{addr.Addr().String(), fmt.Sprint(addr.Port())},
	}
	gcc, err := exec.LookPath("gcc")
	if err != nil {
		s.program = ""
		s.miss(warmCPU, errors.New("gcc is not installed"))
		return s, nil
	}
	if out, err := exec.CommandContext(r.ctx, gcc, "-O2", "-o", s.program, "bench/floor/c/floor.c").CombinedOutput(); err != nil {
		return nil, fmt.Errorf("compile the floor: %w\n%s", err, out)
	}
	return s, nil
}
