package main

import (
	"context"
	"sync"
)

// children are the goroutines of a node by name. They belong to one goroutine;
// wait may be called when none is started any more.
type children struct {
	wg    sync.WaitGroup
	stops map[string]func()
}

// start runs f until ctx is done or another of the same name is started, which
// waits for f to end.
func (c *children) start(ctx context.Context, name string, f func(context.Context)) {
	c.stop(name)
	ctx, cancel := context.WithCancel(ctx)
	ended := make(chan struct{})
	if c.stops == nil {
		c.stops = map[string]func(){}
	}
	c.stops[name] = func() { cancel(); <-ended }
	c.wg.Go(func() {
		defer cancel()
		defer close(ended)
		f(ctx)
	})
}

// stop ends the one of that name, if there is one, and waits for it.
func (c *children) stop(name string) {
	if stop := c.stops[name]; stop != nil {
		stop()
		delete(c.stops, name)
	}
}

// wait waits for all to end.
func (c *children) wait() { c.wg.Wait() }
