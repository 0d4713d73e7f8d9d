package engine_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/tsdb"

	"lachan/metrics/engine"
)

var noon = time.Date(2026, 9, 7, 12, 0, 0, 0, time.UTC)

// history is a store in which school a has counted 100 at noon and 140 an hour
// later, and school b has counted 7 in the meantime.
func history(t *testing.T) *tsdb.DB {
	t.Helper()
	options := tsdb.DefaultOptions()
	options.StripeSize = 64
	db, err := tsdb.Open(t.TempDir(), nil, nil, options, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	app := db.Appender(t.Context())
	add := func(school string, after time.Duration, value float64) {
		t.Helper()
		series := labels.FromStrings("__name__", "lachan_school_queries_total", "school", school)
		if _, err := app.Append(0, series, noon.Add(after).UnixMilli(), value); err != nil {
			t.Fatal(err)
		}
	}
	add("b", 0, 0)
	add("a", 0, 100)
	add("a", time.Hour, 140)
	add("b", time.Hour, 7)
	if err := app.Commit(); err != nil {
		t.Fatal(err)
	}
	return db
}

const spent = `sum by (school) (last_over_time(lachan_school_queries_total[2h]) - last_over_time(lachan_school_queries_total[2h] offset 1h))`

func TestLocalSubtractsCountersExactly(t *testing.T) {
	local := engine.NewLocal(history(t), engine.Limits{})
	samples, err := local.Query(t.Context(), spent, noon.Add(time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	if len(samples) != 2 || samples[0].Labels.Get("school") != "a" || samples[0].Value != 40 || samples[1].Value != 7 {
		t.Errorf("got %v, want 40 of a and 7 of b", samples)
	}
	samples, err = local.Query(t.Context(), "last_over_time(lachan_school_queries_total[1h])", noon)
	if err != nil || len(samples) != 2 || samples[0].Labels.Has("__name__") {
		t.Errorf("a sample has the name of its metric: %v, %v", samples, err)
	}
	samples, err = local.Query(t.Context(), "2 + 3", noon)
	if err != nil || len(samples) != 1 || samples[0].Value != 5 || !samples[0].Labels.IsEmpty() {
		t.Errorf("a scalar: %v, %v", samples, err)
	}
	series, err := local.Range(t.Context(), "lachan_school_queries_total", noon, noon.Add(time.Hour), 30*time.Minute)
	if err != nil || len(series) != 2 || len(series[0].Points) != 2 || !series[0].Points[1].At.Equal(noon.Add(time.Hour)) || series[0].Points[1].Value != 140 {
		t.Errorf("range: %v, %v", series, err)
	}
}

func TestListNamesSeriesWithoutReadingThem(t *testing.T) {
	store := history(t)
	local := engine.NewLocal(store, engine.Limits{})
	list, err := local.List(t.Context(), `lachan_school_queries_total{school=~"a|x"}`, noon.Add(-time.Hour), noon.Add(time.Hour))
	if err != nil || len(list) != 1 || list[0].String() != `{school="a"}` {
		t.Errorf("got %v, %v", list, err)
	}
	if list, err := local.List(t.Context(), "lachan_school_queries_total", noon.Add(48*time.Hour), noon.Add(50*time.Hour)); err != nil || len(list) != 0 {
		t.Errorf("two days later: %v, %v", list, err)
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/api/v1/series" || r.FormValue("match[]") != "x" || r.FormValue("end") != "1788782400.000" {
			t.Errorf("asked %s %v", r.URL, r.Form)
		}
		_, _ = w.Write([]byte(`{"status":"success","data":[{"__name__":"x","school":"a"}]}`))
	}))
	defer server.Close()
	remote, err := engine.NewRemote(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	list, err = remote.List(t.Context(), "x", noon.Add(-time.Hour), noon)
	if err != nil || len(list) != 1 || list[0].String() != `{school="a"}` {
		t.Errorf("remote: %v, %v", list, err)
	}
}

func TestFailuresSayWhatToDo(t *testing.T) {
	f := func(what string, query func(context.Context, string, time.Time) ([]engine.Sample, error), expression string, want ...string) {
		t.Helper()
		_, err := query(t.Context(), expression, noon.Add(time.Hour))
		var failure *engine.Failure
		if !errors.As(err, &failure) {
			t.Errorf("%s: %v is no Failure", what, err)
			return
		}
		for _, w := range want {
			if !strings.Contains(failure.Text.VI, w) && !strings.Contains(failure.Text.EN, w) {
				t.Errorf("%s: %q lacks %q", what, err, w)
			}
		}
	}
	store := history(t)
	local := engine.NewLocal(store, engine.Limits{})
	f("syntax", local.Query, "sum(", "PromQL", "sum(")
	f("a range", local.Query, "lachan_school_queries_total[1h]", "matrix", "véc-tơ")
	f("too large", engine.NewLocal(store, engine.Limits{Samples: 1}).Query, spent, "too much memory", "bộ nhớ")

	remote := func(status int, body string) func(context.Context, string, time.Time) ([]engine.Sample, error) {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path != "/prometheus/api/v1/query" || r.FormValue("nocache") != "1" || r.FormValue("time") != "1788786000.000" {
				t.Errorf("asked %s %v", r.URL, r.Form)
			}
			w.WriteHeader(status)
			_, _ = w.Write([]byte(body))
		}))
		t.Cleanup(server.Close)
		r, err := engine.NewRemote(server.URL + "/prometheus")
		if err != nil {
			t.Fatal(err)
		}
		return r.Query
	}
	f("bad query", remote(400, `{"status":"error","errorType":"bad_data","error":"parse error"}`), "sum(", "sum(", "parse error")
	f("timeout there", remote(503, `{"status":"error","errorType":"timeout","error":"query timed out"}`), "x", "query timed out")
	f("password", remote(401, `Unauthorized`), "x", "user and password")
	f("no such page", remote(404, `404 page not found`), "x", "404")
	f("another server", remote(200, `<html>`), "x", "metrics.query_url")
	f("half a pair", remote(200, `{"status":"success","data":{"resultType":"vector","result":[{"metric":{},"value":[1]}]}}`), "x", "metrics.query_url")
	f("a matrix", remote(200, `{"status":"success","data":{"resultType":"matrix","result":[]}}`), "x", "matrix")
	gone, err := engine.NewRemote("http://reader:secret@127.0.0.1:1")
	if err != nil {
		t.Fatal(err)
	}
	f("unreachable", gone.Query, "x", "127.0.0.1:1", "connection refused")
	if _, err := gone.Query(t.Context(), "x", noon); strings.Contains(err.Error(), "secret") {
		t.Errorf("the password is told: %v", err)
	}
	for _, address := range []string{"", "prometheus:9090", "ftp://prometheus", "http://"} {
		if _, err := engine.NewRemote(address); err == nil {
			t.Errorf("%q is taken for an address", address)
		}
	}
	stopped, stop := context.WithCancel(t.Context())
	stop()
	if _, err := gone.Query(stopped, "x", noon); !errors.Is(err, context.Canceled) {
		t.Errorf("told to stop: %v", err)
	}
	if _, err := local.Query(stopped, "x", noon); !errors.Is(err, context.Canceled) {
		t.Errorf("local, told to stop: %v", err)
	}
}
