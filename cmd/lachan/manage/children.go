package manage

import (
	"context"
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync"
	"time"

	"github.com/cenkalti/backoff/v5"

	"lachan/metrics"
)

// children are the goroutines of a node by name. They belong to one goroutine;
// wait may be called when none is started any more. One that panics is told as a
// condition and started again: the others, and all that is answered, go on.
type children struct {
	log        *slog.Logger
	conditions *metrics.Conditions
	wg         sync.WaitGroup
	stops      map[string]func()
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
		c.persist(ctx, name, f)
	})
}

// persist runs f until it returns by itself.
func (c *children) persist(ctx context.Context, name string, f func(context.Context)) {
	waits := backoff.ExponentialBackOff{InitialInterval: time.Second, MaxInterval: 10 * time.Minute, Multiplier: 2}
	for {
		fault := attempt(ctx, f)
		if fault == nil {
			return
		}
		c.failed(name, fault)
		pause := time.NewTimer(waits.NextBackOff())
		select {
		case <-ctx.Done():
			pause.Stop()
			return
		case <-pause.C:
		}
	}
}

// failed tells of work that has met a fault of the program.
func (c *children) failed(name string, fault error) {
	c.log.Error("work has failed and is started again", "work", name, "error", fault)
	c.conditions.Set(name+"-failed", workFailed.With(name, fault).String())
}

// A fault is a panic, with where it happened.
type fault struct {
	value any
	stack []byte
}

func (f *fault) Error() string { return fmt.Sprint(f.value) }

// LogValue shows where it happened.
func (f *fault) LogValue() slog.Value {
	return slog.StringValue(fmt.Sprintf("%v\n%s", f.value, f.stack))
}

// attempt runs f, and returns its panic, if any, as an error.
func attempt(ctx context.Context, f func(context.Context)) (failure error) {
	defer func() {
		if v := recover(); v != nil {
			failure = &fault{v, debug.Stack()}
		}
	}()
	f(ctx)
	return nil
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
