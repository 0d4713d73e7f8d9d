package engine

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/prometheus/prometheus/model/labels"

	"lachan/internal/printable"
)

// This file asks an engine elsewhere for figures.

const (
	remoteTimeout = 5 * time.Minute // of one query: a year of 40,000 schools takes a while
	remoteBytes   = 2 << 30         // of one answer
)

// A Remote engine asks the query API of Prometheus, or of what speaks it too:
// Mimir, Thanos, VictoriaMetrics. Its methods may be called by any number of
// goroutines.
type Remote struct {
	base   *url.URL
	client *http.Client
	token  string // "": none
}

// NewRemote makes the engine at a URL, such as http://prometheus:9090, to which
// /api/v1/query is added. It may hold a user and a password. It does not
// connect. An error is of type *Failure.
func NewRemote(base string) (*Remote, error) {
	u, err := url.Parse(base)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil, &Failure{Text: textBadURL.With(printable.Address(base)), cause: err}
	}
	u.RawQuery, u.Fragment = "", ""
	return &Remote{base: u, client: &http.Client{Timeout: remoteTimeout}}, nil
}

// name is the URL as it may be shown.
func (r *Remote) name() string { return printable.Address(r.base.String()) }

// Show has each request show a bearer token. It is called before the first.
func (r *Remote) Show(token string) { r.token = token }

// Query evaluates an expression at one moment, to the millisecond. A scalar is
// one sample without labels. Errors are of type *Failure, but those of ctx.
func (r *Remote) Query(ctx context.Context, expression string, at time.Time) ([]Sample, error) {
	answer, err := r.evaluate(ctx, "query", url.Values{"query": {expression}, "time": {timestamp(at)}})
	if err != nil {
		return nil, err
	}
	if answer.Type == "scalar" {
		var value pair
		if err := json.Unmarshal(answer.Result, &value); err != nil {
			return nil, r.strange(err)
		}
		return []Sample{{Value: value.value}}, nil
	}
	var vector []struct {
		Metric labels.Labels `json:"metric"`
		Value  pair          `json:"value"`
	}
	if answer.Type != "vector" {
		return nil, &Failure{Text: textNoVector.With(expression, answer.Type)}
	}
	if err := json.Unmarshal(answer.Result, &vector); err != nil {
		return nil, r.strange(err)
	}
	samples := make([]Sample, len(vector))
	for i, s := range vector {
		samples[i] = Sample{s.Metric.DropReserved(isName), s.Value.value}
	}
	return sortSamples(samples), nil
}

// Range evaluates an expression at start and each step after it up to end.
// Errors are as those of Query.
func (r *Remote) Range(
	ctx context.Context,
	expression string,
	start, end time.Time,
	step time.Duration,
) ([]Series, error) {
	answer, err := r.evaluate(ctx, "query_range", url.Values{
		"query": {expression}, "start": {timestamp(start)}, "end": {timestamp(end)},
		"step": {strconv.FormatFloat(step.Seconds(), 'f', -1, 64)},
	})
	if err != nil {
		return nil, err
	}
	var matrix []struct {
		Metric labels.Labels `json:"metric"`
		Values []pair        `json:"values"`
	}
	if err := json.Unmarshal(answer.Result, &matrix); err != nil {
		return nil, r.strange(err)
	}
	series := make([]Series, len(matrix))
	for i, s := range matrix {
		series[i] = Series{s.Metric.DropReserved(isName), make([]Point, len(s.Values))}
		for j, p := range s.Values {
			series[i].Points[j] = Point{p.at, p.value}
		}
	}
	return sortSeries(series), nil
}

// List is the label sets that match a selector and may have a sample between
// from and to: those that surely have none in these days are left out. Errors
// are as those of Query.
func (r *Remote) List(ctx context.Context, selector string, from, to time.Time) ([]labels.Labels, error) {
	data, err := r.ask(
		ctx,
		"series",
		url.Values{"match[]": {selector}, "start": {timestamp(from)}, "end": {timestamp(to)}},
	)
	if err != nil {
		return nil, err
	}
	var list []labels.Labels
	if err := json.Unmarshal(data, &list); err != nil {
		return nil, r.strange(err)
	}
	for i := range list {
		list[i] = list[i].DropReserved(isName)
	}
	return list, nil
}

