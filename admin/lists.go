package admin

import (
	"cmp"
	"context"

	"lachan/admin/account"
)

// Versions of feeds.

// A listValue is what a record says of a feed.
type listValue struct {
	Approve  string `json:"approve,omitempty"`
	Reject   string `json:"reject,omitempty"`
	RollBack string `json:"roll_back,omitempty"`
}

func (o ApproveList) plan(d *Desk, q *asking) (plan, error) {
	return q.list(d, o.Feed, "approve", func(version string) listValue { return listValue{Approve: version} })
}

func (o RejectList) plan(d *Desk, q *asking) (plan, error) {
	return q.list(d, o.Feed, "reject", func(version string) listValue { return listValue{Reject: version} })
}

func (o RollBackList) plan(d *Desk, q *asking) (plan, error) {
	return q.list(d, o.Feed, "roll_back", func(version string) listValue { return listValue{RollBack: version} })
}

// list is the plan of a decision on a feed.
func (q *asking) list(d *Desk, feed, verb string, value func(version string) listValue) (plan, error) {
	now, known := d.parts.Lists.Standing(feed)
	if !known {
		return plan{}, &Refusal{Kind: NotFound, Field: "feed", Text: textNoFeed.With(shown(feed))}
	}
	if err := q.may(account.Lists, now.Unit); err != nil {
		return plan{}, err
	}
	version := now.Version(verb)
	if version == "" {
		text := textNothingHeld
		if verb == "roll_back" {
			text = textNoVersion
		}
		return plan{}, invalid("feed", text.With(feed))
	}
	p := planOf(none, q.draft(account.Lists, verb, now.Unit, "list/"+feed, value(version)))
	p.done = func(ctx context.Context, _ *Outcome) error {
		return d.parts.Lists.Use(ctx, feed, verb, version, q.by.Name)
	}
	return p, nil
}

// Version is the one that a decision is about, by its verb; "" if there is none.
func (s ListStanding) Version(verb string) string {
	switch verb {
	case "approve":
		return cmp.Or(s.Held, s.Doubtful)
	case "roll_back":
		return s.Before
	}
	return s.Held
}
