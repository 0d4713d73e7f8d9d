package main

import (
	"net/url"
	"regexp"
	"strings"
	"time"

	"lachan/blocklist/domain"
	"lachan/blocklist/format"
	"lachan/blocklist/transfer"
	"lachan/internal/wording"
	"lachan/internal/yamlfile"
)

var feedName = regexp.MustCompile(`^[a-z0-9-]{1,40}$`)

// feed checks one feed beside those before it.
func (k *configCheck) feed(i int) {
	f, at := &k.Feeds[i], item("feeds", i)
	if !feedName.MatchString(f.Name) {
		k.wrong(at+".name", wording.ConfigFeedName.With(f.Name))
	}
	for j := range k.Feeds[:i] {
		if f.Name != "" && k.Feeds[j].Name == f.Name {
			k.wrong(at+".name", wording.ConfigFeedTwice.With(f.Name, k.lineOf(item("feeds", j)+".name")))
			break
		}
	}
	k.feedURL(at+".url", f.Name, f.URL)
	if f.Action == actionBlock && f.Category == "" {
		k.wrong(at, wording.ConfigFeedCategory.With(f.Name))
	}
	if f.Action == actionAllow && f.LockedBy != "" {
		k.wrong(at+".locked_by", wording.ConfigFeedLock.With(f.Name))
	}
	between(k, at+".refresh", f.Refresh, time.Minute, 30*day)
	between[yamlfile.Bytes](k, at+".max_bytes", f.MaxBytes, 1<<10, 4<<30)
	if a := f.Authority; !a.Effective.IsZero() && !a.Expires.IsZero() &&
		a.Expires.In(time.UTC).Before(a.Effective.In(time.UTC)) {
		k.wrong(at+".authority.expires", wording.ConfigFeedTimes.With(a.Expires, a.Effective))
	}
	if f.Format == format.Directory {
		k.wrong(at+".format", wording.ConfigDirectory)
	}
	k.feedVersions(at, f)
	k.feedZone(at, f)
	if _, err := domain.Canonical(f.RPZ.CNAME); (f.RPZ.Policy == "cname") != (f.RPZ.CNAME != "") || f.RPZ.CNAME != "" && err != nil {
		k.wrong(at+".rpz", wording.ConfigRPZName)
	}
}

// feedURL checks where a feed comes from. Whether a file is there is the
// feed's own business: a list that is missing stops nothing.
func (k *configCheck) feedURL(path, name, address string) {
	scheme, _, remote := strings.Cut(address, "://")
	switch {
	case address == "":
		k.wrong(path, wording.ConfigFeedURL.With(name))
	case !remote, scheme == "file":
	case scheme == "axfr":
		if _, err := transfer.Parse(address); err != nil {
			k.wrong(path, wording.TransferAddress)
		}
	case scheme != "https" && scheme != "http":
		k.wrong(path, wording.ConfigFeedScheme.With(address))
	default:
		if u, err := url.Parse(address); err != nil || u.Host == "" {
			k.wrong(path, wording.ConfigFeedScheme.With(address))
		}
	}
}

// feedVersions checks what goes with a feed of versions.
func (k *configCheck) feedVersions(at string, f *FeedConfig) {
	source := f.updaterSource(k.Timezone.Location)
	if source.IsManifest() && len(f.Verify.Minisign) == 0 {
		k.wrong(at+".verify.minisign", wording.FeedNoKey)
	}
	if len(f.Mirrors) > 0 && !source.IsManifest() {
		k.wrong(at+".mirrors", wording.ConfigMirrors)
	}
	for i, mirror := range f.Mirrors {
		if u, err := url.Parse(mirror); err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
			k.wrong(item(at+".mirrors", i), wording.ConfigFeedScheme.With(mirror))
		}
	}
}

// feedZone checks what goes with a zone transfer and with nothing else.
func (k *configCheck) feedZone(at string, f *FeedConfig) {
	isZone, hasKey := strings.HasPrefix(f.URL, "axfr://"), f.TSIG.Name != "" || f.TSIG.SecretFile != ""
	if isZone && f.Format != format.Auto && f.Format != format.RPZ {
		k.wrong(at+".format", wording.ConfigZoneFormat)
	}
	if isZone && (len(f.Verify.Minisign) > 0 || f.Verify.SHA256URL != "") {
		k.wrong(at+".verify", wording.ConfigZoneVerify)
	}
	if !hasKey {
		return
	}
	if !isZone || f.TSIG.Name == "" || f.TSIG.SecretFile == "" {
		k.wrong(at+".tsig", wording.ConfigTSIG)
		return
	}
	if _, err := transfer.ReadKey(f.TSIG.Name, string(f.TSIG.Algorithm), f.TSIG.SecretFile); err != nil {
		k.wrong(at+".tsig", wording.ConfigTSIGFile.With(err))
	}
}
