package manage

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/cenkalti/backoff/v5"

	"lachan/internal/fault"
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
		err := fault.Catch(func() { f(ctx) })
		if err == nil {
			return
		}
		c.failed(name, err)
		pause := time.NewTimer(waits.NextBackOff())
		select {
		case <-ctx.Done():
			pause.Stop()
			return
		case <-pause.C:
		}
	}
}

// guard serves as h does. A panic is answered as an error of the server and told
// as a condition, as that of other work is: net/http would only log it.
func (c *children) guard(name string, h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		err := fault.Catch(func() { h.ServeHTTP(w, r) })
		if err == nil {
			return
		}
		if met := (*fault.Error)(nil); errors.As(err, &met) && met.Value == http.ErrAbortHandler {
			panic(met.Value) // which ends the connection and is no fault
		}
		c.failed(name, err)
		http.Error(w, http.StatusText(http.StatusInternalServerError), http.StatusInternalServerError)
	})
}

// failed tells of work that has met a fault of the program.
func (c *children) failed(name string, err error) {
	c.log.Error("work has failed and is started again", "work", name, "error", err)
	c.conditions.Set(name+"-failed", workFailed.With(name, err).String())
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
