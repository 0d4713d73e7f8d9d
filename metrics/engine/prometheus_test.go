package engine_test

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/klauspost/compress/s2"
	"google.golang.org/protobuf/encoding/protowire"

	"lachan/internal/testserver"
	"lachan/metrics/engine"
)

// told writes what history has to an engine, by remote write 1.0.
func told(t *testing.T, e *testserver.Engine) {
	t.Helper()
	field := func(b []byte, number protowire.Number, value []byte) []byte {
		return protowire.AppendBytes(protowire.AppendTag(b, number, protowire.BytesType), value)
	}
	label := func(name, value string) []byte { return field(field(nil, 1, []byte(name)), 2, []byte(value)) }
	sample := func(value float64, at time.Time) []byte {
		b := protowire.AppendFixed64(protowire.AppendTag(nil, 1, protowire.Fixed64Type), math.Float64bits(value))
		return protowire.AppendVarint(protowire.AppendTag(b, 2, protowire.VarintType), uint64(at.UnixMilli()))
	}
	var body []byte
	for school, values := range map[string][2]float64{"a": {100, 140}, "b": {0, 7}} {
		series := field(field(nil, 1, label("__name__", "lachan_school_queries_total")), 1, label("school", school))
		series = field(field(series, 2, sample(values[0], noon)), 2, sample(values[1], noon.Add(time.Hour)))
		body = field(body, 1, series)
	}
	reply, err := http.Post(e.WriteURL, "application/x-protobuf", bytes.NewReader(s2.EncodeSnappy(nil, body)))
	if err != nil {
		t.Fatal(err)
	}
	if reply.Body.Close(); reply.StatusCode >= 300 {
		t.Fatal(reply.Status)
	}
}

// TestPrometheusAnswersTheSame asks both of the same data: the same data come
// back, or an error of the same status and kind.
func TestPrometheusAnswersTheSame(t *testing.T) {
	real := testserver.Prometheus(t, "")
	told(t, real)
	ours := serve(t, engine.Limits{})
	type answer struct {
		Status, ErrorType string
		Data              any
	}
	get := func(method, base, path, parameters string) (status int, a answer) {
		t.Helper()
		status, body := ask(t, method, base+path, parameters)
		if err := json.Unmarshal([]byte(body), &a); err != nil {
			t.Errorf("%s%s?%s: %s: %v", base, path, parameters, body, err)
		}
		if data, ok := a.Data.(map[string]any); ok { // no engine promises an order
			if result, ok := data["result"].([]any); ok {
				slices.SortFunc(result, func(a, b any) int { return cmp.Compare(fmt.Sprint(a), fmt.Sprint(b)) })
			}
		}
		return status, a
	}
	f := func(path, parameters string) {
		t.Helper()
		for _, method := range []string{http.MethodGet, http.MethodPost} {
			if method == http.MethodPost && path[len(path)-7:] == "/values" {
				continue // it can only be read
			}
			status, got := get(method, ours, path, parameters)
			wantStatus, want := get(method, real.URL, path, parameters)
			if status != wantStatus || !reflect.DeepEqual(got, want) {
				t.Errorf("%s %s?%s: %d %+v, but Prometheus says %d %+v", method, path, parameters, status, got, wantStatus, want)
			}
		}
	}
	const at, around = "&time=1788786000", "&start=1788782400&end=1788789600"
	for _, query := range []string{
		"lachan_school_queries_total", "sum(lachan_school_queries_total)", "nobody", "1/0", "vector(0/0)", "time()", `"trường"`,
		"lachan_school_queries_total[2h]", "last_over_time(lachan_school_queries_total[2h])", "rate(lachan_school_queries_total[3h])",
		`lachan_school_queries_total{school=~"a|c"}`, "topk(1, lachan_school_queries_total)", "absent(nobody)", "count by (school) (lachan_school_queries_total)",
		"sum(", "", "lachan_school_queries_total * on () lachan_school_queries_total", "{}",
	} {
		f("/api/v1/query", "query="+query+at)
		f("/api/v1/query_range", "query="+query+around+"&step=20m")
	}
	f("/api/v1/query", "query=lachan_school_queries_total&time=2026-09-07T13:00:00%2B00:00")
	f("/api/v1/query", "query=lachan_school_queries_total&time=1788786000.001&timeout=5s")
	f("/api/v1/query", "query=1&time=yesterday")
	f("/api/v1/query", "query=1&timeout=soon")
	f("/api/v1/query_range", "query=time()"+around+"&step=600.5")
	f("/api/v1/query_range", "query=time()"+around)
	f("/api/v1/query_range", "query=time()"+around+"&step=0")
	f("/api/v1/query_range", "query=time()"+around+"&step=0.5")
	f("/api/v1/query_range", "query=time()&start=20&end=10&step=1")
	f("/api/v1/query_range", "query=time()&end=10&step=1")
	f("/api/v1/series", "match[]=lachan_school_queries_total"+around)
	f("/api/v1/series", `match[]={school="a"}&match[]={school=~".%2B"}`+around)
	f("/api/v1/series", "match[]=nobody"+around)
	f("/api/v1/series", around[1:])
	f("/api/v1/series", "match[]={}"+around)
	f("/api/v1/series", "match[]={school!=\"a\"}"+around)
	f("/api/v1/series", "match[]=sum("+around)
	f("/api/v1/labels", around[1:])
	f("/api/v1/labels", "match[]=nobody"+around)
	f("/api/v1/labels", "match[]=lachan_school_queries_total"+around)
	f("/api/v1/labels", "start=then")
	f("/api/v1/label/school/values", around[1:])
	f("/api/v1/label/school/values", `match[]={school="b"}`+around)
	f("/api/v1/label/nobody/values", around[1:])
	f("/api/v1/label/__name__/values", around[1:])
	f("/api/v1/label/school/values", "match[]={"+around)
}
