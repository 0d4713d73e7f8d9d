package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"reflect"
	"strconv"
	"strings"
	"unicode/utf8"
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
	if !isJSON(r.Header) {
		return nil, withField(problem(http.StatusUnsupportedMediaType, "media-type", textMediaType), "Content-Type")
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

// isJSON reports whether headers say that a body is JSON in UTF-8 as it comes.
func isJSON(h http.Header) bool {
	kind, parameters, err := mime.ParseMediaType(h.Get("Content-Type"))
	charset, packed := parameters["charset"], h.Get("Content-Encoding")
	return err == nil && kind == "application/json" && (charset == "" || strings.EqualFold(charset, "utf-8")) &&
		(packed == "" || packed == "identity")
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
		return v, misread[T](text, err)
	}
	return v, nil
}

func unknownField(name string) *Problem {
	p := problem(http.StatusBadRequest, "json", textUnknownField.With(name))
	p.Field = name
	return p
}

// misread is what is wrong with JSON that is well formed, and in which field.
func misread[T any](text []byte, err error) *Problem {
	if name, ok := strings.CutPrefix(err.Error(), "json: unknown field "); ok {
		return unknownField(strings.Trim(name, `"`))
	}
	p := problem(http.StatusBadRequest, "json", textJSON.With(err))
	var fields map[string]json.RawMessage
	_ = json.Unmarshal(text, &fields) // it is an object
	for name, value := range fields {
		alone, _ := json.Marshal(map[string]json.RawMessage{name: value})
		var v T
		if err = json.Unmarshal(alone, &v); err == nil {
			continue
		}
		p.Field = name
		said := textFieldWrong.With(name, err)
		if wrong := (*json.UnmarshalTypeError)(nil); errors.As(err, &wrong) {
			said = textWrongType.With(name, wrong.Value)
		}
		p.say(said)
		break
	}
	return p
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
	if !utf8.Valid(text) || bytes.HasPrefix(text, []byte("\ufeff")) || bytes.IndexByte(text, 0) >= 0 || hasHalf(text) {
		return nil, problem(http.StatusBadRequest, "json", textNotUTF8)
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber() // of any size
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
					return nil, withField(problem(http.StatusBadRequest, "json", textTwice.With(name)), name)
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

// hasHalf reports whether JSON writes half a character: one of two escapes that are one
// together. What is not noticed here is another character without a word.
func hasHalf(text []byte) bool {
	high := false // the escape before is the first of two
	for i := 0; i < len(text); i++ {
		var unit uint64
		if text[i] == '\\' && i+1 < len(text) {
			if i++; text[i] == 'u' && i+4 < len(text) {
				unit, _ = strconv.ParseUint(string(text[i+1:i+5]), 16, 16) // 0 is wrong, and told by who reads it
				i += 4
			}
		}
		low := 0xdc00 <= unit && unit < 0xe000
		if low != high {
			return true
		}
		high = 0xd800 <= unit && unit < 0xdc00
	}
	return high
}
