package catalogue_test

import (
	"testing"

	"lachan/policy/catalogue"
)

func TestLevelsAsOfficesCallThem(t *testing.T) {
	facts, err := catalogue.Load()
	if err != nil {
		t.Fatal(err)
	}
	f := func(code string, texts ...string) {
		t.Helper()
		for _, text := range texts {
			if l := facts.Level(text); l == nil || l.Code != code {
				t.Errorf("%q: %+v, want %s", text, l, code)
			}
		}
	}
	f("preschool", "preschool", "mam-non", "Mầm non", "MẦM NON", "MN", "Mẫu giáo", "Trường Mầm non")
	f("primary", "PTDTBT TH", "PTDTBT Tiểu học", "Trường PTDTBT Tiểu học", "Phổ thông dân tộc bán trú tiểu học")
	f("lower-secondary", "PTDTNT THCS", "PTDTBT - THCS", "Phổ thông dân tộc nội trú THCS")
	f("multi", "PTDTNT THCS&THPT", "PTDTBT TH&THCS")
	f("primary", "primary", "tieu-hoc", "Tiểu học", "TH", "Cấp 1", "Cấp I", "Ti\u1ec3u h\u1ecdc", "Tiê\u0309u ho\u0323c")
	f("lower-secondary", "lower-secondary", "thcs", "THCS", "Trung học cơ sở", "Cấp 2")
	f("upper-secondary", "thpt", "THPT", "Trung học phổ thông", "Cấp III")
	f("continuing", "GDTX", "Giáo dục thường xuyên", "GDNN - GDTX")
	f("multi", "Liên cấp", "lien-cap", "TH&THCS", "TH và THCS", "Tiểu học, THCS", "THCS & THPT", "TH-THCS-THPT", "Tiểu học và Trung học cơ sở", "several levels")
	for _, text := range []string{"", "Đại học", "xyz", "thcs-xyz", "-", "PTDTNT"} {
		if l := facts.Level(text); l != nil {
			t.Errorf("%q is %s", text, l.Code)
		}
	}
}
