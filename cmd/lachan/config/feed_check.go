package config

import (
	"net/url"
	"regexp"
	"strings"
	"time"

	"lachan/blocklist/domain"
	"lachan/blocklist/feed"
	"lachan/blocklist/format"
	"lachan/blocklist/transfer"
	"lachan/internal/printable"
	"lachan/internal/yamlfile"
)

// feedName is what the name of a feed may be: it is that of a folder too.
var feedName = regexp.MustCompile(`^[a-z0-9-]{1,40}$`)

func (k *checker) feeds() {
	c := k.cfg
	for i := range c.Feeds {
		c.Feeds[i].check(k, Item("feeds", i), c.Feeds[:i])
	}
}

// check checks the feed at a path beside those before it.
func (f *Feed) check(k *checker, at string, before []Feed) {
	if !feedName.MatchString(f.Name) {
		k.wrong(at+".name", textFeedName.With(f.Name))
	}
	for j := range before {
		if f.Name != "" && before[j].Name == f.Name {
			k.wrong(at+".name", textFeedTwice.With(f.Name, k.cfg.LineOf(Item("feeds", j)+".name")))
			break
		}
	}
	f.checkURL(k, at+".url")
	if f.Action == Block && f.Category == "" {
		k.wrong(at, textFeedCategory.With(f.Name))
	}
	if f.Action == Allow && f.LockedBy != "" {
		k.wrong(at+".locked_by", textFeedLock.With(f.Name))
	}
	if f.Rewrites && (f.Action == Allow || f.Unit != "") {
		k.wrong(at+".rewrites", textFeedRewrites.With(f.Name))
	}
	between(k, at+".refresh", f.Refresh, time.Minute, 30*day)
	between[yamlfile.Bytes](k, at+".max_bytes", f.MaxBytes, 1<<10, 4<<30)
	if a := f.Authority; !a.Effective.IsZero() && !a.Expires.IsZero() &&
		a.Expires.In(time.UTC).Before(a.Effective.In(time.UTC)) {
		k.wrong(at+".authority.expires", textFeedTimes.With(a.Expires, a.Effective))
	}
	if f.Format == format.Directory {
		k.wrong(at+".format", textDirectory)
	}
	f.checkVersions(k, at)
	f.checkZone(k, at)
	_, err := domain.Canonical(strings.TrimPrefix(f.RPZ.CNAME, "*."))
	if (f.RPZ.Policy == "cname") != (f.RPZ.CNAME != "") || f.RPZ.CNAME != "" && err != nil {
		k.wrong(at+".rpz", textRPZName)
	}
}

// checkURL checks where a feed comes from. Whether a file is there is the
// feed's own business: a list that is missing stops nothing.
func (f *Feed) checkURL(k *checker, path string) {
	address := f.URL
	scheme, _, remote := strings.Cut(address, "://")
	switch {
	case address == "":
		k.wrong(path, textFeedURL.With(f.Name))
	case !remote, scheme == "file":
	case scheme == "axfr":
		if _, err := transfer.Parse(address); err != nil {
			k.wrong(path, feed.TextTransferAddress)
		}
	case scheme != "https" && scheme != "http":
		k.wrong(path, textFeedScheme.With(printable.Address(address)))
	default:
		if u, err := url.Parse(address); err != nil || u.Host == "" {
			k.wrong(path, textFeedScheme.With(printable.Address(address)))
		}
	}
}

// checkVersions checks what goes with a feed of versions.
func (f *Feed) checkVersions(k *checker, at string) {
	source := f.Source(k.cfg.Timezone.Location)
	if source.IsManifest() && len(f.Verify.Minisign) == 0 {
		k.wrong(at+".verify.minisign", feed.TextNoKey)
	}
	if len(f.Mirrors) > 0 && !source.IsManifest() {
		k.wrong(at+".mirrors", textMirrors)
	}
	for i, mirror := range f.Mirrors {
		if u, err := url.Parse(mirror); err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
			k.wrong(Item(at+".mirrors", i), textFeedScheme.With(printable.Address(mirror)))
		}
	}
}

// checkZone checks what goes with a zone transfer and with nothing else.
func (f *Feed) checkZone(k *checker, at string) {
	isZone, hasKey := strings.HasPrefix(f.URL, "axfr://"), f.TSIG.Name != "" || f.TSIG.SecretFile != ""
	if isZone && f.Format != format.Auto && f.Format != format.RPZ {
		k.wrong(at+".format", textZoneFormat)
	}
	if isZone && (len(f.Verify.Minisign) > 0 || f.Verify.SHA256URL != "") {
		k.wrong(at+".verify", textZoneVerify)
	}
	if !hasKey {
		return
	}
	if !isZone || f.TSIG.Name == "" || f.TSIG.SecretFile == "" {
		k.wrong(at+".tsig", textTSIG)
		return
	}
	if _, err := transfer.ReadKey(f.TSIG.Name, string(f.TSIG.Algorithm), f.TSIG.SecretFile); err != nil {
		k.wrong(at+".tsig", textTSIGFile.With(err))
	}
}
