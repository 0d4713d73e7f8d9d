package engine_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os/exec"
	"reflect"
	"strings"
	"testing"
	"time"

	"lachan/metrics"
	"lachan/metrics/engine"
)

// serve is the URL of the API of a store.
func serve(t *testing.T, limits engine.Limits) string {
	t.Helper()
	mux := http.NewServeMux()
	engine.NewAPI(history(t), limits, metrics.Families()).Handle(mux)
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return server.URL
}

func TestRemoteOfALocalIsTheLocal(t *testing.T) {
	local := engine.NewLocal(history(t), engine.Limits{})
	remote, err := engine.NewRemote(serve(t, engine.Limits{}))
	if err != nil {
		t.Fatal(err)
	}
	at := noon.Add(time.Hour)
	for _, query := range []string{spent, "lachan_school_queries_total", "1/0", "-1/0", "vector(0/0)", "absent(x)", "x", "0.1+0.2", "time()"} {
		want, err := local.Query(t.Context(), query, at)
		if err != nil {
			t.Fatal(err)
		}
		got, err := remote.Query(t.Context(), query, at)
		if err != nil {
			t.Fatal(err)
		}
		if len(got) != len(want) {
			t.Fatalf("%s: %v, want %v", query, got, want)
		}
		for i := range got {
			if same := got[i].Value == want[i].Value || got[i].Value != got[i].Value; !same || got[i].Labels.String() != want[i].Labels.String() {
				t.Errorf("%s: %v, want %v", query, got, want)
			}
		}
	}
	want, err := local.Range(t.Context(), "lachan_school_queries_total", noon, at, 7*time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	got, err := remote.Range(t.Context(), "lachan_school_queries_total", noon, at, 7*time.Minute)
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("range: %v, want %v; %v", got, want, err)
	}
}

// TestGrafanaIsAnswered asks what Grafana's data source asks: its health check,
// what the server is, then names and values for the editor, then panels.
func TestGrafanaIsAnswered(t *testing.T) {
	base := serve(t, engine.Limits{Lookback: 2 * time.Hour})
	f := func(method, path, parameters string, want string) {
		t.Helper()
		status, body := ask(t, method, base+path, parameters)
		if status != 200 || !json.Valid([]byte(body)) || !strings.HasPrefix(body, `{"status":"success","data":`) || !strings.Contains(body, want) {
			t.Errorf("%s %s?%s: %d %s, want %s", method, path, parameters, status, body, want)
		}
	}
	const around = "start=1788782400&end=1788789600"
	f("POST", "/api/v1/query", "query=1%2B1&time=4", `"resultType":"scalar","result":[4,"2"]`)
	f("GET", "/api/v1/status/buildinfo", "", `"version":"3.15.0"`)
	f("GET", "/api/v1/metadata", "", `"lachan_school_queries_total":[{"type":"counter"`)
	f("GET", "/api/v1/metadata", "metric=lachan_school_info&limit=1", `{"lachan_school_info":[{"type":"gauge"`)
	f("GET", "/api/v1/label/__name__/values", around, `["lachan_school_queries_total"]`)
	f("GET", "/api/v1/labels", around+"&match[]=lachan_school_queries_total", `["__name__","school"]`)
	f("POST", "/api/v1/labels", around, `["__name__","school"]`)
	f("GET", "/api/v1/label/school/values", around+`&match[]={school="b"}`, `["b"]`)
	f("GET", "/api/v1/label/school/values", around+"&limit=1", `["a"]`)
	f("GET", "/api/v1/label/nobody/values", around, `[]`)
	f("POST", "/api/v1/series", around+"&match[]=lachan_school_queries_total", `{"__name__":"lachan_school_queries_total","school":"a"}`)
	f("POST", "/api/v1/query_range", "query=lachan_school_queries_total&start=1788782400&end=1788786000&step=1h",
		`{"resultType":"matrix","result":[{"metric":{"__name__":"lachan_school_queries_total","school":"a"},"values":[[1788782400,"100"],[1788786000,"140"]]}`)
	f("GET", "/api/v1/query_range", "query=1&start=2026-09-07T12:00:00Z&end=2026-09-07T12:00:15.5Z&step=15.5",
		`"values":[[1788782400,"1"],[1788782415.5,"1"]]`)
	f("POST", "/api/v1/query", `query="trường"&time=0.5`, `"resultType":"string","result":[0.5,"trường"]`)
	f("POST", "/api/v1/query", "query=lachan_school_queries_total[2h]&time=1788786000", `"resultType":"matrix"`)
}

