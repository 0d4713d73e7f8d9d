package policy_test

import "testing"

// Tables of offices name categories as people say them.
func TestCategoriesOfTablesAsPeopleSayThem(t *testing.T) {
	w := newWorld(t, "units: []\n")
	f := func(written, code string) {
		t.Helper()
		if got, want := w.policy.Tags("social", written), w.policy.Tags("social", code); got != want || got.Empty() {
			t.Errorf("%q is %v, want %v as of %s", written, got, want, code)
		}
	}
	f("Cờ bạc", "gambling")
	f(" cờ  bạc ", "gambling")
	f("CO BAC", "gambling")
	f("co-bac", "gambling")
	f("Cá cược", "gambling")
	f("Cờ bạc, cá cược, đánh bài đổi thưởng", "gambling")
	f("Gambling and betting", "gambling")
	f("Lừa đảo", "phishing")
	f("Lừa đảo trực tuyến", "phishing")
	f("Khiêu dâm", "adult")
	f("Mã độc", "malware")
	f("Quảng cáo", "ads")
}
