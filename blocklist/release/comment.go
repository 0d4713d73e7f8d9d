package release

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// ErrComment means that a trusted comment has a number or a date that cannot be
// read. What is signed is not guessed.
var ErrComment = errors.New("trusted comment that cannot be read")

// A Comment has what lachan reads in the trusted comment of a signature, which the
// signature covers. Other words in it are ignored.
type Comment struct {
	// Seq numbers the versions of a list; "seq:12". 0 is none.
	Seq uint64
	// Expires is when the list is not to be taken any more; "expires:2026-12-31"
	// (that day included, UTC) or with a time as in RFC 3339. Zero is never.
	Expires time.Time
}

// ParseComment reads a trusted comment.
func ParseComment(text string) (c Comment, err error) {
	for word := range strings.FieldsSeq(text) {
		name, value, _ := strings.Cut(word, ":")
		switch {
		case name == "seq" && c.Seq == 0:
			c.Seq, err = strconv.ParseUint(value, 10, 63)
		case name == "expires" && c.Expires.IsZero():
			c.Expires, err = expiry(value)
		case name == "seq", name == "expires":
			err = errors.New("given twice")
		}
		if err != nil {
			return Comment{}, fmt.Errorf("%w: %s: %w", ErrComment, word, err)
		}
	}
	return c, nil
}

func expiry(text string) (time.Time, error) {
	if day, err := time.Parse(time.DateOnly, text); err == nil {
		return day.AddDate(0, 0, 1), nil
	}
	return time.Parse(time.RFC3339, text)
}

// String returns the comment as it is signed.
func (c Comment) String() string {
	var words []string
	if c.Seq > 0 {
		words = append(words, "seq:"+strconv.FormatUint(c.Seq, 10))
	}
	if !c.Expires.IsZero() {
		words = append(words, "expires:"+c.Expires.UTC().Format(time.RFC3339))
	}
	return strings.Join(words, " ")
}
