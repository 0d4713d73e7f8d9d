package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"time"

	"github.com/pquerna/otp/totp"
)

// A server is the program, running.
type server struct {
	dir, program string
	at           string // http://address of the console
	cmd          *exec.Cmd
	ended        chan struct{}
	strong       map[string]*http.Client // those logged in whose role holds with a second factor
}

// start builds the program and runs it; it returns when the console is there.
func start(ctx context.Context, dir string) (*server, error) {
	s := &server{dir: dir, program: filepath.Join(dir, "lachan"), ended: make(chan struct{})}
	build := exec.CommandContext(ctx, "go", "build", "-o", s.program, "./cmd/lachan")
	build.Stderr = os.Stderr
	if err := build.Run(); err != nil {
		return nil, fmt.Errorf("build the program: %w", err)
	}
	s.cmd = exec.Command(s.program, "serve", "--config", filepath.Join(dir, "lachan.yaml"))
	s.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // an interrupt is for this process first
	log, err := s.cmd.StderrPipe()
	if err != nil {
		return nil, fmt.Errorf("read its log: %w", err)
	}
	if err := s.cmd.Start(); err != nil {
		return nil, fmt.Errorf("start the program: %w", err)
	}
	ready := make(chan string, 1)
	go s.read(bufio.NewScanner(log), ready)
	select {
	case s.at = <-ready:
		return s, nil
	case <-s.ended:
		return nil, fmt.Errorf("the program has ended; its log is above")
	case <-ctx.Done():
		s.stop()
		return nil, ctx.Err()
	}
}

var serving = regexp.MustCompile(`msg="serving the console" url=(\S+)`)

// read follows the log, and shows what is wrong.
func (s *server) read(log *bufio.Scanner, ready chan<- string) {
	defer close(s.ended)
	for log.Scan() {
		line := log.Text()
		if m := serving.FindStringSubmatch(line); m != nil {
			ready <- strings.TrimSuffix(m[1], "/")
		}
		if strings.Contains(line, "level=ERROR") || !strings.Contains(line, "level=") {
			fmt.Fprintln(os.Stderr, line)
		}
	}
	_ = s.cmd.Wait() // how it has ended is in the log
}

// stop ends the server and waits for it.
func (s *server) stop() {
	_ = s.cmd.Process.Signal(syscall.SIGTERM) // an error means that it has ended
	<-s.ended
}

// command runs a command of the program.
func (s *server) command(ctx context.Context, args ...string) ([]byte, error) {
	c := exec.CommandContext(ctx, s.program, append(args, "--config", filepath.Join(s.dir, "lachan.yaml"))...)
	c.Stderr = os.Stderr
	out, err := c.Output()
	if err != nil {
		return nil, fmt.Errorf("lachan %s: %w", strings.Join(args, " "), err)
	}
	return out, nil
}

// password is that of everybody here: what listens on this machine alone needs no better.
const password = "con-meo-treo-cay-cau"

// people makes the accounts, and says who they are.
func (s *server) people(ctx context.Context) error {
	fmt.Printf("\nThe console: %s/\nEverybody's password: %s\n", s.at, password)
	const second = "; the role holds with a second factor, see below"
	for _, p := range [...]struct{ name, role, unit, is string }{
		{"thay-minh", "school", "sa-pa-thcs-1", "IT teacher of a school"},
		{"co-hoa", "commune", "sa-pa", "officer of a commune"},
		{"doan-kiem-tra", "viewer", "lao-cai", "looks at everything, changes nothing"},
		{"ba-lan", "province", "lao-cai", "officer of the province" + second},
		{operator, "operator", "", "runs the server" + second},
		{"chi-nga", "authority", authority, "hands over what an authority orders" + second},
	} {
		out, err := s.command(ctx, append([]string{"account", "add", p.name, "--json"}, over(p.unit)...)...)
		if err != nil {
			return err
		}
		var made struct{ Secret string }
		if err := json.Unmarshal(out, &made); err != nil {
			return fmt.Errorf("read the code of %s: %w", p.name, err)
		}
		if _, err := s.command(ctx, append([]string{"account", "grant", p.name, p.role}, over(p.unit)...)...); err != nil {
			return err
		}
		if err := s.redeem(ctx, p.name, made.Secret); err != nil {
			return err
		}
		fmt.Printf("  %-14s %s\n", p.name, p.is)
	}
	s.strong = map[string]*http.Client{}
	for _, name := range []string{"ba-lan", operator, "chi-nga"} {
		if err := s.strengthen(ctx, name); err != nil {
			return err
		}
	}
	return nil
}

// operator is the account of the person that runs the server.
const operator = "anh-tuan"

var secondFactor = regexp.MustCompile(`secret=([A-Z2-7]+)`)

// strengthen gives somebody a second factor, and says by which key an app has it.
func (s *server) strengthen(ctx context.Context, name string) error {
	jar, err := cookiejar.New(nil)
	if err != nil {
		return fmt.Errorf("make a jar: %w", err)
	}
	browser := &http.Client{Jar: jar, Timeout: time.Minute}
	page, err := s.fetch(ctx, browser, "/login", url.Values{"name": {name}, "password": {password}})
	if err == nil {
		page, err = s.fetch(ctx, browser, "/account", url.Values{"do": {"totp"}})
	}
	if err != nil {
		return err
	}
	key := secondFactor.FindStringSubmatch(html.UnescapeString(page))
	if key == nil {
		return fmt.Errorf("the account of %s shows no key", name)
	}
	code, err := totp.GenerateCode(key[1], time.Now())
	if err != nil {
		return fmt.Errorf("make a code of %s: %w", name, err)
	}
	if _, err := s.fetch(ctx, browser, "/account", url.Values{"do": {"totp-code"}, "code": {code}}); err != nil {
		return err
	}
	s.strong[name] = browser
	fmt.Printf("  %-14s key for an app of codes: %s\n", name, key[1])
	return nil
}

// over is how a command is told of a unit.
func over(unit string) []string {
	if unit == "" {
		return nil
	}
	return []string{"--unit", unit}
}

// redeem sets the password of a new account.
func (s *server) redeem(ctx context.Context, name, code string) error {
	form := url.Values{"name": {name}, "code": {code}, "password": {password}}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, s.at+"/login/new", strings.NewReader(form.Encode()))
	if err != nil {
		return fmt.Errorf("set the password of %s: %w", name, err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	answer, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		return fmt.Errorf("set the password of %s: %w", name, err)
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusSeeOther {
		return fmt.Errorf("set the password of %s: %s", name, answer.Status)
	}
	return nil
}

// holdBack gives a list, and that of an order, a version that has lost so much that it waits
// for a word: the order is on its clock meanwhile.
func (s *server) holdBack(ctx context.Context) error {
	for feed, text := range map[string][2]string{
		"demo-social": {"social.txt", list("social", 150)}, "van-ban-16": {"order-16.txt", list("ordered", 3)},
	} {
		if err := os.WriteFile(filepath.Join(s.dir, text[0]), []byte(text[1]), 0o600); err != nil {
			return fmt.Errorf("shorten a list: %w", err)
		}
		c := exec.CommandContext(ctx, s.program, "lists", "update", feed, "--config", filepath.Join(s.dir, "lachan.yaml"))
		out, err := c.CombinedOutput()
		if exit := (*exec.ExitError)(nil); err == nil || !errors.As(err, &exit) {
			return fmt.Errorf("the shortened list %s is not held back: %w\n%s", feed, err, out)
		}
	}
	return nil // the status says that they are held back
}
