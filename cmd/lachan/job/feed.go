package job

import (
	"context"
	"errors"
	"time"

	"lachan/blocklist/feed"
	"lachan/cmd/lachan/command"
	"lachan/cmd/lachan/config"
	"lachan/cmd/lachan/source"
	"lachan/internal/wording"
	"lachan/policy/catalogue"
)

// feedTime is how long a copy of a feed may take to be read.
const feedTime = 10 * time.Minute

// A feedOrder is a fetched copy of a feed to be examined.
type feedOrder struct {
	feed.Examination
	Blocks   bool             `json:"blocks"`             // its entries for names that are never blocked are counted
	Timezone *config.Timezone `json:"timezone,omitempty"` // nil: that of feed.Source
}

type feedAnswer struct {
	Copy    feed.Copy    `json:"copy"`
	Refused *feedRefusal `json:"refused,omitempty"` // nil if the copy can be read
}

// A feedRefusal is a feed.Error as it crosses to another process.
type feedRefusal struct {
	VI         string `json:"vi"`
	EN         string `json:"en"`
	Err        string `json:"err"`
	Unreadable bool   `json:"unreadable"` // feed.ErrUnreadable; else feed.ErrAnswer
}

// Examine examines a fetched copy of a feed.
func (j *Jobs) Examine(ctx context.Context, e feed.Examination) (feed.Copy, error) {
	order := feedOrder{Examination: e, Blocks: e.Core != nil}
	if e.Zone != nil {
		order.Timezone = &config.Timezone{Location: e.Zone}
	}
	var answer feedAnswer
	if err := j.run(ctx, "feed", nil, feedTime, order, &answer); err != nil {
		return feed.Copy{}, err
	}
	if answer.Refused != nil {
		return feed.Copy{}, answer.Refused.error()
	}
	return answer.Copy, nil
}

func examineFeed(c command.Call, o feedOrder) (answer feedAnswer, err error) {
	e := o.Examination
	if o.Timezone != nil {
		e.Zone = o.Timezone.Location
	}
	facts, err := catalogue.Load()
	if err != nil {
		return answer, err
	}
	if o.Blocks {
		e.Core = source.Core(facts)
	}
	if e.Categories != nil {
		e.MayName = facts.Names(e.Categories)
	}
	answer.Copy, err = e.Do(c.Context())
	if refused := (*feed.Error)(nil); errors.As(err, &refused) {
		return feedAnswer{Refused: &feedRefusal{
			VI: refused.Text.VI, EN: refused.Text.EN, Err: refused.Err.Error(),
			Unreadable: errors.Is(err, feed.ErrUnreadable),
		}}, nil
	}
	return answer, err
}

func (r *feedRefusal) error() error {
	cause := refusalCause{text: r.Err, is: feed.ErrAnswer}
	if r.Unreadable {
		cause.is = feed.ErrUnreadable
	}
	return &feed.Error{Text: wording.Text{VI: r.VI, EN: r.EN}, Err: cause}
}

// A refusalCause is the cause of a feed.Error of another process.
type refusalCause struct {
	text string
	is   error
}

func (c refusalCause) Error() string { return c.text }

func (c refusalCause) Unwrap() error { return c.is }
