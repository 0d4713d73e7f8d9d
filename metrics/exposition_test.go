package metrics_test

import (
	"bytes"
	"io"
	"maps"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"lachan/metrics"
)

// series are the samples of an exposition: the value by name and labels, as
// written.
type series map[string]float64

// parse reads the Prometheus text format as far as the tests need it: comments,
// and lines of a name, labels and a value.
func parse(t *testing.T, exposition string) series {
	t.Helper()
	all := make(series)
	for line := range strings.Lines(exposition) {
		line = strings.TrimSuffix(line, "\n")
		if strings.HasPrefix(line, "#") {
			continue
		}
		space := strings.LastIndexByte(line, ' ')
		if space < 0 {
			t.Fatalf("no value in line %q", line)
		}
		value, err := strconv.ParseFloat(line[space+1:], 64)
		if err != nil {
			t.Fatalf("line %q: %v", line, err)
		}
		if _, twice := all[line[:space]]; twice {
			t.Errorf("series %s is there twice", line[:space])
		}
		all[line[:space]] = value
	}
	return all
}

// sum adds up the samples of the metric called name whose labels contain all
// the given parts.
func (s series) sum(name string, parts ...string) (sum float64) {
next:
	for key, value := range s {
		if !strings.HasPrefix(key, name+"{") && key != name {
			continue
		}
		for _, part := range parts {
			if !strings.Contains(key, part) {
				continue next
			}
		}
		sum += value
	}
	return sum
}

// want claims that the samples of the metric called name whose labels contain
// all the given parts add up to value.
func (s series) want(t *testing.T, value float64, name string, parts ...string) {
	t.Helper()
	if got := s.sum(name, parts...); got != value {
		t.Errorf("%s%q is %v, want %v", name, parts, got, value)
	}
}

var labelName = regexp.MustCompile(`[{,]([a-zA-Z_]+)="`)

// labelNames is every label name in s, and names every metric.
func (s series) labelNames() map[string]bool {
	names := make(map[string]bool)
	for key := range s {
		for _, match := range labelName.FindAllStringSubmatch(key, -1) {
			names[match[1]] = true
		}
	}
	return names
}

// compliance is what c says of schools.
func compliance(t *testing.T, c *metrics.Counters) (string, series) {
	t.Helper()
	var text bytes.Buffer
	if err := c.Totals().Write(&text); err != nil {
		t.Fatal(err)
	}
	return text.String(), parse(t, text.String())
}

// get fetches url and returns the answer with its body read.
func get(t *testing.T, url string) (*http.Response, string) {
	t.Helper()
	response, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response, string(body)
}

// wantNoneLower claims that no counter of before is lower or missing in after.
func wantNoneLower(t *testing.T, before, after series) {
	t.Helper()
	for key := range maps.Keys(before) {
		if !strings.Contains(key, "_total") && !strings.Contains(key, "_count") && !strings.Contains(key, "_bucket") {
			continue
		}
		if now, ok := after[key]; !ok || now < before[key] {
			t.Errorf("%s went from %v to %v", key, before[key], now)
		}
	}
}
