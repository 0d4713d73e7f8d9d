package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"reflect"
	"strings"
)

// Bounds of a body. Connections are bounded elsewhere, so these are what they can hold.
const (
	mostBody  = 64 << 10 // bytes of JSON; what people decide is small
	mostNames = 1 << 20  // bytes of a body with many names
	mostTable = 32 << 20 // bytes of a body with a table of an authority
	mostDepth = 32       // objects and lists within each other
)

// readBody reads the body of a request that changes something: JSON and nothing else.
func (a *API) readBody(r *http.Request, most int64) ([]byte, error) {
	if r.ContentLength == 0 {
		return nil, nil
	}
	if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || kind != "application/json" {
		return nil, problem(http.StatusUnsupportedMediaType, "media-type", textMediaType)
	}
	tooLarge := problem(http.StatusRequestEntityTooLarge, "too-large", textTooLarge.With(most>>10))
	if r.ContentLength > most {
		return nil, tooLarge
	}
	text, err := io.ReadAll(io.LimitReader(r.Body, most+1))
	switch {
	case err != nil:
		return nil, problem(http.StatusRequestTimeout, "unread", textUnread)
	case int64(len(text)) > most:
		return nil, tooLarge
	}
	return text, nil
}

// decode reads a body into a value of type T: exactly its fields, each once.
func decode[T any](text []byte) (v T, err error) {
	if len(bytes.TrimSpace(text)) == 0 {
		return v, problem(http.StatusBadRequest, "json", textEmpty)
	}
	keys, err := walk(text)
	if err != nil {
		return v, err
	}
	known := fieldsOf(reflect.TypeFor[T]())
	for _, key := range keys {
		if !known[key] {
			return v, unknownField(key)
		}
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(&v); err != nil {
		return v, misread(err)
	}
	return v, nil
}

func unknownField(name string) *Problem {
	p := problem(http.StatusBadRequest, "json", textUnknownField.With(name))
	p.Field = name
	return p
}

// misread is what is wrong with JSON that is well formed.
func misread(err error) *Problem {
	if wrong := (*json.UnmarshalTypeError)(nil); errors.As(err, &wrong) {
		p := problem(http.StatusBadRequest, "json", textWrongType.With(wrong.Field, wrong.Value))
		p.Field = wrong.Field
		return p
	}
	if name, ok := strings.CutPrefix(err.Error(), "json: unknown field "); ok {
		return unknownField(strings.Trim(name, `"`))
	}
	return problem(http.StatusBadRequest, "json", textJSON.With(err))
}

// fieldsOf are the names of the fields of a struct, as JSON has them.
func fieldsOf(t reflect.Type) map[string]bool {
	names := map[string]bool{}
	if t.Kind() != reflect.Struct {
		return names
	}
	for i := range t.NumField() {
		f := t.Field(i)
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		switch {
		case f.Anonymous && name == "":
			for inner := range fieldsOf(f.Type) {
				names[inner] = true
			}
		case f.IsExported() && name != "-":
			if name == "" {
				name = f.Name
			}
			names[name] = true
		}
	}
	return names
}

// walk reads JSON from end to end: one object, no name in it twice, not too deep. It
// returns the names of the outermost.
func walk(text []byte) (keys []string, err error) {
	d := json.NewDecoder(bytes.NewReader(text))
	type level struct {
		seen map[string]bool // nil in a list
		name bool            // the next string is a name
	}
	var open []level
	for first := true; ; first = false {
		token, err := d.Token()
		if err == io.EOF && !first && len(open) == 0 {
			return keys, nil
		}
		if err != nil {
			return nil, problem(http.StatusBadRequest, "json", textJSON.With(err))
		}
		if !first && len(open) == 0 || first && token != json.Delim('{') {
			return nil, problem(http.StatusBadRequest, "json", textOneObject)
		}
		if at := len(open) - 1; at >= 0 && open[at].name {
			if name, ok := token.(string); ok {
				if open[at].seen[name] {
					return nil, problem(http.StatusBadRequest, "json", textTwice.With(name))
				}
				open[at].seen[name], open[at].name = true, false
				if at == 0 {
					keys = append(keys, name)
				}
				continue
			}
		}
		switch token {
		case json.Delim('{'), json.Delim('['):
			if len(open) == mostDepth {
				return nil, problem(http.StatusBadRequest, "json", textDeep.With(mostDepth))
			}
			l := level{}
			if token == json.Delim('{') {
				l = level{map[string]bool{}, true}
			}
			open = append(open, l)
			continue
		case json.Delim('}'), json.Delim(']'):
			open = open[:len(open)-1]
		}
		if at := len(open) - 1; at >= 0 && open[at].seen != nil {
			open[at].name = true
		}
	}
}
