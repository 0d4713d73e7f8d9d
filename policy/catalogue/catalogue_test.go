package catalogue_test

import (
	"slices"
	"testing"

	"lachan/blocklist"
	"lachan/policy/catalogue"
)

func load(t testing.TB) *catalogue.Catalogue {
	t.Helper()
	c, err := catalogue.Load()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestCategoryIsFoundByCodeAndByVietnameseAlias(t *testing.T) {
	c := load(t)
	f := func(code, alias string) {
		t.Helper()
		byCode, ok := c.Category(code)
		if !ok {
			t.Fatalf("no category %q", code)
		}
		if byAlias, ok := c.Category(alias); !ok || byAlias != byCode {
			t.Errorf("%q is not another name of %q", alias, code)
		}
		if got := c.Categories[byCode].Code; got != code {
			t.Errorf("category %q found as %q", got, code)
		}
	}
	f("csam", "csam")
	f("authority-order", "lenh-chan")
	f("malware", "ma-doc")
	f("phishing", "lua-dao")
	f("adult", "khieu-dam")
	f("gambling", "co-bac")
	f("self-harm", "tu-hai")
	f("violence", "bao-luc")
	f("drugs", "ma-tuy")
	f("extremism", "cuc-doan")
	f("fake-news", "tin-gia")
	f("circumvention", "vuot-loc")
	f("dating", "hen-ho")
	f("piracy", "phim-lau")
	f("new-domains", "moi-dang-ky")
	f("games", "game")
	f("social", "mxh")
	f("short-video", "video-ngan")
	f("video", "phim-truc-tuyen")
	f("messaging", "nhan-tin")
	f("ai-chat", "ai-chat")
	f("shopping", "mua-sam")
	f("unsafe-search", "tim-kiem-khac")
	f("ads", "quang-cao")

	if _, ok := c.Category("an-toan-tim-kiem"); ok {
		t.Error("safe search is a rewrite, not a category")
	}
}

func TestSevereCategoriesComeFirst(t *testing.T) {
	c := load(t)
	if c.Categories[0].Code != "csam" || c.Categories[1].Code != "authority-order" {
		t.Errorf("the first categories are %q and %q", c.Categories[0].Code, c.Categories[1].Code)
	}
	rest := slices.IndexFunc(c.Categories, func(k catalogue.Category) bool { return k.Class != catalogue.Harmful })
	for _, k := range c.Categories[rest:] {
		if k.Class == catalogue.Harmful {
			t.Errorf("%s is harmful and comes behind %s", k.Code, c.Categories[rest].Code)
		}
	}
}

func TestEverythingHasALabelInBothLanguages(t *testing.T) {
	c := load(t)
	f := func(what, vi, en string) {
		t.Helper()
		if vi == "" || en == "" {
			t.Errorf("%s has the labels %q and %q", what, vi, en)
		}
	}
	for _, k := range c.Categories {
		f(k.Code, k.Label.VI, k.Label.EN)
	}
	for _, p := range c.Profiles {
		f(p.Code, p.Label.VI, p.Label.EN)
	}
	for _, l := range c.Levels {
		f(l.Code, l.Label.VI, l.Label.EN)
	}
	for _, s := range c.Services {
		f(s.ID, s.Label.VI, s.Label.EN)
	}
	for _, e := range c.Core {
		f(e.Name, e.Why.VI, e.Why.EN)
	}
	for _, k := range c.Canaries.All() {
		f(k.Name.String(), k.Why.VI, k.Why.EN)
	}
}

// Every category and every service is a bit of a Set; a fleet with many feeds
// and categories of its own needs bits too.
func TestSetHasRoomForFeedsAndOwnCategories(t *testing.T) {
	c := load(t)
	if used := len(c.Categories) + len(c.Services); used > blocklist.SetSize-90 {
		t.Errorf("%d of %d bits are used", used, blocklist.SetSize)
	}
}

func BenchmarkLoad(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		load(b)
	}
}
