package report

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/url"
	"regexp"
	"time"

	"lachan/metrics/report/figures"
)

// A Seal is what a document says of the figures that it shows, where programs find it:
// in the keywords of PDF, DOCX and XLSX, and in the head of HTML.
type Seal struct {
	Unit   string // "" for every school
	Period string // as ParsePeriod reads it
	AsOf   time.Time
	Hash   string // SHA-256 of the JSON of the figures, hexadecimal
	// Document is the order that alone is reported on; "" if all are.
	Document string
}

var sealForm = regexp.MustCompile(
	`lachan-report unit=([^ ]*) period=([0-9A-Za-z.-]+) as_of=([0-9T:+Z-]+) sha256=([0-9a-f]{64})(?: document=([0-9A-Za-z%+._~-]+))?`)

// Seal is that of a report.
func (m *Model) Seal() Seal {
	d := m.Data
	return Seal{Unit: d.Unit, Period: d.Period.Code, AsOf: d.AsOf, Hash: m.Hash, Document: m.Document}
}

// String is the form in which a document has it.
func (s Seal) String() string {
	text := fmt.Sprintf("lachan-report unit=%s period=%s as_of=%s sha256=%s",
		s.Unit, s.Period, s.AsOf.Format(time.RFC3339), s.Hash)
	if s.Document != "" {
		text += " document=" + url.QueryEscape(s.Document)
	}
	return text
}

// FindSeal looks for a seal in a text.
func FindSeal(text []byte) (s Seal, ok bool) {
	m := sealForm.FindSubmatch(text)
	if m == nil {
		return s, false
	}
	at, err := time.Parse(time.RFC3339, string(m[3]))
	document, err2 := url.QueryUnescape(string(m[5]))
	s = Seal{Unit: string(m[1]), Period: string(m[2]), AsOf: at, Hash: string(m[4]), Document: document}
	return s, err == nil && err2 == nil
}

// HashOf is the SHA-256 of the JSON of figures, hexadecimal.
func HashOf(data *figures.Data) string {
	text, err := json.Marshal(data)
	if err != nil {
		panic(err) // Data has nothing that JSON cannot write
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}
