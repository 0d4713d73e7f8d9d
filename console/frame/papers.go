package frame

import (
	"context"
	"time"

	"lachan/admin/account"
	"lachan/console/statistics"
	"lachan/internal/wording"
)

// Papers are the reports: they take longer than a page may, so they are made meanwhile.
type Papers struct {
	// Usual are the periods on which reports are made at this time, the most pressing first.
	Usual func(now time.Time) []Period
	// Period is the one that somebody means.
	Period func(text string) (Period, error)
	// Parts are what an officer may write in a report, with what was written.
	Parts func(unit, period string) []Part
	// Mistake is what is wrong with what somebody writes in a part; empty if nothing is.
	Mistake func(part, text string) wording.Text
	// Ask is a report, which is begun unless it is there or being made. It waits a little.
	Ask func(ctx context.Context, by account.Actor, q PaperQuestion) (Paper, error)
	// Mine are those that somebody has asked for lately, the newest first.
	Mine func(by account.Actor) []Paper
	// File is a made one; nil if it is not there.
	File func(by account.Actor, id string) *File
}

// A Period is what a report is about.
type Period struct {
	Code, Label string
	First, Last time.Time
	Due         time.Time // last day of the report; zero if none is set
	Over        bool
}

// A Part is what an officer writes in a report.
type Part struct {
	Key   string
	Title wording.Text
	Line  bool // and no text of several lines
	Text  string
	Seq   uint64 // of the record that set it; 0 if nothing was written
}

// A PaperQuestion is which report is wanted: on all of a unit, or on one document of an
// authority. Without a format it is a preview.
type PaperQuestion struct{ Unit, Period, Document, Format string }

// Evidence is the format of an evidence pack: the report, and what proves it.
const Evidence = "zip"

// A Paper is a report, and how far it is.
type Paper struct {
	ID string
	PaperQuestion
	State        PaperState
	Label        string // of the period
	Ahead        int    // how many are made before it
	Asked, Ended time.Time
	Why          wording.Text // it could not be made
	Preview      *statistics.Preview
}

// A PaperState is how far a report is.
type PaperState string

// The states of a report, in their order.
const (
	PaperWaits  PaperState = "waiting"
	PaperMaking PaperState = "making"
	PaperMade   PaperState = "made"
	PaperFailed PaperState = "failed"
)
