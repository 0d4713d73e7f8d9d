package api

import (
	"path/filepath"

	"lachan/admin/ledger"
	"lachan/internal/wording"
)

// A Verified is what is wrong with the ledger.
type Verified struct {
	OK      bool   `json:"ok"`
	Records uint64 `json:"records"`
	Head    string `json:"head"`
	// Bad is the first record that is not what it was, 0 if there is none.
	Bad  uint64 `json:"bad,omitempty"`
	File string `json:"file,omitempty"`
	Line int    `json:"line,omitempty"`
	VI   string `json:"vi,omitempty"`
	EN   string `json:"en,omitempty"`
}

// VerifiedOf is a report on a ledger as the API has it.
func VerifiedOf(rep *ledger.Report) Verified {
	v := Verified{OK: rep.Bad == nil && rep.Console, Records: rep.Records, Head: rep.Head.Hash}
	if b := rep.Bad; b != nil {
		text := wording.Of(b.What)
		v.Bad, v.File, v.Line, v.VI, v.EN = b.Seq, filepath.Base(b.File), b.Line, text.VI, text.EN
	} else if !rep.Console {
		v.VI, v.EN = textNotFold.VI, textNotFold.EN
	}
	return v
}