func TestTheAPIRefusesWhatIsTooMuch(t *testing.T) {
	base := serve(t, engine.Limits{Samples: 3})
	f := func(path, parameters string, status int, kind string) {
		t.Helper()
		got, body := ask(t, "POST", base+path, parameters)
		var said struct{ Status, ErrorType, Error string }
		if err := json.Unmarshal([]byte(body), &said); err != nil || got != status || said.Status != "error" || said.ErrorType != kind || said.Error == "" {
			t.Errorf("%s?%s: %d %s, want %d %s", path, parameters, got, body, status, kind)
		}
	}
	f("/api/v1/query", "query=sum(", 400, "bad_data")
	f("/api/v1/query", "query=1&time=yesterday", 400, "bad_data")
	f("/api/v1/query", "query=1&timeout=soon", 400, "bad_data")
	f("/api/v1/query", "", 400, "bad_data")
	f("/api/v1/query_range", "query=1&start=0&end=10&step=0", 400, "bad_data")
	f("/api/v1/query_range", "query=1&start=0&end=10", 400, "bad_data")
	f("/api/v1/query_range", "query=1&start=10&end=0&step=1", 400, "bad_data")
	f("/api/v1/query_range", "query=1&start=0&end=11001&step=1", 400, "bad_data")
	f("/api/v1/query_range", "query=1&start=0&end=1e300&step=1", 400, "bad_data")
	f("/api/v1/series", "", 400, "bad_data")
	f("/api/v1/series", "match[]={", 400, "bad_data")
	f("/api/v1/query", "query=sum_over_time(lachan_school_queries_total[2h])&time=1788786000", 422, "execution")
	f("/api/v1/query", "query="+strings.Repeat("1%2B", 1<<19)+"1", 400, "bad_data") // a form of more than a mebibyte
}

func TestPromtoolQueries(t *testing.T) {
	promtool, err := exec.LookPath("promtool")
	if err != nil {
		t.Skip("promtool is not installed: run `make tools`")
	}
	base := serve(t, engine.Limits{Lookback: 2 * time.Hour})
	f := func(want string, args ...string) {
		t.Helper()
		out, err := exec.Command(promtool, append([]string{"query"}, args...)...).CombinedOutput()
		if err != nil || !strings.Contains(string(out), want) {
			t.Errorf("promtool query %v: %v\n%s\nwant %s", args, err, out, want)
		}
	}
	f(`lachan_school_queries_total{school="a"} => 140 @[1788786000]`, "instant", "--time=1788786000", base, "lachan_school_queries_total")
	f("140 @[1788786000]", "range", "--start=1788782400", "--end=1788786000", "--step=1h", base, "lachan_school_queries_total")
	f(`{__name__="lachan_school_queries_total", school="b"}`, "series", "--start=1788782400", "--end=1788789600", "--match=lachan_school_queries_total", base)
	f("a\nb", "labels", "--start=1788782400", "--end=1788789600", base, "school")
}

func ask(t *testing.T, method, address, parameters string) (status int, body string) {
	t.Helper()
	values, err := url.ParseQuery(parameters)
	if err != nil {
		t.Fatal(err)
	}
	client := http.Client{Timeout: 10 * time.Second}
	var reply *http.Response
	if method == http.MethodPost {
		reply, err = client.PostForm(address, values)
	} else {
		reply, err = client.Get(address + "?" + values.Encode())
	}
	if err != nil {
		t.Fatal(err)
	}
	defer reply.Body.Close()
	text, err := io.ReadAll(reply.Body)
	if err != nil {
		t.Fatal(err)
	}
	return reply.StatusCode, string(text)
}
