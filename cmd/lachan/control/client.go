package control

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"

	"lachan/console/api"
	"lachan/internal/wording"
)

// A Client asks the server that runs on a state directory.
type Client struct {
	stateDir string
	http     *http.Client
}

// NewClient is a client of the server of a state directory. It connects when it asks.
func NewClient(stateDir string) *Client {
	c := &Client{stateDir: stateDir}
	c.http = &http.Client{
		Transport: &http.Transport{DialContext: c.dial, MaxResponseHeaderBytes: mostHeader},
		Timeout:   answerTime,
	}
	return c
}

func (c *Client) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	path, done, err := short(c.stateDir)
	if err != nil {
		return nil, err
	}
	defer done()
	return (&net.Dialer{}).DialContext(ctx, "unix", filepath.Join(path, name))
}

// Running reports whether a server answers.
func (c *Client) Running(ctx context.Context) bool {
	conn, err := c.dial(ctx, "", "")
	if err != nil {
		return false
	}
	_ = conn.Close() // nothing was asked
	return true
}

// A Question is what is asked of the server.
type Question struct {
	Method string
	Path   string // below api.Prefix
	Body   any    // as JSON; nil if there is none
	Tag    uint64 // of If-Match; 0 is none
	New    bool   // only if it is not there
	Key    string // of Idempotency-Key; "" is none
}

// An Answer is what the server says.
type Answer struct {
	Body      []byte
	Tag       uint64 // of the record that set it; 0 if it says none
	Waiting   bool   // for a second person
	MediaType string
}

// Bounds of what is read: of an answer that is kept whole, and of a problem.
const (
	mostAnswer  = 64 << 20
	mostProblem = 64 << 10
)

// Ask asks the server. What it refuses is an error that says what to do, an *api.Problem;
// that there is none is one that says how to start it.
func (c *Client) Ask(ctx context.Context, q Question) (a Answer, err error) {
	response, err := c.send(ctx, &q)
	if err != nil {
		return a, err
	}
	defer response.Body.Close()
	a.Body, err = io.ReadAll(io.LimitReader(response.Body, mostAnswer))
	if err != nil {
		return a, wording.Error(textCutOff.With(err))
	}
	a.Waiting = response.StatusCode == http.StatusAccepted
	a.MediaType = response.Header.Get("Content-Type")
	a.Tag, _ = strconv.ParseUint(strings.Trim(response.Header.Get("ETag"), `"`), 10, 64)
	return a, nil
}

// Read asks for what may be long, and returns it as it comes.
func (c *Client) Read(ctx context.Context, path string) (io.ReadCloser, error) {
	response, err := c.send(ctx, &Question{Method: http.MethodGet, Path: path})
	if err != nil {
		return nil, err
	}
	return response.Body, nil
}

// send sends a question; what the server refuses is an error.
func (c *Client) send(ctx context.Context, q *Question) (*http.Response, error) {
	request, err := q.request(ctx)
	if err != nil {
		return nil, err
	}
	response, err := c.http.Do(request)
	if err != nil {
		return nil, c.absent(err)
	}
	if response.StatusCode < http.StatusBadRequest {
		return response, nil
	}
	defer response.Body.Close()
	text, err := io.ReadAll(io.LimitReader(response.Body, mostProblem))
	var p api.Problem
	if err != nil || json.Unmarshal(text, &p) != nil || p.Status == 0 {
		return nil, wording.Error(textNoAnswer.With(response.Status))
	}
	return nil, &p
}

func (q *Question) request(ctx context.Context) (*http.Request, error) {
	var body io.Reader
	if q.Body != nil {
		text, err := json.Marshal(q.Body)
		if err != nil {
			return nil, fmt.Errorf("ask the server: %w", err)
		}
		body = bytes.NewReader(text)
	}
	request, err := http.NewRequestWithContext(ctx, q.Method, "http://localhost"+api.Prefix+q.Path, body)
	if err != nil {
		return nil, fmt.Errorf("ask the server: %w", err)
	}
	if body != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	if q.Tag != 0 {
		request.Header.Set("If-Match", `"`+strconv.FormatUint(q.Tag, 10)+`"`)
	}
	if q.New {
		request.Header.Set("If-None-Match", "*")
	}
	if q.Key != "" {
		request.Header.Set("Idempotency-Key", q.Key)
	}
	return request, nil
}

// absent says what to do when the server cannot be asked.
func (c *Client) absent(err error) error {
	switch {
	case errors.Is(err, fs.ErrPermission):
		return wording.Error(textNotYours.With(c.stateDir, "sudo "+strings.Join(os.Args, " ")))
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, syscall.ECONNREFUSED):
		return wording.Error(textNotRunning.With(c.stateDir))
	case errors.Is(err, context.Canceled):
		return err
	}
	return wording.Error(textNoAnswer.With(err))
}
