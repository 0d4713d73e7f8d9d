package command

import (
	"encoding/json"
	"io"
	"net/http"
)

// writeJSON prints v as people and programs read it.
func writeJSON(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(v)
}

// AnswerJSON answers a request over HTTP with what the command prints with
// --json. That the client is gone is no error.
func AnswerJSON(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_ = writeJSON(w, v)
}

// AnswerError answers a request over HTTP with what is wrong.
func AnswerError(w http.ResponseWriter, status int, err error) {
	AnswerJSON(w, status, map[string]string{"error": err.Error()})
}
