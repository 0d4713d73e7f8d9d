package engine

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql"
	"github.com/prometheus/prometheus/promql/parser"
	"github.com/prometheus/prometheus/storage"

	"lachan/metrics"
)

// This file is the query API of Prometheus. Its bounds keep one request from taking what
// others need.

const (
	apiQueries  = 4           // evaluated at a time; others wait
	apiPoints   = 11_000      // of one series in a range, as Prometheus bounds it
	apiBody     = 1 << 20     // bytes of a form
	apiWaiting  = time.Minute // of one request, until it is answered
	apiSpeaks   = "3.15.0"    // the version of Prometheus whose PromQL this is
	contentType = "application/json"
)

// An API serves a store as Prometheus does, to Grafana, promtool and whatever
// else asks Prometheus:
//
//	GET, POST /api/v1/query              query, time, timeout
//	GET, POST /api/v1/query_range        query, start, end, step, timeout
//	GET, POST /api/v1/series             match[], start, end, limit
//	GET, POST /api/v1/labels             match[], start, end, limit
//	GET       /api/v1/label/NAME/values  match[], start, end, limit
//	GET       /api/v1/metadata           metric
//	GET       /api/v1/status/buildinfo
type API struct {
	local    *Local
	store    storage.Queryable
	families []metrics.Family
	slots    chan struct{} // holds one for every query that is evaluated
}

// NewAPI makes the API of a store.
func NewAPI(store storage.Queryable, limits Limits, families []metrics.Family) *API {
	return &API{
		local: NewLocal(store, limits), store: store, families: families, slots: make(chan struct{}, apiQueries),
	}
}

// Handle adds the paths of the API to a mux.
func (a *API) Handle(mux *http.ServeMux) {
	for path, answer := range map[string]func(*http.Request) (any, error){
		"query":               a.query,
		"query_range":         a.queryRange,
		"series":              a.series,
		"labels":              a.labels,
		"label/{name}/values": a.values,
		"metadata":            a.metadata,
		"status/buildinfo":    buildinfo,
	} {
		mux.HandleFunc("GET /api/v1/"+path, a.serve(answer))
		if path == "query" || path == "query_range" || path == "series" || path == "labels" {
			mux.HandleFunc("POST /api/v1/"+path, a.serve(answer))
		}
	}
}

// serve evaluates when there is a slot, and writes what came out.
func (a *API) serve(answer func(*http.Request) (any, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), apiWaiting)
		defer cancel()
		select {
		case a.slots <- struct{}{}:
			defer func() { <-a.slots }()
		case <-ctx.Done():
			writeFailure(w, &apiError{http.StatusServiceUnavailable, "unavailable", "too many queries at a time"})
			return
		}
		r.Body = http.MaxBytesReader(w, r.Body, apiBody)
		data, err := answer(r.WithContext(ctx))
		if err != nil {
			writeFailure(w, err)
			return
		}
		writeSuccess(w, data)
		if done, ok := data.(*promResult); ok {
			done.done()
		}
	}
}

// An apiError is what the API says instead of data.
type apiError struct {
	status int
	kind   string // as Prometheus names it
	text   string
}

func (e *apiError) Error() string { return e.text }

func badData(format string, args ...any) error {
	return &apiError{http.StatusBadRequest, "bad_data", fmt.Sprintf(format, args...)}
}

// A promResult is the result of a query, which holds memory until done.
type promResult struct {
	*promql.Result
	done func()
}

func (a *API) query(r *http.Request) (any, error) {
	at, err := timeOf(r, "time", time.Now())
	if err != nil {
		return nil, err
	}
	return a.run(r, at, at, 0)
}

func (a *API) queryRange(r *http.Request) (any, error) {
	start, err := timeOf(r, "start", time.Time{})
	if err != nil {
		return nil, err
	}
	end, err := timeOf(r, "end", time.Time{})
	if err != nil {
		return nil, err
	}
	step, err := durationOf(r.FormValue("step"))
	switch {
	case err != nil || step <= 0:
		return nil, badData(`invalid parameter "step": a duration above zero is needed`)
	case start.IsZero() || end.IsZero():
		return nil, badData(`"start" and "end" are needed`)
	case end.Before(start):
		return nil, badData("end timestamp must not be before start time")
	case end.Sub(start)/step > apiPoints:
		return nil, badData("exceeded maximum resolution of %d points per timeseries. Try decreasing the "+
			"query resolution (?step=XX)", apiPoints)
	}
	return a.run(r, start, end, step)
}

func (a *API) run(r *http.Request, start, end time.Time, step time.Duration) (any, error) {
	ctx := r.Context()
	if text := r.FormValue("timeout"); text != "" {
		timeout, err := durationOf(text)
		if err != nil {
			return nil, badData(`invalid parameter "timeout": %v`, err)
		}
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, timeout)
		defer cancel()
	}
	result, done, err := a.local.Run(ctx, r.FormValue("query"), start, end, step)
	if err != nil {
		return nil, badData("%v", errors.Unwrap(err))
	}
	if result.Err != nil {
		done()
		return nil, executionError(result.Err)
	}
	return &promResult{result, done}, nil
}

