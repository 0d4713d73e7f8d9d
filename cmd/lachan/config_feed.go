package main

import (
	"time"

	"lachan/blocklist/format"
	"lachan/blocklist/release"
	"lachan/internal/yamlfile"
)

// A FeedConfig is one list and where it comes from.
type FeedConfig struct {
	// Name is the feed's, unique: 1 to 40 of a-z, 0-9 and '-'. No default.
	Name string `yaml:"name"`
	// URL is https://, http://, axfr://server[:port]/zone or the path of a file
	// or of a directory, whose lists are then one feed. No default.
	URL string `yaml:"url"`
	// Format is how the list is written. Default auto.
	Format format.Format `yaml:"format"`
	// Action is block or allow; an allow feed counts as allow entries of Unit.
	// Default block.
	Action FeedAction `yaml:"action"`
	// Subdomains has an entry of a hosts or domains list cover all below it;
	// the other formats say it themselves. Default true.
	Subdomains bool `yaml:"subdomains"`
	// Category is that of entries which do not name their own. No default for
	// block feeds; allow feeds need none.
	Category string `yaml:"category"`
	// LockedBy is the unit whose subordinates cannot lift the list. Default
	// none.
	LockedBy string `yaml:"locked_by"`
	// Unit is the unit whose entries an allow feed counts as. Default "", the
	// top unit.
	Unit string `yaml:"unit"`
	// OnMissing says what to do as long as the list was never had: serve
	// without it, or refuse all queries. Default serve.
	OnMissing OnMissing `yaml:"on_missing"`
	// Refresh is the time from one success to the next attempt. Default 1h; 1m
	// to 30d.
	Refresh time.Duration `yaml:"refresh"`
	// MaxBytes bounds the list, as sent and as unpacked. Default 64MiB; 1KiB
	// to 4GiB.
	MaxBytes yamlfile.Bytes `yaml:"max_bytes"`
	// MaxShrink is the part of its entries that a list may lose from one
	// version to the next; beyond that the old version is kept. Default 30%.
	MaxShrink yamlfile.Percent `yaml:"max_shrink"`
	// MaxGrowth is how many times the entries of one version the next may have.
	// Default 0: no bound.
	MaxGrowth float64 `yaml:"max_growth"`
	// Mirrors are where a feed of versions (manifest.json) lies too. Default
	// none.
	Mirrors   []string        `yaml:"mirrors"`
	Verify    VerifyConfig    `yaml:"verify"`
	TSIG      TSIGConfig      `yaml:"tsig"`
	RPZ       RPZConfig       `yaml:"rpz"`
	Authority AuthorityConfig `yaml:"authority"`
}

// A VerifyConfig says how a list proves that it is whole and from whom.
type VerifyConfig struct {
	// Minisign is the public key of the signer, or a list of two while one is
	// replaced: any may have signed. Default none.
	Minisign release.Keys `yaml:"minisign"`
	// SHA256URL is where the digest of the list is. Default none.
	SHA256URL string `yaml:"sha256_url"`
}

// A TSIGConfig is the key of a zone transfer (RFC 8945). With one, replies that
// it has not signed are refused.
type TSIGConfig struct {
	Name       string        `yaml:"name"`        // default none
	Algorithm  TSIGAlgorithm `yaml:"algorithm"`   // default hmac-sha256
	SecretFile string        `yaml:"secret_file"` // has the secret in base64; default none
}

// An RPZConfig overrides what the records of a response policy zone say.
type RPZConfig struct {
	Policy RPZPolicy `yaml:"policy"` // default given: as the records say
	CNAME  string    `yaml:"cname"`  // target of the policy cname; default none
}

// An AuthorityConfig is the order behind a list.
type AuthorityConfig struct {
	Name      string        `yaml:"name"`      // of the authority; default none
	Document  string        `yaml:"document"`  // its number; default none
	Date      yamlfile.Date `yaml:"date"`      // of the document; default none
	Effective yamlfile.Date `yaml:"effective"` // first day in force; default none: at once
	Expires   yamlfile.Date `yaml:"expires"`   // last day in force; default none: for ever
	Urgent    bool          `yaml:"urgent"`    // within 6 hours instead of 24; default false
}

// SetDefaults sets what a feed is when its keys are left out.
func (f *FeedConfig) SetDefaults() {
	f.Format = format.Auto
	f.Action = actionBlock
	f.Subdomains = true
	f.OnMissing = missingServe
	f.Refresh = time.Hour
	f.MaxBytes = 64 << 20
	f.MaxShrink = 0.30
	f.TSIG.Algorithm = "hmac-sha256"
	f.RPZ.Policy = rpzGiven
}
