package api_test

import (
	"errors"
	"fmt"
	"testing"

	"lachan/admin/ledger"
	"lachan/console/api"
)

// TestWhatIsWrongWithALedgerIsSaidInBothLanguages: in Vietnamese without a word of the other.
func TestWhatIsWrongWithALedgerIsSaidInBothLanguages(t *testing.T) {
	f := func(what error, vi, en string) {
		t.Helper()
		v := api.VerifiedOf(&ledger.Report{Bad: &ledger.Bad{Seq: 7, File: "x/00000001.jsonl", Line: 3, What: what}})
		if v.OK || v.Bad != 7 || v.File != "00000001.jsonl" || v.VI != vi || v.EN != en {
			t.Errorf("%v: got %+v", what, v)
		}
	}
	f(ledger.ErrTorn, "dòng ấy bị đứt, không có chỗ kết thúc", ledger.ErrTorn.Error())
	f(fmt.Errorf("%w: %w", ledger.ErrUnread, errors.New("unexpected end")), "không đọc được dòng ấy", "it cannot be read: unexpected end")
	f(&ledger.Bad{Seq: 7, File: "00000001.jsonl", Line: 3, What: ledger.ErrSignature},
		"chữ ký không phải của máy này: dòng ấy đã bị sửa, hoặc do máy khác ghi",
		"record 7 (00000001.jsonl:3): "+ledger.ErrSignature.Error())
	for _, what := range []error{
		ledger.ErrMissing, ledger.ErrOrder, ledger.ErrChain, ledger.ErrSignature, ledger.ErrGroup, ledger.ErrCut, ledger.ErrRewritten,
	} {
		if v := api.VerifiedOf(&ledger.Report{Bad: &ledger.Bad{What: what}}); v.VI == "" || v.VI == v.EN {
			t.Errorf("%v has no Vietnamese: %+v", what, v)
		}
	}
}
