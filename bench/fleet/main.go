// Command fleet starts a hub and two nodes on this machine, by configs/fleet, and has the
// nodes join: what is decided at the hub is in force on them. It ends them when it ends. With
// -measure it times a hub, a process of its own, and many nodes in this one instead.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"log"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

func main() {
	log.SetFlags(0)
	program := flag.String("lachan", "bin/lachan", "the program")
	configs := flag.String("configs", "configs/fleet", "folder of hub.yaml, node-1.yaml and node-2.yaml")
	root := flag.String("root", "state/fleet/root.key", "the root key of the fleet, made if it is not there")
	hubs := flag.Int("hubs", 1, "how many hubs: 1, or 3 by three-1.yaml, three-2.yaml and three-3.yaml")
	nodes := flag.Int("measure", 0, "measure a hub, a process of its own, with so many nodes in this one, in place of that")
	missed := flag.Int("missed", 16_000, "decisions that nodes which are away miss; those of the country in eight weeks are 160,000")
	lists := flag.String("deltas", "", "print what a node downloads of the lists in this folder on a day, with deltas and without, in place of that")
	changed := flag.Int("changed", 5, "how many of a thousand lines of a list are gone on that day, and as many are new")
	asHub := flag.String("be-hub", "", "be the hub of a measurement, whose files are in this folder; -measure starts it")
	flag.Parse()
	if *asHub != "" {
		if err := beHub(*asHub); err != nil {
			log.Fatal(err)
		}
		return
	}
	if *lists != "" {
		if err := deltas(*lists, *changed); err != nil {
			log.Fatal(err)
		}
		return
	}
	if *nodes > 0 {
		if err := measure(*nodes, *missed); err != nil {
			log.Fatal(err)
		}
		return
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	f := example{ctx: ctx, program: *program, configs: *configs, hubs: []string{"hub"}}
	if *hubs > 1 {
		f.hubs = []string{"three-1", "three-2", "three-3"}
	}
	err := f.run(*root)
	stop()
	if err = errors.Join(err, f.end()); err != nil {
		log.Fatal(err)
	}
}

// An example is the servers that were started.
type example struct {
	ctx      context.Context
	program  string
	configs  string
	hubs     []string
	children []*exec.Cmd
}

func (f *example) run(root string) error {
	if err := os.MkdirAll(filepath.Dir(root), 0o700); err != nil {
		return err
	}
	if err := f.start(root); err != nil {
		return err
	}
	for node, area := range map[string]string{"node-1": "lao-cai", "node-2": "ha-giang"} {
		if err := f.serve(node); err != nil {
			return err
		}
		if joined(f.state(node)) {
			continue
		}
		said, err := f.invite(node, area)
		if err != nil {
			return err
		}
		words := strings.Fields(said)
		if _, err := f.call(node, "join", words[len(words)-2], words[len(words)-1]); err != nil {
			return err
		}
	}
	if len(f.hubs) > 1 {
		log.Print(`
Three hubs (DNS 127.0.0.1, ports 2053, 2054, 2055) and the nodes node-1 (port 2153) and node-2 (port 2253) run. Try:
  bin/lachan except add game.example --unit th-kim-dong --block --config configs/fleet/three-2.yaml
  bin/lachan ledger show --config configs/fleet/three-3.yaml
  kill -9 the one with three-1.yaml (ps -ef | grep three-1), and decide at another
Ctrl-C ends all.`)
		<-f.ctx.Done()
		return nil
	}
	log.Print(`
A hub (DNS 127.0.0.1:2053) and its nodes node-1 (port 2153) and node-2 (port 2253) run. Try, in another terminal:
  bin/lachan fleet status --config configs/fleet/hub.yaml
  bin/lachan except add game.example --unit th-kim-dong --block --config configs/fleet/hub.yaml
  dig @127.0.0.1 -p 2153 game.example        # node-1 blocks it; node-2 was never told of it
Ctrl-C ends all three.`)
	<-f.ctx.Done()
	return nil
}

// start starts the hubs. Of three each adds itself to those that the root key names, and has the
// others that way.
func (f *example) start(root string) error {
	call := []string{"fleet", "init", "--root", root}
	times := 1
	if len(f.hubs) > 1 {
		call, times = append(call, "--trust", filepath.Join(filepath.Dir(root), "trust.json")), 2
	}
	for range times {
		for _, hub := range f.hubs {
			if _, err := f.call(hub, call...); err != nil {
				return err
			}
		}
	}
	for _, hub := range f.hubs {
		if err := f.serve(hub); err != nil {
			return err
		}
	}
	return nil
}

// joined reports whether a node is one already.
func joined(state string) bool {
	_, err := os.Stat(filepath.Join(state, "fleet/membership.json"))
	return !errors.Is(err, fs.ErrNotExist)
}

// state is the folder of the state of a server. The nodes of three hubs are others than those of
// one.
func (f *example) state(of string) string {
	if len(f.hubs) > 1 && strings.HasPrefix(of, "node-") {
		of = "three-" + of
	}
	path, err := filepath.Abs(filepath.Join(f.configs, "../../state/fleet", of))
	if err != nil {
		log.Fatal(err)
	}
	return path
}

// invite has a hub invite a node. Three hubs decide nothing until they are together.
func (f *example) invite(node, area string) (said string, err error) {
	for late := time.Now().Add(readyTime); ; {
		said, err = f.call(f.hubs[0], "fleet", "invite", node, "--area", area)
		if err == nil || len(f.hubs) == 1 || f.ctx.Err() != nil || time.Now().After(late) {
			return said, err
		}
		select {
		case <-f.ctx.Done():
		case <-time.After(5 * time.Second):
		}
	}
}

// command is the program as one of the servers, or as a command to it.
func (f *example) command(ctx context.Context, of string, args ...string) *exec.Cmd {
	c := exec.CommandContext(ctx, f.program, append(args, "--config", filepath.Join(f.configs, of+".yaml"))...)
	c.Env = append(os.Environ(), "LACHAN_STATE_DIR="+f.state(of))
	return c
}

// call calls a command of one of the servers and returns what it prints.
func (f *example) call(of string, args ...string) (string, error) {
	args = append(args, "--lang", "en")
	out, err := f.command(f.ctx, of, args...).CombinedOutput()
	fmt.Printf("$ lachan %s\n%s", strings.Join(args, " "), out)
	if err != nil {
		return "", fmt.Errorf("lachan %s: %w", strings.Join(args, " "), err)
	}
	return string(out), nil
}

// readyTime is how long a server may take until it answers.
const readyTime = time.Minute

// serve starts a server and waits until commands reach it.
func (f *example) serve(name string) error {
	c := f.command(context.Background(), name, "serve") // end ends it
	c.Stderr = os.Stderr
	if err := c.Start(); err != nil {
		return err
	}
	f.children = append(f.children, c)
	for late := time.Now().Add(readyTime); time.Now().Before(late) && f.ctx.Err() == nil; {
		if f.command(f.ctx, name, "ledger", "show", "--limit", "1").Run() == nil {
			return nil
		}
		select {
		case <-f.ctx.Done():
		case <-time.After(200 * time.Millisecond):
		}
	}
	return fmt.Errorf("%s does not answer", name)
}

// end ends all servers.
func (f *example) end() (err error) {
	for _, c := range f.children {
		if failed := c.Process.Signal(syscall.SIGTERM); failed != nil {
			continue // it has ended
		}
		err = errors.Join(err, c.Wait())
	}
	return err
}
