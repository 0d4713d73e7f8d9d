// Command fleet starts a hub and two nodes on this machine, by configs/fleet, and has the
// nodes join: what is decided at the hub is in force on them. It ends them when it ends. With
// -measure it times a hub and many nodes in its own process instead.
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
	nodes := flag.Int("measure", 0, "measure a hub with so many nodes in this process, in place of that")
	missed := flag.Int("missed", 16_000, "decisions that nodes which are away miss; those of the country in eight weeks are 160,000")
	flag.Parse()
	if *nodes > 0 {
		if err := measure(*nodes, *missed); err != nil {
			log.Fatal(err)
		}
		return
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	f := example{ctx: ctx, program: *program, configs: *configs}
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
	children []*exec.Cmd
}

func (f *example) run(root string) error {
	if err := os.MkdirAll(filepath.Dir(root), 0o700); err != nil {
		return err
	}
	if _, err := f.call("hub", "fleet", "init", "--root", root); err != nil {
		return err
	}
	if err := f.serve("hub"); err != nil {
		return err
	}
	for node, area := range map[string]string{"node-1": "lao-cai", "node-2": "ha-giang"} {
		if err := f.serve(node); err != nil {
			return err
		}
		if joined(f.configs, node) {
			continue
		}
		said, err := f.call("hub", "fleet", "invite", node, "--area", area)
		if err != nil {
			return err
		}
		words := strings.Fields(said)
		if _, err := f.call(node, "join", words[len(words)-2], words[len(words)-1]); err != nil {
			return err
		}
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

// joined reports whether a node is one already.
func joined(configs, node string) bool {
	_, err := os.Stat(filepath.Join(configs, "../../state/fleet", node, "fleet/membership.json"))
	return !errors.Is(err, fs.ErrNotExist)
}

// call calls a command of one of the servers and returns what it prints.
func (f *example) call(of string, args ...string) (string, error) {
	args = append(args, "--lang", "en", "--config", filepath.Join(f.configs, of+".yaml"))
	out, err := exec.CommandContext(f.ctx, f.program, args...).CombinedOutput()
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
	config := filepath.Join(f.configs, name+".yaml")
	c := exec.Command(f.program, "serve", "--config", config)
	c.Stderr = os.Stderr
	if err := c.Start(); err != nil {
		return err
	}
	f.children = append(f.children, c)
	for late := time.Now().Add(readyTime); time.Now().Before(late) && f.ctx.Err() == nil; {
		if exec.CommandContext(f.ctx, f.program, "ledger", "show", "--limit", "1", "--config", config).Run() == nil {
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
