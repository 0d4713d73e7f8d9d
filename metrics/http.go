package metrics

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/klauspost/compress/gzhttp"
	"github.com/klauspost/compress/gzip"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Handler serves what monitoring asks for. Others may add their own paths to
// the mux; any other path is 404.
//
//	GET /metrics             operators' metrics, with those of the Go runtime and the process
//	GET /metrics/compliance  the counters of schools, as totals has them; 503 while it has none
//	GET /healthz             200 "ok" while the process answers
//	GET /readyz              200 "ok" when ready returns nothing, else 503 and its reasons, one a line;
//	                         with ?verbose as JSON, with the conditions
//	GET /api/conditions      the conditions as a JSON array
//
// Readings and ready are called once a request, by any number of goroutines,
// and must not block; totals may, until the context of the request is done.
func Handler(
	aggregator *Aggregator, conditions *Conditions, readings func() Readings, ready func() []string,
	totals func(context.Context) (*Totals, error),
) *http.ServeMux {
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", operators(NewCollector(aggregator, conditions, readings)))
	mux.Handle("GET /metrics/compliance", compliance(totals))
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) {
		writeText(w, http.StatusOK, "ok")
	})
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, r *http.Request) {
		writeReady(w, r, ready(), conditions.List())
	})
	mux.HandleFunc("GET /api/conditions", func(w http.ResponseWriter, _ *http.Request) {
		writeJSON(w, http.StatusOK, conditions.List())
	})
	return mux
}

// NewServer makes a server for handler whose clients cannot hold a connection
// without using it. A response may take a minute, long enough for the counts of
// 40,000 schools over a slow line. The caller serves and shuts it down.
func NewServer(handler http.Handler) *http.Server {
	return &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       10 * time.Second,
		WriteTimeout:      time.Minute,
		IdleTimeout:       30 * time.Second,
		MaxHeaderBytes:    16 << 10,
	}
}

// operators serves the collector and the standard collectors of the runtime
// and the process. A series that cannot be collected is left out and counted
// in promhttp_metric_handler_errors_total; the others are served.
func operators(c *Collector) http.Handler {
	all := prometheus.NewRegistry()
	all.MustRegister(c, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return promhttp.HandlerFor(all, promhttp.HandlerOpts{Registry: all, ErrorHandling: promhttp.ContinueOnError})
}

// compliance serves the counts of schools, compressed if the client accepts it.
func compliance(totals func(context.Context) (*Totals, error)) http.Handler {
	plain := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		t, err := totals(r.Context())
		if err != nil {
			writeText(w, http.StatusServiceUnavailable, err.Error())
			return
		}
		w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
		if r.Method != http.MethodHead {
			_ = t.Write(w) // an error: the client is gone
		}
	})
	compressed, err := gzhttp.NewWrapper(
		gzhttp.MinSize(0),
		gzhttp.CompressionLevel(gzip.BestSpeed),
		gzhttp.EnableZstd(false),
	)
	if err != nil {
		return plain // the options are valid
	}
	return compressed(plain)
}

func writeReady(w http.ResponseWriter, r *http.Request, reasons []string, conditions []Condition) {
	status := http.StatusOK
	if len(reasons) > 0 {
		status = http.StatusServiceUnavailable
	}
	if r.URL.Query().Has("verbose") {
		writeJSON(w, status, struct {
			Ready      bool        `json:"ready"`
			Reasons    []string    `json:"reasons"`
			Conditions []Condition `json:"conditions"`
		}{len(reasons) == 0, append([]string{}, reasons...), conditions})
		return
	}
	if len(reasons) == 0 {
		reasons = []string{"ok"}
	}
	writeText(w, status, strings.Join(reasons, "\n"))
}

func writeText(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, text+"\n") // an error means that the client is gone
}

func writeJSON(w http.ResponseWriter, status int, value any) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(value) // the same
}
