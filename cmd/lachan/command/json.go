package command

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"

	"lachan/internal/printable"
)

// writeJSON prints v as people and programs read it.
func writeJSON(w io.Writer, v any) error {
	var text bytes.Buffer
	e := json.NewEncoder(&text)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return err
	}
	_, err := w.Write(printable.JSON(text.Bytes()))
	return err
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
