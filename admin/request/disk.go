package request

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"lachan/internal/durable"
)

// Ends of the names of files, after the id of the request.
const (
	requestEnd = ".request.json"
	answerEnd  = ".answer.json"
)

// read reads a request with its answer. A damaged file is set aside, so that the
// next one who asks makes a new request.
func (s *Store) read(id string) (r Request, err error) {
	if err := readJSON(s.path(id, requestEnd), &r); err != nil {
		return r, err
	}
	if r.ID != id || r.Name == "" {
		return r, fmt.Errorf("read request %s: %w", id, errors.Join(errNotIt, setAside(s.path(id, requestEnd))))
	}
	var a Answer
	err = readJSON(s.path(id, answerEnd), &a)
	if err == nil {
		r.Answer = &a
	}
	if errors.Is(err, fs.ErrNotExist) {
		err = nil
	}
	return r, err
}

var errNotIt = errors.New("the file holds no request or another one")

// remove takes a request and its answer away, the answer last: alone it is none.
func (s *Store) remove(id string) error {
	for _, end := range [2]string{requestEnd, answerEnd} {
		if err := os.Remove(s.path(id, end)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("remove request %s: %w", id, err)
		}
	}
	return nil
}

func (s *Store) write(r Request) error {
	r.Answer = nil // it has a file of its own
	return writeJSON(s.path(r.ID, requestEnd), r)
}

func writeJSON(path string, value any) error {
	text, err := json.MarshalIndent(value, "", "  ")
	if err == nil {
		err = durable.WriteFile(path, append(text, '\n'), 0o600)
	}
	if err != nil {
		return fmt.Errorf("write request: %w", err)
	}
	return nil
}

func readJSON(path string, value any) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return fmt.Errorf("read request: %w", err)
	}
	if err := json.Unmarshal(text, value); err != nil {
		return fmt.Errorf("read request in %s: %w", path, errors.Join(err, setAside(path)))
	}
	return nil
}

func setAside(path string) error {
	_, err := durable.SetAside(path)
	return err
}
