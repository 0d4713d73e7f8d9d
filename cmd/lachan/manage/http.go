package manage

import (
	"context"
	"errors"
	"net/http"

	"lachan/internal/message"
	"lachan/metrics"
	"lachan/metrics/engine"
	"lachan/metrics/history"
)

// startHTTP serves metrics, health and the API where the configuration says.
func (n *node) startHTTP(ctx context.Context) error {
	listeners, err := n.listeners(message.RoleHTTP)
	if err != nil {
		return err
	}
	for _, l := range listeners {
		n.log.Info("serving http", "address", l.Addr())
		server := metrics.NewServer(n.mux())
		n.children.start(ctx, "http", func(ctx context.Context) {
			done := make(chan struct{})
			go func() {
				defer close(done)
				<-ctx.Done()
				stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), drainTime)
				defer cancel()
				if server.Shutdown(stop) != nil {
					_ = server.Close() // late readers are cut off
				}
			}()
			if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
				n.log.Error("serve http", "error", err)
			}
			<-done
		})
	}
	return nil
}

// mux is everything that is served over HTTP; docs/http-api.md describes it.
func (n *node) mux() *http.ServeMux {
	mux := metrics.Handler(n.counters, n.conditions, n.readings, n.ready, n.history.Totals)
	engine.NewAPI(n.history, history.Limits(), metrics.Families()).Handle(mux)
	mux.HandleFunc("GET /api/explain", n.serveExplain)
	mux.HandleFunc("GET /api/report", n.serveReport)
	mux.HandleFunc("POST /api/report", n.serveReport)
	mux.HandleFunc("GET /api/orders", n.serveOrders)
	mux.HandleFunc("GET /api/lists/impact", n.serveImpact)
	return mux
}
