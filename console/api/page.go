package api

import (
	"encoding/base64"
	"net/url"
	"strconv"
)

// Pages are read by key: what comes after the last one that was seen. A page stays right
// when others decide something in between.
const (
	usualPage = 50
	mostPage  = 500
	mostKey   = 1024 // bytes of the key of a row
)

// A Page is a part of a list.
type Page[T any] struct {
	Items []T `json:"items"`
	// Next is what `after` has to be for the next page; "" after the last one.
	Next string `json:"next,omitempty"`
}

// A window is which part of a list is asked for.
type window struct {
	after string // key of the last row that was seen; "" from the beginning
	limit int
}

func windowOf(query url.Values) (w window, err error) {
	w.limit = usualPage
	if s := query.Get("limit"); s != "" {
		w.limit, err = strconv.Atoi(s)
		if err != nil || w.limit < 1 || w.limit > mostPage {
			return w, invalid("limit", textLimit.With(mostPage))
		}
	}
	key, err := base64.RawURLEncoding.DecodeString(query.Get("after"))
	if err != nil || len(key) > mostKey {
		return w, invalid("after", textAfter)
	}
	w.after = string(key)
	return w, nil
}

// number is the key as a number, 0 at the beginning.
func (w window) number() (n uint64, err error) {
	if w.after == "" {
		return 0, nil
	}
	if n, err = strconv.ParseUint(w.after, 10, 64); err != nil {
		return 0, invalid("after", textAfter)
	}
	return n, nil
}

// pageOf is the page of a list that was read one row further than asked for, so that it
// is known whether more follow.
func pageOf[T any](w window, rows []T, key func(T) string) Page[T] {
	p := Page[T]{Items: rows}
	if len(rows) > w.limit {
		p.Items = rows[:w.limit]
		p.Next = keyOf(key(p.Items[w.limit-1]))
	}
	if p.Items == nil {
		p.Items = []T{}
	}
	return p
}

// keyOf is the key of a row as clients hold it.
func keyOf(key string) string { return base64.RawURLEncoding.EncodeToString([]byte(key)) }
