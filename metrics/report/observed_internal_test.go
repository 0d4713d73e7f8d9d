package report

import (
	"testing"

	"lachan/metrics/report/figures"
)

// TestAReportTellsWhatIsObserved in a sentence of its own, and nothing where there was nothing.
func TestAReportTellsWhatIsObserved(t *testing.T) {
	r := &results{tables{&facts{data: &figures.Data{}}}}
	if said := r.observed(); said != nil {
		t.Errorf("%+v", said)
	}
	r.data.Observed = []figures.ObservedCount{
		{Code: "look-alike", Label: "Tên miền nhái thương hiệu", Passed: figures.Number(1234)},
		{Code: "games", Label: "Trò chơi", Passed: figures.Number(5)},
	}
	const want = "Chỉ theo dõi, không chặn (không tính vào số lượt bị chặn): Tên miền nhái thương hiệu 1.234 lượt; Trò chơi 5 lượt."
	if said := r.observed(); len(said) != 1 || said[0].Text != want {
		t.Errorf("%+v, want %q", said, want)
	}
}
