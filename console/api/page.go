package api

import (
	"encoding/base64"
	"encoding/binary"
	"hash/crc32"
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
	list  string // whose keys are of no use elsewhere
	after string // key of the last row that was seen; "" from the beginning
	limit int
}

// windowOf is the part of the list of a route that a query asks for. A key that is not of
// that list, or not whole, would leave rows out and say nothing.
func windowOf(list string, query url.Values) (w window, err error) {
	w.list, w.limit = list, usualPage
	if s := query.Get("limit"); s != "" {
		w.limit, err = strconv.Atoi(s)
		if err != nil || w.limit < 1 || w.limit > mostPage {
			return w, invalid("limit", textLimit.With(mostPage))
		}
	}
	after := query.Get("after")
	if after == "" {
		return w, nil
	}
	key, err := base64.RawURLEncoding.Strict().DecodeString(after)
	if err != nil || len(key) < 4 || len(key) > mostKey || w.key(string(key[4:])) != after {
		return w, invalid("after", textAfter)
	}
	w.after = string(key[4:])
	return w, nil
}

// key is the key of a row as clients hold it: a checksum of it and of its list, then the key.
func (w window) key(of string) string {
	sum := crc32.ChecksumIEEE([]byte(w.list + "\x00" + of))
	return base64.RawURLEncoding.EncodeToString(append(binary.BigEndian.AppendUint32(nil, sum), of...))
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
		p.Next = w.key(key(p.Items[w.limit-1]))
	}
	if p.Items == nil {
		p.Items = []T{}
	}
	return p
}
