// Command demo brings a province to life on this machine: three communes, 24 schools of all
// levels, two weeks of history and questions that go on by day and hour, two requests that
// wait, a school that nothing comes from, an order in force and one on its clock, a version
// of a list that is held back. It runs the program itself on it, and prints where the console is and who may log in.
//
// With -screens it takes pictures of the pages for documents and ends.
//
// Usage: demo [-dir DIR] [-screens DIR] [-dns ADDRESS] [-http ADDRESS] [-console ADDRESS]
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"
)

func main() {
	dir := flag.String("dir", "", "folder of the demonstration; \"\" is a new one, removed in the end")
	dns := flag.String("dns", "127.0.0.1:1053", "where questions are answered")
	http := flag.String("http", "127.0.0.1:8053", "where operators' metrics are")
	console := flag.String("console", "127.0.0.1:8088", "where the console is")
	pictures := flag.String("screens", "", "take pictures of the pages, write them to this folder, and end")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	upstream, end, err := answerAll()
	if err == nil {
		err = run(ctx, *dir, config(*dns, *http, *console, upstream), *dns, *pictures)
		end()
	}
	if err != nil && !errors.Is(err, context.Canceled) {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// run prepares a folder, runs the server on it and asks it until ctx is done, or until the
// pictures are taken.
func run(ctx context.Context, dir, config, dns, pictures string) (err error) {
	if dir == "" {
		if dir, err = os.MkdirTemp("", "lachan-demo-"); err != nil {
			return fmt.Errorf("make a folder: %w", err)
		}
		defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	}
	zone, err := time.LoadLocation("Asia/Ho_Chi_Minh")
	if err != nil {
		return fmt.Errorf("find the zone: %w", err)
	}
	fmt.Println("writing two weeks of history...")
	if err := prepare(ctx, dir, config, zone); err != nil {
		return err
	}
	s, err := start(ctx, dir)
	if err != nil {
		return err
	}
	defer s.stop()
	if err := s.people(ctx); err != nil {
		return err
	}
	if err := s.holdBack(ctx); err != nil {
		return err
	}
	if pictures != "" {
		return s.takeScreens(ctx, pictures)
	}
	fmt.Println("Questions go on by day and hour until Ctrl-C.")
	return ask(ctx, dns, zone)
}

// prepare writes all that is there before the start.
func prepare(ctx context.Context, dir, config string, zone *time.Location) error {
	state := filepath.Join(dir, "state")
	if _, err := os.Stat(state); err == nil {
		return fmt.Errorf("%s is there already: remove it, or give another -dir", state)
	}
	if err := os.MkdirAll(state, 0o700); err != nil {
		return fmt.Errorf("make a folder: %w", err)
	}
	files := map[string]string{"lachan.yaml": config, "policy.yaml": policy(), "order.txt": list("order", 12), "order-16.txt": list("ordered", 9)}
	for _, c := range categories {
		files[c+".txt"] = list(c, 400)
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			return fmt.Errorf("write %s: %w", name, err)
		}
	}
	now := time.Now()
	if err := writeWeek(ctx, state, zone, now); err != nil {
		return err
	}
	return writeRequests(state, now)
}
