package evidence_test

import (
	"bytes"
	"math/rand/v2"
	"os"
	"strings"
	"testing"

	"lachan/cmd/lachan/evidence"
	"lachan/cmd/lachan/evidence/pack"
)

// TestAnEvidencePackOfTimesOfTroubleVerifies makes a pack of months of restarts, kills, clocks that
// step and communes that are merged. It verifies, is the same when it is made again, and names
// each byte that is changed.
//
// TEST_PROOF=1 takes a year of 1,000 schools in 99 communes instead of a quarter of 12 in 4.
func TestAnEvidencePackOfTimesOfTroubleVerifies(t *testing.T) {
	schools, communes, period, from, to, flips := 12, 4, "2026-Q3", day("2026-06-28"), day("2026-10-02"), 300
	if os.Getenv("TEST_PROOF") != "" {
		schools, communes, period, from, to, flips = 1000, 99, "2026", day("2025-12-28"), day("2027-01-02"), 3000
	}
	w := newWorld(t, schools, communes, from, to)
	file, text := w.pack("lao-cai", period)
	said, err := w.lachan("verify", file)
	if err != nil || !strings.HasPrefix(said, "the pack is whole: lao-cai, "+period+", ") {
		t.Fatalf("%s: %v", said, err)
	}
	if _, again := w.pack("lao-cai", period); !bytes.Equal(text, again) {
		t.Error("made again of the same state it is another one")
	}
	v := evidence.Verify(text, "")
	if !v.OK || v.Records < 60 || v.Head < 100 {
		t.Errorf("%+v", v)
	}
	if v := evidence.Verify(text, strings.Repeat("0", 64)); v.OK || v.Bad != pack.SealFile {
		t.Errorf("by another key it is whole: %+v", v)
	}
	dice := rand.New(rand.NewPCG(5, 6))
	for range flips {
		at := dice.IntN(len(text))
		changed := bytes.Clone(text)
		changed[at] ^= byte(1 + dice.IntN(255))
		if v := evidence.Verify(changed, ""); v.OK || v.EN == "" || v.VI == "" || v.Bad == "" && at < len(text)-22 {
			t.Errorf("byte %d is changed: %+v", at, v)
		}
	}
}
