package api

import (
	"encoding/json"
	"errors"
	"reflect"
	"testing"
	"unicode/utf8"
)

// FuzzBodies: what is accepted is text in UTF-8 and says the same when it is written and
// read again; what is refused says so in both languages.
func FuzzBodies(f *testing.F) {
	for _, seed := range []string{
		`{"text":"a.example","block":true,"from":"2026-12-01T00:00:00+07:00","why":"\u1ecf \ud83d\ude00"}`,
		`{"text":"\ud800"}`, `{"text":"\\ud800"}`, `{"text":{"a":[1e400]}}`, `{"why":1,"why":2}`, "\xef\xbb\xbf{}", `{"from":"0000-01-01T00:00:00Z"}`, `{}[]`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		v, err := decode[exceptManyBody](text)
		if p := (*Problem)(nil); err != nil {
			if !errors.As(err, &p) || p.Status != 400 || p.VI == "" || p.EN == "" || p.VI == p.EN {
				t.Errorf("%q: %v", text, err)
			}
			return
		}
		if !utf8.ValidString(v.Text + v.Why + v.Until + v.Document) {
			t.Errorf("%q: accepted what is not UTF-8", text)
		}
		again, err := json.Marshal(v)
		if err != nil {
			return // a time that JSON cannot say
		}
		w, err := decode[exceptManyBody](again)
		if err != nil || !v.From.Equal(w.From) {
			t.Fatalf("%q, then %q: %v", text, again, err)
		}
		if v.From = w.From; !reflect.DeepEqual(v, w) {
			t.Errorf("%q, then %q", text, again)
		}
	})
}
