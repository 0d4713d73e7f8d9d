package api_test

import (
	"testing"

	"lachan/admin/ledger"
	"lachan/console/api"
)

// TestWhatIsWrongWithALedgerIsSaidInBothLanguages, with its place.
func TestWhatIsWrongWithALedgerIsSaidInBothLanguages(t *testing.T) {
	v := api.VerifiedOf(&ledger.Report{
		Bad: &ledger.Bad{Seq: 7, File: "x/00000001.jsonl", Line: 3, What: ledger.ErrOrder}, Console: true,
	})
	want := api.Verified{
		Bad: 7, File: "00000001.jsonl", Line: 3,
		VI: "số không nối tiếp: các dòng đã bị đổi chỗ", EN: "its number is not the next one: records were moved",
	}
	if v != want {
		t.Errorf("got %+v", v)
	}
}
