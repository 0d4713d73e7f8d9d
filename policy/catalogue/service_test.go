package catalogue_test

import (
	"slices"
	"strings"
	"testing"

	"lachan/blocklist/domain"
)

func TestServicesThatSchoolsAskForAreThere(t *testing.T) {
	c := load(t)
	if len(c.Services) < 70 {
		t.Errorf("%d services", len(c.Services))
	}
	f := func(category string, ids ...string) {
		t.Helper()
		for _, id := range ids {
			i, ok := c.Service(id)
			if !ok {
				t.Errorf("no service %q", id)
				continue
			}
			s := c.Services[i]
			if category == "" && len(s.Categories) != 0 || category != "" && !slices.Contains(s.Categories, category) {
				t.Errorf("%s is in %q, want %q", id, s.Categories, category)
			}
		}
	}
	f("messaging", "zalo", "messenger", "telegram", "discord", "viber", "whatsapp", "random-chat")
	f("social", "facebook", "instagram", "threads", "x", "reddit", "locket")
	f("short-video", "tiktok", "bigo-live", "twitch")
	f("video", "youtube", "netflix", "fpt-play", "vieon", "kplus", "tv360", "galaxy-play")
	f("games", "garena", "lien-quan", "free-fire", "roblox", "pubg", "mobile-legends", "genshin", "minecraft",
		"steam", "vnggames", "gamota", "funtap", "browser-games")
	f("shopping", "shopee", "lazada", "tiki", "tiktok-shop")
	f("ai-chat", "chatgpt", "gemini", "deepseek", "character-ai")
	f("dating", "tinder")
	f("circumvention", "encrypted-dns", "vpn", "tor", "icloud-private-relay", "web-proxy")
	f("unsafe-search", "coccoc")
	f("", "google-classroom", "zoom", "microsoft-teams", "k12online", "vnedu", "smas", "olm", "hocmai", "moet", "csdl")
}

func TestServiceDomainsAreCanonicalAndNobodyElses(t *testing.T) {
	c := load(t)
	owner := make(map[string]string)
	for _, s := range c.Services {
		if len(s.Domains) == 0 {
			t.Errorf("%s has no domains", s.ID)
		}
		for _, name := range s.Domains {
			checkBlockable(t, s.ID, name)
			if other := owner[name]; other != "" {
				t.Errorf("%s and %s both have %s", s.ID, other, name)
			}
			owner[name] = s.ID
		}
		checkNoneWithinAnother(t, s.ID, s.Domains)
	}
}

func TestServicesAreSortedAndUnique(t *testing.T) {
	c := load(t)
	for i, s := range c.Services {
		if i > 0 && c.Services[i-1].ID >= s.ID {
			t.Errorf("%s stands behind %s", s.ID, c.Services[i-1].ID)
		}
		if got, ok := c.Service(s.ID); !ok || got != i {
			t.Errorf("%s is found at %d, not at %d", s.ID, got, i)
		}
		if s.ID != strings.Trim(strings.ToLower(s.ID), " -") {
			t.Errorf("the id %q is not written as ids are", s.ID)
		}
	}
}

func TestCategoriesOfAServiceAreMostSevereFirst(t *testing.T) {
	c := load(t)
	rank := func(code string) int {
		i, _ := c.Category(code)
		return i
	}
	for _, s := range c.Services {
		if !slices.IsSortedFunc(s.Categories, func(a, b string) int { return rank(a) - rank(b) }) {
			t.Errorf("%s has the categories %q", s.ID, s.Categories)
		}
	}
}

func TestOnlyLessonsHaveNoCategory(t *testing.T) {
	for _, s := range load(t).Services {
		if lessons := s.Group == "education"; lessons != (len(s.Categories) == 0) {
			t.Errorf("%s of group %s has the categories %q", s.ID, s.Group, s.Categories)
		}
	}
}

// checkBlockable reports a name that is not canonical or below which strangers
// register names.
func checkBlockable(t *testing.T, where, name string) {
	t.Helper()
	if got, err := domain.Canonical(name); err != nil || got != name {
		t.Errorf("%s: %q is not canonical: %q, %v", where, name, got, err)
	}
	if domain.IsPublicSuffix(name) {
		t.Errorf("%s: %q is a public suffix", where, name)
	}
}

// checkNoneWithinAnother reports names that another name of the same list
// covers already.
func checkNoneWithinAnother(t *testing.T, where string, names []string) {
	t.Helper()
	for _, name := range names {
		for _, parent, more := strings.Cut(name, "."); more; _, parent, more = strings.Cut(parent, ".") {
			if slices.Contains(names, parent) {
				t.Errorf("%s: %s covers %s", where, parent, name)
			}
		}
	}
}
