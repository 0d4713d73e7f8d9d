//go:build linux

package main

import (
	"errors"
	"fmt"
	"os/exec"
)

// floors are the programs that only echo: in C where there is a compiler, and
// in Go.
func (b *bench) floors() ([]*subject, error) {
	inC, err := b.floorC()
	if err != nil {
		return nil, err
	}
	addr, err := freeAddr()
	if err != nil {
		return nil, err
	}
	return []*subject{inC, {name: "floor, Go", addr: addr, program: b.bin("floor"), args: []string{addr.String()}, echo: true}}, nil
}

func (b *bench) floorC() (*subject, error) {
	addr, err := freeAddr()
	if err != nil {
		return nil, err
	}
	s := &subject{
		name: "floor, C", addr: addr, program: b.bin("floor-c"), echo: true,
		args: []string{addr.Addr().String(), fmt.Sprint(addr.Port())},
	}
	gcc, err := exec.LookPath("gcc")
	if err != nil {
		s.program = ""
		s.miss(warmCPU, errors.New("gcc is not installed"))
		return s, nil
	}
	if out, err := exec.CommandContext(b.ctx, gcc, "-O2", "-o", s.program, "bench/floor/c/floor.c").CombinedOutput(); err != nil {
		return nil, fmt.Errorf("compile the floor: %w\n%s", err, out)
	}
	return s, nil
}
