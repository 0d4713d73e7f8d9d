package catalogue_test

import (
	"slices"
	"testing"

	"lachan/policy/catalogue"
)

func TestProfileOfEachLevelFollowsTheTable(t *testing.T) {
	c := load(t)
	codes := []string{"mam-non", "tieu-hoc", "thcs", "thpt", "giao-vien", "default"}
	// C: blocked, L: blocked during school hours, -: allowed.
	f := func(category, marks string) {
		t.Helper()
		for i, code := range codes {
			p := c.Profile(code)
			got := "-"
			if slices.Contains(p.Block, category) {
				got = "C"
			}
			if slices.Contains(p.Scheduled, category) {
				got = "L"
			}
			if want := marks[i : i+1]; got != want {
				t.Errorf("%s is %s for %s, want %s", category, got, code, want)
			}
		}
	}
	f("csam", "CCCCCC")
	f("authority-order", "CCCCCC")
	f("malware", "CCCCCC")
	f("phishing", "CCCCCC")
	f("adult", "CCCCCC")
	f("gambling", "CCCCCC")
	f("self-harm", "CCCC-C")
	f("violence", "CCCC-C")
	f("drugs", "CCCC-C")
	f("extremism", "CCCC-C")
	f("fake-news", "CCCCCC")
	f("circumvention", "CCCC--")
	f("dating", "CCCC--")
	f("piracy", "CCCCL-")
	f("new-domains", "CCCCL-")
	f("games", "CCLL--")
	f("social", "CCLL--")
	f("short-video", "CCLL--")
	f("video", "CCLL--")
	f("messaging", "CCLL--")
	f("ai-chat", "CLL---")
	f("shopping", "CCLL--")
	f("unsafe-search", "CCCL--")
	f("ads", "CCCCC-")
}

func TestDefaultProfileBlocksWhatIsHarmfulAndNothingElse(t *testing.T) {
	c := load(t)
	var harmful []string
	for _, k := range c.Categories {
		if k.Class == catalogue.Harmful {
			harmful = append(harmful, k.Code)
		}
	}
	p := c.Profile(catalogue.DefaultProfile)
	if !slices.Equal(p.Block, harmful) || len(p.Scheduled) != 0 {
		t.Errorf("blocks %q and at times %q, want %q", p.Block, p.Scheduled, harmful)
	}
}

func TestSafeSearchOfEachLevel(t *testing.T) {
	c := load(t)
	f := func(code string, search, youtube catalogue.Strictness) {
		t.Helper()
		if p := c.Profile(code); p.SafeSearch != search || p.YouTube != youtube {
			t.Errorf("%s has safe search %d and YouTube %d, want %d and %d", code, p.SafeSearch, p.YouTube, search, youtube)
		}
	}
	f("mam-non", catalogue.Strict, catalogue.Strict)
	f("tieu-hoc", catalogue.Strict, catalogue.Strict)
	f("thcs", catalogue.Strict, catalogue.Moderate)
	f("thpt", catalogue.Strict, catalogue.Moderate)
	f("giao-vien", catalogue.Off, catalogue.Off)
	f("default", catalogue.Off, catalogue.Off)
}

func TestRestrictedYouTubeIsReachable(t *testing.T) {
	c := load(t)
	for _, p := range c.Profiles {
		restricted := p.YouTube != catalogue.Off
		if allowed := slices.Contains(p.Allow, "service:youtube"); allowed != restricted {
			t.Errorf("%s: restricted %v, allowed by name %v", p.Code, restricted, allowed)
		}
	}
	if _, ok := c.Service("youtube"); !ok {
		t.Error("no service youtube")
	}
}

func TestLevelIsFoundByCodeAndByAlias(t *testing.T) {
	c := load(t)
	f := func(code, alias, profile string) {
		t.Helper()
		l := c.Level(code)
		if l == nil || c.Level(alias) != l || l.Profile != profile {
			t.Errorf("level %q is %+v, by alias %+v", code, l, c.Level(alias))
		}
		if c.Profile(profile) == nil {
			t.Errorf("level %q has no profile %q", code, profile)
		}
	}
	f("preschool", "mam-non", "mam-non")
	f("primary", "tieu-hoc", "tieu-hoc")
	f("lower-secondary", "thcs", "thcs")
	f("upper-secondary", "thpt", "thpt")
	f("continuing", "gdtx", "thpt")
	f("multi", "lien-cap", "tieu-hoc")

	if c.Level("university") != nil {
		t.Error("there is a level university")
	}
	if c.Profile("dai-hoc") != nil {
		t.Error("there is a profile dai-hoc")
	}
}