func executionError(err error) error {
	var late promql.ErrQueryTimeout
	var gone promql.ErrQueryCanceled
	switch {
	case errors.As(err, &late):
		return &apiError{http.StatusServiceUnavailable, "timeout", err.Error()}
	case errors.As(err, &gone):
		return &apiError{http.StatusServiceUnavailable, "canceled", err.Error()}
	}
	return &apiError{http.StatusUnprocessableEntity, "execution", err.Error()}
}

// selection is what series, labels and values are asked about.
type selection struct {
	start, end time.Time
	matchers   [][]*labels.Matcher
	limit      int
}

func selectionOf(r *http.Request) (s selection, err error) {
	if s.start, err = timeOf(r, "start", time.UnixMilli(0)); err != nil {
		return s, err
	}
	if s.end, err = timeOf(r, "end", time.Now()); err != nil {
		return s, err
	}
	if s.limit, err = strconv.Atoi(r.FormValue("limit")); err != nil || s.limit <= 0 {
		s.limit = math.MaxInt
	}
	if s.matchers, err = parser.NewParser(parser.Options{}).ParseMetricSelectors(r.Form["match[]"]); err != nil {
		return s, badData(`invalid parameter "match[]": %v`, err)
	}
	for _, matchers := range s.matchers {
		if !slices.ContainsFunc(matchers, func(m *labels.Matcher) bool { return !m.Matches("") }) {
			return s, badData(`invalid parameter "match[]": match[] must contain at least one non-empty matcher`)
		}
	}
	return s, nil
}

func (a *API) series(r *http.Request) (any, error) {
	s, err := selectionOf(r)
	if err != nil {
		return nil, err
	}
	if len(s.matchers) == 0 {
		return nil, badData("no match[] parameter provided")
	}
	all := map[string]labels.Labels{}
	err = a.each(r.Context(), s, func(q storage.Querier, m []*labels.Matcher) error {
		set := q.Select(
			r.Context(),
			false,
			&storage.SelectHints{Start: s.start.UnixMilli(), End: s.end.UnixMilli(), Func: "series"},
			m...)
		for set.Next() && len(all) < s.limit {
			l := set.At().Labels()
			all[string(l.Bytes(nil))] = l.Copy()
		}
		return set.Err()
	})
	if err != nil {
		return nil, err
	}
	list := slices.AppendSeq(make([]labels.Labels, 0, len(all)), maps.Values(all)) // [] when there are none, never null
	slices.SortFunc(list, labels.Compare)
	return list, nil
}

func (a *API) labels(r *http.Request) (any, error) {
	return a.names(r, func(q storage.Querier, m []*labels.Matcher) ([]string, error) {
		names, _, err := q.LabelNames(r.Context(), nil, m...)
		return names, err
	})
}

func (a *API) values(r *http.Request) (any, error) {
	name := model.LabelName(r.PathValue("name"))
	if !model.UTF8Validation.IsValidLabelName(string(name)) {
		return nil, badData("invalid label name: %q", name)
	}
	return a.names(r, func(q storage.Querier, m []*labels.Matcher) ([]string, error) {
		values, _, err := q.LabelValues(r.Context(), string(name), nil, m...)
		return values, err
	})
}

// names gathers names or values over all selectors, sorted.
func (a *API) names(r *http.Request, of func(storage.Querier, []*labels.Matcher) ([]string, error)) (any, error) {
	s, err := selectionOf(r)
	if err != nil {
		return nil, err
	}
	if len(s.matchers) == 0 {
		s.matchers = [][]*labels.Matcher{nil}
	}
	all := map[string]bool{}
	err = a.each(r.Context(), s, func(q storage.Querier, m []*labels.Matcher) error {
		found, err := of(q, m)
		for _, name := range found {
			all[name] = true
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	sorted := slices.Sorted(maps.Keys(all))
	return append([]string{}, sorted[:min(len(sorted), s.limit)]...), nil
}

// each calls f for every selector, with a querier of the time that is asked for.
func (a *API) each(ctx context.Context, s selection, f func(storage.Querier, []*labels.Matcher) error) error {
	q, err := a.store.Querier(s.start.UnixMilli(), s.end.UnixMilli())
	if err != nil {
		return executionError(err)
	}
	defer q.Close()
	for _, m := range s.matchers {
		if err := f(q, m); err != nil {
			return executionError(err)
		}
		if ctx.Err() != nil {
			return &apiError{http.StatusServiceUnavailable, "timeout", ctx.Err().Error()}
		}
	}
	return nil
}

func (a *API) metadata(r *http.Request) (any, error) {
	type entry struct {
		Type string `json:"type"`
		Help string `json:"help"`
		Unit string `json:"unit"`
	}
	all := map[string][]entry{}
	for _, f := range a.families {
		if metric := r.FormValue("metric"); metric == "" || metric == f.Name {
			all[f.Name] = []entry{{f.Type, f.Help, ""}}
		}
	}
	return all, nil
}

// buildinfo tells which Prometheus this can be taken for.
func buildinfo(*http.Request) (any, error) {
	return map[string]string{
		"version": apiSpeaks, "revision": "", "branch": "", "buildUser": "", "buildDate": "", "goVersion": "",
	}, nil
}