// An answer is what an expression has come to.
type answer struct {
	Type   string          `json:"resultType"`
	Result json.RawMessage `json:"result"`
}

// evaluate asks for the value of an expression.
func (r *Remote) evaluate(ctx context.Context, path string, form url.Values) (value answer, err error) {
	data, err := r.ask(ctx, path, form)
	if err != nil {
		return answer{}, err
	}
	if err := json.Unmarshal(data, &value); err != nil {
		return answer{}, r.strange(err)
	}
	return value, nil
}

// ask sends one question and returns the data of the response. It goes as a form, as a URL may not be long enough;
// nocache keeps VictoriaMetrics from answering with what it knew before late
// samples came.
func (r *Remote) ask(ctx context.Context, path string, form url.Values) (json.RawMessage, error) {
	form.Set("nocache", "1")
	request, err := http.NewRequestWithContext(ctx, http.MethodPost,
		r.base.JoinPath("api/v1", path).String(), strings.NewReader(form.Encode()))
	if err != nil {
		return nil, r.strange(err)
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if r.token != "" {
		request.Header.Set("Authorization", "Bearer "+r.token)
	}
	reply, err := r.client.Do(request)
	if err != nil {
		return nil, r.unreachable(ctx, err)
	}
	defer reply.Body.Close()
	body, err := io.ReadAll(io.LimitReader(reply.Body, remoteBytes))
	if err != nil {
		return nil, r.unreachable(ctx, err)
	}
	var said struct {
		Status string          `json:"status"`
		Data   json.RawMessage `json:"data"`
		Kind   string          `json:"errorType"`
		Error  string          `json:"error"`
	}
	err = json.Unmarshal(body, &said)
	switch {
	case reply.StatusCode == http.StatusUnauthorized || reply.StatusCode == http.StatusForbidden:
		return nil, &Failure{Text: textDenied.With(r.name(), reply.Status)}
	case err == nil && said.Kind == "bad_data":
		return nil, &Failure{Text: textBadQuery.With(form.Get("query"), said.Error)}
	case err == nil && said.Error != "":
		return nil, &Failure{Text: textRefused.With(r.name(), said.Error)}
	case reply.StatusCode != http.StatusOK:
		return nil, &Failure{Text: textRefused.With(r.name(), reply.Status)}
	case err != nil:
		return nil, r.strange(err)
	case said.Status != "success":
		return nil, r.strange(fmt.Errorf("status %q: %.80s", said.Status, bytes.TrimSpace(body)))
	}
	return said.Data, nil
}

func (r *Remote) unreachable(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return fmt.Errorf("query %s: %w", r.name(), ctx.Err())
	}
	var inURL *url.Error
	if errors.As(err, &inURL) {
		err = inURL.Err // the sentence names the URL already
	}
	return &Failure{Text: textUnreachable.With(r.name(), err), cause: err}
}

func (r *Remote) strange(err error) error {
	return &Failure{Text: textStrange.With(r.name(), err), cause: err}
}

// A pair is a point as the API writes it: [seconds, "value"].
type pair struct {
	at    time.Time
	value float64
}

// UnmarshalJSON reads a pair.
func (p *pair) UnmarshalJSON(text []byte) error {
	var seconds float64
	var value string
	both := []any{&seconds, &value}
	if err := json.Unmarshal(text, &both); err != nil {
		return err
	}
	if len(both) != 2 {
		return fmt.Errorf("a point of %d parts", len(both))
	}
	p.at = time.UnixMilli(int64(math.Round(seconds * 1000)))
	var err error
	p.value, err = strconv.ParseFloat(value, 64)
	return err
}

// timestamp is t in seconds, to the millisecond.
func timestamp(t time.Time) string {
	return strconv.FormatFloat(float64(t.UnixMilli())/1000, 'f', 3, 64)
}
