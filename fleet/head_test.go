package fleet_test

import (
	"bytes"
	"crypto/ed25519"
	"errors"
	"slices"
	"testing"
	"time"

	"lachan/fleet"
)

func newKey(t *testing.T) (ed25519.PublicKey, ed25519.PrivateKey) {
	t.Helper()
	public, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	return public, private
}

// A head is read as it was signed; of another key, or with one byte changed, it is none.
func TestAHeadIsThatOfItsHub(t *testing.T) {
	public, private := newKey(t)
	other, _ := newKey(t)
	h := fleet.Head{
		Area: "lao-cai", At: time.Date(2026, 11, 28, 9, 40, 0, 0, time.UTC), Generation: 2, Hash: "ab12", Seq: 1287,
	}
	text, err := h.Signed(private)
	if err != nil {
		t.Fatal(err)
	}
	got, err := fleet.ParseHead(text, other, public)
	if got.Sig = ""; err != nil || got != h {
		t.Errorf("%+v, %v", got, err)
	}
	if _, err := fleet.ParseHead(text, other); !errors.Is(err, fleet.ErrHead) {
		t.Errorf("of another key: %v", err)
	}
	if _, err := fleet.ParseHead(text); !errors.Is(err, fleet.ErrHead) {
		t.Errorf("of no key: %v", err)
	}
	for i := range text {
		changed := bytes.Clone(text)
		changed[i]++
		if got, err := fleet.ParseHead(changed, public); err == nil && got.Seq != 0 && (got.Seq != h.Seq || got.Hash != h.Hash || got.Area != h.Area) {
			t.Errorf("with byte %d changed it is read as %+v", i, got)
		}
	}
}

func TestAHeadPrecedesThoseAfterIt(t *testing.T) {
	f := func(generation int, seq uint64, otherGeneration int, otherSeq uint64, want bool) {
		t.Helper()
		h, o := fleet.Head{Generation: generation, Seq: seq}, fleet.Head{Generation: otherGeneration, Seq: otherSeq}
		if got := h.Precedes(o); got != want {
			t.Errorf("%d/%d before %d/%d: %v", generation, seq, otherGeneration, otherSeq, got)
		}
	}
	f(1, 5, 1, 6, true)
	f(1, 6, 1, 6, false)
	f(1, 7, 1, 6, false)
	f(1, 9, 2, 1, true)
	f(2, 1, 1, 9, false)
}

// What a node may do is this and nothing else.
func TestPermissionsAreExact(t *testing.T) {
	got := fleet.PermissionsOf("nut-1", fleet.Stream{Area: "lao-cai", Generation: 2}, fleet.Stream{Area: fleet.Root, Generation: 1})
	publish := []string{
		"$KV.STATUS.nut-1", "fleet.v1.up.nut-1.>",
		"$JS.API.DIRECT.GET.LEDGER_lao-cai_g2", "$JS.API.DIRECT.GET.KV_HEAD.$KV.HEAD.lao-cai",
		"$JS.API.DIRECT.GET.LEDGER_root", "$JS.API.DIRECT.GET.KV_HEAD.$KV.HEAD.root",
	}
	subscribe := []string{"_INBOX_nut-1.>", "ledger.lao-cai.g2", "ledger.root"}
	if !slices.Equal(got.Publish, publish) || !slices.Equal(got.Subscribe, subscribe) {
		t.Errorf("%q", got)
	}
}

// Names stand in subjects, keys and files.
func TestNamesAreOfSubjectsAndFiles(t *testing.T) {
	for name, want := range map[string]bool{
		"lao-cai": true, "root": true, "n1": true, "": false, "-a": false, "a-": false, "a.b": false, "a b": false, "*": false, ">": false,
		"Lao": false, "lào": false, "a/b": false, "..": false, "a123456789012345678901234567890123456789012345678901234567890123": false,
	} {
		if got := fleet.ValidName(name); got != want {
			t.Errorf("%q: %v", name, got)
		}
	}
}
