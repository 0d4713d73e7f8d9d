package api

import (
	"path/filepath"
	"strconv"
	"time"

	"lachan/admin/ledger"
	"lachan/admin/ledger/finding"
)

// A Verified is what is wrong with the ledger.
type Verified struct {
	OK      bool   `json:"ok"`
	Records uint64 `json:"records"`
	From    uint64 `json:"from"` // the first record that was checked
	Head    string `json:"head"`
	// Bad is the first record that is not what it was, 0 if there is none.
	Bad  uint64 `json:"bad,omitempty"`
	File string `json:"file,omitempty"`
	Line int    `json:"line,omitempty"`
	VI   string `json:"vi,omitempty"`
	EN   string `json:"en,omitempty"`
}

// vietnam is the zone of days that say no other.
var vietnam = time.FixedZone("+07", 7*60*60)

// ParseSince reads where verifying begins: the number of a record, a day or a time; "" is
// the beginning.
func ParseSince(text string) (s ledger.Since, err error) {
	if text == "" {
		return s, nil
	}
	if s.Seq, err = strconv.ParseUint(text, 10, 64); err == nil && s.Seq > 0 {
		return s, nil
	}
	if s.At, err = time.Parse(time.RFC3339, text); err == nil {
		return ledger.Since{At: s.At}, nil
	}
	if s.At, err = time.ParseInLocation(time.DateOnly, text, vietnam); err == nil {
		return ledger.Since{At: s.At}, nil
	}
	return ledger.Since{}, invalid("since", textSince.With(text))
}

// VerifiedOf is a report on a ledger as the API has it.
func VerifiedOf(rep *ledger.Report) Verified {
	v := Verified{OK: rep.Bad == nil && rep.Console, Records: rep.Records, From: rep.From, Head: rep.Head.Hash}
	if b := rep.Bad; b != nil {
		text := finding.Text(b.What)
		v.Bad, v.File, v.Line, v.VI, v.EN = b.Seq, filepath.Base(b.File), b.Line, text.VI, text.EN
	} else if !rep.Console {
		v.VI, v.EN = textNotFold.VI, textNotFold.EN
	}
	return v
}
